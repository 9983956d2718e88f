"""People, cars, work and pictures: what every visit of the tests begins with."""

import base64
import io
import itertools
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from appointments import operations as appointments
from dealership.catalogue import operations as catalogue
from dealership.catalogue.models import LabourOperation, Package, Part
from dealership.customers import operations as customers
from dealership.customers import vins
from dealership.paperwork import operations as paperwork
from dealership.staff import operations as staff
from dealership.staff.models import Team
from dealership.staff.roles import Role
from dealership.workflow import CLOCK
from dealership.workshop.models import OpeningHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)
TUESDAY_NINE = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
PASSWORD = "correct-horse-battery"
_serial = itertools.count(1)


def store(name="示范店", code=None, **details):
    """A store open every day from 9 to 12 and from 13 to 17."""
    made = staff.open_store(name=name, code=code or f"T{next(_serial)}", **details)
    open_hours = [(day, *span) for day in range(7) for span in [(time(9), time(12)), (time(13), time(17))]]
    rows = [OpeningHours(store=made, weekday=day, opens=opens, closes=closes) for day, opens, closes in open_hours]
    OpeningHours.objects.bulk_create(rows)  # by its operation a seventh of many a test
    return made


def person(role, at_store, full_name=None, username=None, **details):
    n = next(_serial)
    return staff.take_on(
        username=username or f"{role}{n}",
        password=PASSWORD,
        full_name=full_name or f"{role.label} {n}",
        roles=[role],
        stores=[at_store],
        **details,
    )


class Crew:
    """One person per role in one store, made when first asked for: `crew.service_advisor`, `crew.foreman` …"""

    def __init__(self, at_store):
        self.store = at_store

    def __getattr__(self, name):
        if name not in list(Role):
            raise AttributeError(name)
        made = person(Role(name), self.store)
        setattr(self, name, made)
        return made

    def team(self, name="一班"):
        found = Team.objects.filter(store=self.store, name=name).first()
        if found is None:
            found = Team.objects.create(store=self.store, name=name, leader=self.team_leader)
            found.members.add(self.technician)
        return found


def plate(n):
    return f"京A{n:05d}"


def vin(n):
    """Return the nth of a maker's VINs, with the check digit it needs."""
    blank = f"LSVAA2BR0CN{n:06d}"
    return blank[: vins.CHECK_POSITION] + vins.check_digit(blank) + blank[vins.CHECK_POSITION + 1 :]


def customer_with_car(by, at=MONDAY, name="王建国", **details):
    """Return (customer, vehicle); every call makes another plate and phone number."""
    n = next(_serial)
    details = {
        "title": "mr",
        "phones": [f"138{n:08d}"],
        "plate": plate(n),
        "make": "大众",
        "model_name": "帕萨特",
    } | details
    email = details.pop("email", "")
    made, vehicle = customers.register_with_car(name=name, by=by, at=at, **details)
    if email:
        customers.correct(made, by=by, at=at, email=email)
    return made, vehicle


def operation(code=None, name="更换机油机滤", hours="1.00", rate_fen=15000, at=MONDAY):
    made = LabourOperation.objects.create(
        code=code or f"L{next(_serial)}", name=name, hours=Decimal(hours), order_class="maintenance"
    )
    catalogue.set_price(made, rate_fen, at.date(), by=CLOCK, at=at)
    return made


def part(at_store, number=None, name="机油滤清器", price_fen=4900, stock=10, at=MONDAY):
    made = Part.objects.create(number=number or f"P{next(_serial)}", name=name)
    catalogue.set_price(made, price_fen, at.date(), by=CLOCK, at=at)
    if stock:
        catalogue.receive_goods(at_store, made, stock, reference=f"D{next(_serial)}", by=CLOCK, at=at)
    return made


def package(operations=None, parts=None, code=None, name="小保养", **details):
    """Make a package of {operation: hours or None} and {part: quantity}."""
    made = Package.objects.create(code=code or f"K{next(_serial)}", name=name, **details)
    for operation, hours in (operations or {}).items():
        made.operations.create(operation=operation, hours=hours)
    for part, quantity in (parts or {}).items():
        made.parts.create(part=part, quantity=quantity)
    return made


def signature_png():
    """A small scribble, as a hand would leave it."""
    picture = Image.new("RGBA", (200, 80), (255, 255, 255, 0))
    ImageDraw.Draw(picture).line([(10, 60), (60, 15), (90, 60), (150, 20), (190, 55)], fill=(0, 0, 80, 255), width=4)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def photo(size=(320, 240), colour="silver"):
    """A small plain JPEG, as `dealership.pictures` keeps them."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def signature_data_url():
    return "data:image/png;base64," + base64.b64encode(signature_png()).decode()


def drawn(name="王建国"):
    """Somebody signed on the screen."""
    return paperwork.Outcome(name, signature_png())


def appointment(crew, starts_at=TUESDAY_NINE, at=MONDAY, car=None, **details):
    customer, vehicle = car or customer_with_car(crew.service_advisor, at)
    return appointments.book(
        store=crew.store,
        advisor=details.pop("advisor", None) or crew.service_advisor,
        customer=customer,
        vehicle=vehicle,
        starts_at=starts_at,
        cause=details.pop("cause", "maintenance"),
        reason=details.pop("reason", "保养"),
        agreed=True,
        by=details.pop("by", None) or crew.service_advisor,
        at=at,
        **details,
    )


def held(crew, starts_at=TUESDAY_NINE, at=MONDAY, car=None, **details):
    """A time kept for a customer who has not agreed yet."""
    customer, vehicle = car or customer_with_car(crew.service_advisor, at)
    return appointments.hold(
        store=crew.store,
        advisor=details.pop("advisor", None) or crew.service_advisor,
        customer=customer,
        vehicle=vehicle,
        starts_at=starts_at,
        cause=details.pop("cause", "maintenance"),
        reason=details.pop("reason", "保养"),
        by=details.pop("by", None) or crew.service_advisor,
        at=at,
        **details,
    )


def job(hours=None, **details):
    """What an appointment is for: hours known without a catalogue, or operations and parts."""
    return appointments.Job(hours=None if hours is None else Decimal(hours), **details)
