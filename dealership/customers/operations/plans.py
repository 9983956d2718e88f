"""What a car will need and what was recommended for it: planned, done, dropped."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership.customers import forecast
from dealership.customers.errors import AlreadyPlanned, DueNever
from dealership.customers.models import PlanLine, Recommendation, Vehicle
from dealership.customers.operations import expecting, rows
from dealership.workflow import NotAllowed, require

CHANGE = "customers.change_vehicle"
Interval: TypeAlias = tuple[str, str, int | None, int | None]  # item, code, months, km


@transaction.atomic
def plan_line(
    vehicle: Vehicle,
    *,
    item: str,
    code: str = "",
    due_on: date | None = None,
    due_km: int | None = None,
    by: Any,
    at: datetime,
) -> PlanLine:
    """Plan a piece of maintenance by a day, a mileage or whichever comes first (3.1.1.4).

    Raises DueNever where neither is given, AlreadyPlanned where an open line names the same item, NotAllowed.
    """
    require(by, CHANGE)
    rows.renew(vehicle)  # one changes the plan of a car at a time, or the same item could be planned twice
    if due_on is None and due_km is None:
        raise DueNever("due_on", _("Please give a day, a mileage or both."))
    item = item.strip()
    if open_lines(vehicle).filter(item=item).exists():
        raise AlreadyPlanned("item", _("“%(item)s” is planned for this car already.") % {"item": item})
    line = PlanLine(vehicle=vehicle, item=item, code=code.strip(), due_on=due_on, due_km=due_km)
    return _add(line, expecting.latest_readings(vehicle), by, at)


@transaction.atomic
def make_usual_plan(vehicle: Vehicle, intervals: Iterable[Interval], *, by: Any, at: datetime) -> list[PlanLine]:
    """Plan what comes round every so many months or kilometres, counted from today and the last reading (3.1.1.4).

    Leaves out what an open line plans already, by item or code, and what only a mileage makes due on a car that
    was never read. Returns the new lines; raises NotAllowed.
    """
    require(by, CHANGE)
    rows.renew(vehicle)
    today, readings = timezone.localdate(at), expecting.latest_readings(vehicle)
    planned = {mark for line in open_lines(vehicle) for mark in (line.item, line.code) if mark}
    made = []
    for item, code, months, km in intervals:
        due_on = forecast.months_after(today, months) if months else None
        due_km = vehicle.mileage + km if km and vehicle.mileage is not None else None
        if {item, code} & planned or (due_on, due_km) == (None, None):
            continue
        line = PlanLine(vehicle=vehicle, item=item, code=code, due_on=due_on, due_km=due_km)
        made.append(_add(line, readings, by, at))
        planned |= {item, code} - {""}
    return made


def open_lines(vehicle: Vehicle) -> Any:
    return PlanLine.objects.filter(vehicle=vehicle, state=PlanLine.State.OPEN)


def _add(line: PlanLine, readings: list[forecast.Reading], by: Any, at: datetime) -> PlanLine:
    line.made_by, line.made_at = by, at
    expecting.foresee(line, readings)
    rows.save(line, unchecked=["made_by"])  # the clock makes plans too
    return line


@transaction.atomic
def end_plan_lines(vehicle: Vehicle, codes: Iterable[str], *, done_by: str, by: Any, at: datetime) -> int:
    """Mark the open lines with these codes as done by an order, and return how many (3.1.1.4).

    Who may is the caller's to decide.
    """
    Vehicle.objects.select_for_update().get(pk=vehicle.pk)  # the car before its lines, as everywhere here
    lines = open_lines(vehicle).filter(code__in=[code for code in codes if code])
    return int(lines.update(state=PlanLine.State.DONE, expected_on=None, ended_at=at, ended_by=done_by[:60]))


def drop_plan_line(line: PlanLine, *, by: Any, at: datetime) -> None:
    """Take a line out of the plan because the car does not need it; raises NotAllowed where it has ended before."""
    require(by, CHANGE)
    _end(line, PlanLine.State.DROPPED, at, expected_on=None, ended_by=by.full_name if by else "")


@transaction.atomic
def recommend(
    vehicle: Vehicle,
    *,
    words: str,
    declined: bool,
    reason: str = "",
    source: str,
    remind_on: date,
    by: Any,
    at: datetime,
) -> Recommendation:
    """Keep what the customer was advised to have done, to ask again from a day on (2.6.6, 3.1.1.5).

    The same words from the same source are one recommendation, as it is. Who may is the caller's to decide.
    """
    key = {"vehicle": vehicle, "source": source.strip(), "words": words.strip()}
    said = {"declined": declined, "reason": reason.strip(), "remind_on": remind_on, "said_at": at, "said_by": by}
    Recommendation(**key, **said).clean_fields(exclude=["said_by"])
    made, _created = Recommendation.objects.get_or_create(**key, defaults=said)
    return made


def decline_again(recommendation: Recommendation, *, reason: str, remind_on: date, by: Any, at: datetime) -> None:
    """Keep that the customer said no once more, why and until when; what had ended is open again.

    Who may is the caller's to decide.
    """
    said = {"declined": True, "reason": reason.strip()[:300], "remind_on": remind_on, "said_at": at, "said_by": by}
    still = {"state": Recommendation.State.OPEN, "ended_at": None}
    Recommendation.objects.filter(pk=recommendation.pk).update(**said, **still)
    recommendation.refresh_from_db()


def end_recommendations(pks: Iterable[int], *, done: bool, at: datetime) -> int:
    """Close those of these recommendations that are open, and return how many; who may is the caller's to decide."""
    state = Recommendation.State.DONE if done else Recommendation.State.DROPPED
    still_open = Recommendation.objects.filter(pk__in=list(pks), state=Recommendation.State.OPEN)
    return int(still_open.update(state=state, ended_at=at))


def end_recommendation(recommendation: Recommendation, *, done: bool, by: Any, at: datetime) -> None:
    """Close a recommendation, as done or as no longer wanted; raises NotAllowed where it has ended before."""
    require(by, CHANGE)
    _end(recommendation, Recommendation.State.DONE if done else Recommendation.State.DROPPED, at)


def _end(row: Any, state: str, at: datetime, **changes: Any) -> None:
    """Bring an open line or recommendation to its end, once: of two who press at the same time one hears so."""
    still_open = type(row)._default_manager.filter(pk=row.pk, state="open")
    if not still_open.update(state=state, ended_at=at, **changes):
        raise NotAllowed(_("This has already ended."))
    row.refresh_from_db()
