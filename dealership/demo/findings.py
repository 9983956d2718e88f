"""What the teams found besides today: one item still to be priced, one the customer thinks about."""

import io

from PIL import Image, ImageDraw

from dealership.demo.house import House
from workorders.models import WorkOrder
from workorders.operations import additional

FOUND = [
    ("陈静", "technician3", "advisor2", "冷凝器进风口被柳絮堵塞，建议拆洗", False),
    ("赵磊", "technician2", "advisor3", "前制动片只剩 3 毫米，建议更换", True),
]


def tell(house: House) -> None:
    for guest, technician, advisor, words, priced in FOUND:
        customer, _vehicle = house.guests[guest]
        order = WorkOrder.objects.filter(visit__customer=customer, state="in_progress").first()
        if order is not None:
            find(house, order, words, technician, advisor if priced else "")


def find(house: House, order: WorkOrder, words: str, technician: str, advisor: str) -> None:
    """Report one item a few minutes ago; with an `advisor` it is priced and the customer called."""
    by = house.people[technician]
    item = additional.report(order, words=words, photos=[picture()], by=by, at=house.day.lately(9))
    if advisor:
        caller, at = house.people[advisor], house.day.lately(4)
        pads = [(house.parts["BRK-PAD-F"], 1)]
        additional.quote(item, operation=house.labour["B01"], parts=pads, delay_minutes=45, by=caller, at=at)
        additional.contact(
            item, channel="phone", result="thinks", spoke_to=order.visit.customer.name, words="与家人商量，稍后回复",
            delay_told=True, version=item.version, by=caller, at=at,
        )  # fmt: skip


def picture() -> bytes:
    """Draw a worn brake pad, as somebody would hold it into the camera."""
    shown = Image.new("RGB", (640, 480), "#6b7075")
    pen = ImageDraw.Draw(shown)
    pen.rounded_rectangle([90, 150, 550, 330], 40, fill="#2e3236")
    pen.rounded_rectangle([120, 175, 520, 205], 12, fill="#8a5a33")
    pen.line([60, 190, 100, 190], fill="#ffb000", width=6)
    file = io.BytesIO()
    shown.save(file, "JPEG", quality=80)
    return file.getvalue()
