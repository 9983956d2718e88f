"""More work found on an order in work, brought to each state of F.4 through the operations."""

from datetime import timedelta
from uuid import uuid4

from dealership.staff.roles import Role
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import AdditionalItem, ManagerPart, Payment, WorkshopRules
from workorders.operations import additional, asking, cashier, discounts, slips, till
from workorders.states import ItemState

FOUND_AT = TUESDAY_NINE + timedelta(hours=1)


def found(crew, at=FOUND_AT, order=None, words="前制动片只剩 2 毫米"):
    order = order or factories.in_progress(crew)
    return additional.report(order, words=words, photos=[factories.photo()], by=crew.technician, at=at)


def price(item, crew, at=FOUND_AT, hours="1.50", rate_fen=20000, each=29800, delay=90):
    """300.00 of work and 298.00 of parts, an hour and a half later."""
    operation = factories.operation(name="更换前制动片", hours=hours, rate_fen=rate_fen)
    pads = factories.part(crew.store, name="前制动片", price_fen=each)
    additional.quote(item, operation=operation, parts=[(pads, 1)], delay_minutes=delay, by=crew.service_advisor, at=at)


def quoted(crew, at=FOUND_AT, **details):
    item = found(crew, at, **details)
    price(item, crew, at)
    return item


def call(item, crew, result, at=FOUND_AT, by=None, **said):
    said = {"channel": "phone", "spoke_to": "王建国", "delay_told": True, "version": item.version} | said
    return additional.contact(item, result=result, by=by or crew.service_advisor, at=at, **said)


def calling(crew, at=FOUND_AT, **details):
    item = quoted(crew, at, **details)
    call(item, crew, "thinks", at)
    return item


def approved(crew, at=FOUND_AT, **details):
    item = quoted(crew, at, **details)
    call(item, crew, "agreed", at)
    return item


def refused(crew, at=FOUND_AT, **details):
    item = quoted(crew, at, **details)
    call(item, crew, "refused", at, words="下次再做")
    return item


def slip_issued(crew, at=FOUND_AT, **details):
    item = approved(crew, at, **details)
    slips.issue(item.order, by=crew.service_advisor, at=at)
    item.refresh_from_db()
    return item


def handed(crew, at=FOUND_AT, **details):
    item = slip_issued(crew, at, **details)
    slips.take(item.order, by=crew.foreman, at=at)
    item.refresh_from_db()
    return item


def told(crew, at=FOUND_AT, **details):
    item = refused(crew, at, **details)
    additional.tell_workshop(item, receiver=crew.foreman, by=crew.service_advisor, at=at)
    return item


def withdrawn(crew, at=FOUND_AT, **details):
    item = found(crew, at, **details)
    additional.withdraw(item, reason="看错了", by=crew.foreman, at=at)
    return item


MADE = {
    ItemState.FOUND: found,
    ItemState.QUOTED: quoted,
    ItemState.CALLING: calling,
    ItemState.APPROVED: approved,
    ItemState.SLIP_ISSUED: slip_issued,
    ItemState.HANDED: handed,
    ItemState.REFUSED: refused,
    ItemState.WORKSHOP_TOLD: told,
    ItemState.WITHDRAWN: withdrawn,
}

ACTS = {
    "price": lambda item, crew, by: additional.quote(
        item, operation=factories.operation(), delay_minutes=30, by=by, at=FOUND_AT
    ),
    "ask": lambda item, crew, by: call(item, crew, "not_reached", by=by),
    "agree": lambda item, crew, by: call(item, crew, "agreed", by=by),
    "refuse": lambda item, crew, by: call(item, crew, "refused", by=by, words="太贵"),
    "issue_slip": lambda item, crew, by: slips.issue(item.order, by=by, at=FOUND_AT),
    "take_slip": lambda item, crew, by: slips.take(item.order, by=by, at=FOUND_AT),
    "tell_workshop": lambda item, crew, by: additional.tell_workshop(item, receiver=crew.foreman, by=by, at=FOUND_AT),
    "withdraw": lambda item, crew, by: additional.withdraw(item, reason="看错了", by=by, at=FOUND_AT),
}
WHO = {"take_slip": Role.FOREMAN, "withdraw": Role.FOREMAN}


def state_of(item):
    return AdditionalItem.objects.get(pk=item.pk).state


def asked_by_link(house):
    item = quoted(house.crew, order=house.in_progress)
    return asking.send(item.order, by=house.crew.service_advisor, at=FOUND_AT)


def claimed(house):
    """An order of whose work the manufacturer pays all; his sheet."""
    order = factories.handed_over(house.crew)
    order.labour_lines.update(payer="manufacturer", warranty="in")
    factories.settle(order, house.crew, FOUND_AT)
    return order.settlements.get(payer="manufacturer")


# What stands in a store for every address, and which address is about which of them (tests/houses.py).
HOUSE_MAKERS = {
    "item_found": lambda house: found(house.crew, order=house.in_progress),
    "item_photo": lambda house: house.item_found.photos.get(),
    "asking": asked_by_link,
    "workshop_rules": lambda house: WorkshopRules.objects.create(store=house.store),
    "payment": lambda house: Payment.objects.filter(settlement__order=house.paid).get(),
    "refunded": lambda house: cashier.refund(
        Payment.objects.get(settlement__order=house.refund_order),
        amount_fen=1,
        reason="多收",
        method="cash",
        request_key=uuid4(),
        by=house.crew.after_sales_manager,
        at=FOUND_AT,
    ),
    "refund_order": lambda house: factories.paid(house.crew),
    "sheet": lambda house: queries.money.sheet_of(house.settled),
    "discount": lambda house: discounts.give(
        house.handed_over, on="labour", amount_fen=100, reason="老客户", by=house.crew.service_advisor, at=FOUND_AT
    ),
    "claimed": claimed,
    "shift": lambda house: till.set_float(house.store, float_fen=0, by=house.crew.cashier, at=FOUND_AT),
    "day_closed": lambda house: till.close_day(
        till.set_float(house.store, float_fen=0, by=house.crew.cashier, at=FOUND_AT - timedelta(days=1)),
        counted_fen=0,
        reason="",
        by=house.crew.after_sales_manager,
        at=FOUND_AT,
    ),
    "manager_part": lambda house: ManagerPart.objects.create(visit=house.passed.visit, total_fen=1, called_at=FOUND_AT),
}
ADDRESSES = {
    "payment": "refund",
    "sheet": "pay invoice",
    "handed_over": "give_discount approve_price",
    "settled": "reverse",
    "discount": "take_discount_back",
    "claimed": "claim",
    "shift": "close_day",
    "in_progress": "report_item send_asking lounge issue_slip take_slip move_promise report_delay join_large",
    "item_found": "additional price_item contact tell_workshop withdraw_item",
    "item_photo": "item_photo",
    "asking": "asking",
}
