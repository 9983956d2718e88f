"""The demo's cars between the work and the hand-over: checked, washed, looked at, their customers told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dealership.demo import signatures
from workorders import queries
from workorders.models import Leg
from workorders.operations import care, custody, delivery, pickup, quality, ready

if TYPE_CHECKING:
    from dealership.demo.visits import Passage

DRIVE, CHECK, BACK, WASHED, LOOKED, TOLD = 6, 4, 4, 6, 4, 3  # minutes, each after the one before


def inspect(passage: Passage, findings: str) -> None:
    """Drive the car and sign the check; with findings it goes back to the team."""
    order, inspector = passage.order, passage.house.people["quality"]
    last = order.test_drives.order_by("left_at", "pk").last()
    km = last.km_in if last and last.km_in else order.visit.mileage or 0
    drive = care.drive_out(order, km_out=km, by=inspector, at=passage.at(passage.minutes + 1))
    at = passage.at(passage.minutes + DRIVE)
    care.drive_back(drive, km_in=km + 3, ok=not findings, result=findings, by=inspector, at=at)
    asked = queries.quality.asked_of(order)
    marks = [quality.Marked(one, "ok") for one in asked]
    if findings:
        marks[0] = quality.Marked(asked[0], "not_ok", findings)
    quality.inspect(
        order, passed=not findings, marks=marks, minutes=20 if findings else None,
        image=signatures.drawn(inspector.full_name), by=inspector, at=passage.at(passage.minutes + CHECK),
    )  # fmt: skip


def make_ready(passage: Passage) -> None:
    """Give key and papers back over the foreman, wash the car and let the advisor look at it."""
    order, foreman = passage.order, passage.house.people["foreman"]
    at = passage.at(passage.minutes + BACK)
    sent = queries.custody(order).on_the_way
    if sent is not None:
        custody.take(sent, by=foreman, at=at)
    checked = queries.quality.last_check(order)
    if checked is not None and checked.to_countersign:
        quality.countersign(checked, by=foreman, at=at)
    given = custody.give(order, Leg.TO_RECEPTION, by=foreman, at=at)
    custody.take(given, by=passage.advisor, at=at)
    if order.wash_wanted:
        ready.wash(order, by=passage.technician, at=passage.at(passage.minutes + WASHED))
    look = ready.Look(
        work_done=True, faults_gone=True, old_parts_here=True, interior_cleaned=True, no_dust=True, no_oil=True,
        no_grease=True, nothing_left=True, exterior="as_on_form",
    )  # fmt: skip
    ready.make_ready(order, look, by=passage.advisor, at=passage.at(passage.minutes + LOOKED))


def tell(passage: Passage) -> None:
    """Tell the customer, who comes at once; a delay of the rework is told with it."""
    order, at = passage.order, passage.at(passage.minutes + TOLD)
    pickup.tell(
        order, channel="in_person", result="told", spoke_to=passage.plan.guest, pickup_at=at, by=passage.advisor, at=at
    )


def give_back(passage: Passage) -> None:
    """Give key, licence, booklet and old parts back to the customer."""
    things = [name for name, due in queries.leaving.received(passage.visit).items() if due]
    delivery.give_back(passage.order, things=things, by=passage.advisor, at=passage.at(passage.minutes + 1))
