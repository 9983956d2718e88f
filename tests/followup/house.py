"""A small store with its people, and cars that were given back: what the follow-up begins with."""

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dealership.catalogue.models import LabourOperation
from dealership.customers.models import Consent, Customer, Phone, Vehicle
from dealership.paperwork.models import IssuedDocument
from dealership.staff import operations as staff
from dealership.staff.roles import Role
from dealership.workshop.models import OpeningHours
from followup.models import Code, FollowUpTask
from reception.models import Visit, VisitMove
from workorders.models import LabourLine, Settlement, WorkOrder, WorkOrderMove

CHINA = ZoneInfo("Asia/Shanghai")
# A Monday, the clauses' own example.
RELEASED = datetime(2026, 3, 2, 16, 20, tzinfo=CHINA)
counter = itertools.count(1)


def china(month, day, hour=0, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


def store(code="ZZ", *, hours=True, **details):
    """Open a store that works Monday to Saturday from 9 to 18."""
    opened = staff.open_store(name=f"Store {code}", code=code, phone="0371-5550000", **details)
    if hours:
        OpeningHours.objects.bulk_create(
            OpeningHours(store=opened, weekday=day, opens=time(9), closes=time(18)) for day in range(6)
        )
    return opened


def person(store, *roles, name="", **details):
    username = f"person{next(counter)}"
    return staff.take_on(
        username=username,
        password="mooncake-lantern-7",
        full_name=name or username,
        roles=roles,
        stores=[store],
        **details,
    )


def customer(*, phone=True, **details):
    number = next(counter)
    values = {"name": "王小明", "title": "mr", "email": f"wang{number}@example.com", "created_at": RELEASED} | details
    made = Customer.objects.create(**values)
    if phone:
        Phone.objects.create(customer=made, number=f"+86138001{number:05}", preferred=True)
    return made


def visit(store, advisor, *, released_at=RELEASED, work=("更换水泵",), **details):
    """Make a visit that ended, with its order and the steps its advisor took."""
    values = {"customer": details.pop("customer", None) or customer(), "vehicle": details.pop("vehicle", None) or car()}
    arrived = released_at - timedelta(hours=5)
    made = Visit.objects.create(
        store=store, advisor=advisor, state="released", arrived_at=arrived, released_at=released_at, **values, **details
    )
    VisitMove.objects.create(thing=made, from_state="waiting", to_state="receiving", by=advisor, at=arrived)
    order(made, advisor, work)
    return made


def order(visit, advisor, work=()):
    made = WorkOrder.objects.create(
        store=visit.store, number=f"WO{next(counter)}", visit=visit, advisor=advisor, opened_at=visit.arrived_at
    )
    for description in work:
        operation = LabourOperation.objects.create(code=f"L{next(counter)}", name=description, hours=1)
        LabourLine.objects.create(
            order=made, operation=operation, description=description, hours=1, rate_fen=20000, amount_fen=20000
        )
    return made


def car(**details):
    return Vehicle.objects.create(plate=f"豫A{next(counter):05}", make="红旗", created_at=RELEASED, **details)


def settlement(visit, call_from, call_until):
    """Settle a visit's order, the customer having said when calls suit him."""
    sheet = IssuedDocument.objects.create(
        store=visit.store,
        kind="settlement",
        number=f"ST{next(counter)}",
        content={"title": "settlement"},
        language="zh-hans",
        fingerprint="0" * 64,
        issued_at=visit.released_at,
    )
    return Settlement.objects.create(
        order=visit.orders.get(),
        payer="customer",
        sheet=sheet,
        labour_fen=0,
        parts_fen=0,
        total_fen=0,
        posted_at=visit.released_at,
        call_from=call_from,
        call_until=call_until,
    )


def order_step(visit, to_state, by):
    WorkOrderMove.objects.create(thing=visit.orders.first(), to_state=to_state, by=by, at=visit.released_at)


def refuse(customer, channel):
    Consent.objects.create(customer=customer, purpose="service", channel=channel, granted=False, at=RELEASED)


def task(visit, code=Code.CALL):
    return FollowUpTask.objects.get(visit=visit, rule__code=code)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def clerk(store, **details):
    return person(store, Role.INFORMATION_CLERK, **details)


def advisor(store, **details):
    return person(store, Role.SERVICE_ADVISOR, **details)
