"""What the day of a workshop leaves on an order, whatever the factories put there already."""

from datetime import timedelta

from dealership.staff.roles import Role
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR
from workorders.models import Clock, WorkOrder


def put(order, **facts):
    """Write facts on an order of which the desk would otherwise hear in many steps."""
    WorkOrder.objects.filter(pk=order.pk).update(**facts)
    order.refresh_from_db()
    return order


def on_hold(crew, held_for="parts", **details):
    return put(factories.in_progress(crew, **details), state="on_hold", held_for=held_for)


def plan(order, starts_at, ends_at):
    """Let the team that has the order work on it from then to then."""
    times = {"starts_at": starts_at, "ends_at": ends_at}
    lead = order.assignments.filter(lead=True, withdrawn_at=None)
    if not lead.update(**times):
        order.assignments.create(team=order.team, given_by=order.advisor, given_at=TUESDAY_NINE, **times)
    return order


def clock(order, started_at=TUESDAY_NINE, hours=None):
    """Clock somebody on the order's first work; still running where no hours are given."""
    Clock.objects.filter(line__order=order).delete()
    who = factories.person(Role.TECHNICIAN, order.store)
    ended = {"stopped_at": started_at + hours * HOUR, "stop": "done", "stopped_by": who} if hours else {}
    return order.labour_lines.first().clocks.create(technician=who, started_at=started_at, **ended)


def full_day(crew, cars=3, promise=timedelta(days=9)):
    """Fill every column: written up, waiting, with the team, in work, on hold, in the check and ready."""
    for number in range(cars):
        at, promised = TUESDAY_NINE + timedelta(minutes=number), TUESDAY_NINE + (1 + 2 * number) * HOUR
        details = {"at": at, "hours": "1.00", "promised_at": TUESDAY_NINE + promise}
        factories.draft(crew, at)
        put(factories.signed(crew, **details), promised_at=promised, priority=1 + number % 3)
        put(factories.dispatched(crew, **details), promised_at=promised)
        working = put(factories.in_progress(crew, **details), promised_at=promised)
        clock(working, hours=0.2 * (number + 1))
        reason = ["parts", "approval", "manufacturer", "tool"][number % 4]
        put(on_hold(crew, reason, **details), promised_at=promised, parked_at="B2")
        put(factories.finished(crew, **details), promised_at=promised)
        put(factories.made_ready(crew, **details), promised_at=promised)
