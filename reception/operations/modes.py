"""Many wait: the mode set by hand, the short registration; and whose visit it is (2.2.0.1, 4.2.1, 4.2.2)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.customers import operations as customers
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from reception.models import ModeSwitch, QuickEntry, Visit, VisitHandOver
from reception.operations.arriving import open_visit
from reception.signals import visit_handed_over
from reception.states import State

ANSWERED_FOR = (State.RECEIVING, State.INSPECTED)


def set_mode(store: Store, mode: str, *, by: User, at: datetime) -> None:
    """Set the mode for the rest of the day, or give it back to the figures with an empty one (4.2.1)."""
    workflow.require(by, "reception.record_arrival")
    ModeSwitch.objects.create(store=store, mode=mode, by=by, at=at)


@transaction.atomic
def register_quickly(
    *, store: Store, reason: str, mileage: int, size: str = "", by: User, at: datetime, **details: Any
) -> Visit:
    """Create customer, car and visit from the short form; the rest is asked before he signs (4.2.2).

    Raises what `customers.operations.register_with_car` raises, and nothing is kept then.
    """
    if not reason.strip():
        raise NotAllowed(_("Write down why the customer comes."))
    customer, vehicle = customers.register_with_car(mileage=mileage, region=store.region, by=by, at=at, **details)
    visit = open_visit(store=store, vehicle=vehicle, customer=customer, size=size, by=by, at=at)
    QuickEntry.objects.create(visit=visit, reason=reason.strip(), mileage=mileage, by=by, at=at)
    return visit


@transaction.atomic
def hand_visit_over(visit: Visit, *, to: User, reason: str, by: User, at: datetime) -> None:
    """Give a visit to a colleague, who answers for it from now on (2.2.0.1); both have served the customer (C5).

    Only the responsible advisor or a manager may; the orders of the visit follow. A second press changes nothing.
    """
    workflow.require(by, "reception.receive_visit")
    visit.refresh_from_db(from_queryset=Visit.objects.select_for_update())
    if visit.advisor is None or State(visit.state) not in ANSWERED_FOR:
        raise NotAllowed(_("Only a visit that goes on and has an advisor can be passed to a colleague."))
    if visit.advisor == to:
        return
    if visit.advisor != by and not by.has_perm("reception.reassign_visit"):
        raise NotAllowed(_("%(who)s answers for this visit and passes it on.") % {"who": visit.advisor.full_name})
    if not (to.is_active and to.stores.filter(pk=visit.store_id).exists() and to.has_perm("reception.receive_visit")):
        raise NotAllowed(_("%(who)s does not receive customers here.") % {"who": to.full_name})
    if not reason.strip():
        raise NotAllowed(_("Write down why the visit is passed on."))
    passed = {"from_advisor": visit.advisor, "to_advisor": to, "reason": reason.strip()}
    VisitHandOver.objects.create(visit=visit, **passed, by=by, at=at)
    Visit.objects.filter(pk=visit.pk).update(advisor=to)
    visit.advisor = to
    visit_handed_over.send(sender=Visit, visit=visit, to=to)
