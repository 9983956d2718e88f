"""Greeting a customer and looking after him while he waits (2.2.11.1, 4.1.2, 4.2.5, 4.2.6)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.customers import operations as customers
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from reception.models import COURTESY, CourtesyCheck, LoungeCare, Visit, Welcome
from reception.states import OPEN, State

DOUBLE_PRESS = timedelta(seconds=30)


def meet(visit: Visit, *, by: User, at: datetime) -> None:
    """Somebody went to the car and welcomed the customer out of it (4.1.2)."""
    note_moment(visit, "met", by, at)


def greet(visit: Visit, *, by: User, at: datetime) -> None:
    """The customer was greeted; the time since his arrival is a key figure (2.2.11.1)."""
    note_moment(visit, "greeted", by, at)


def seat(visit: Visit, *, by: User, at: datetime) -> None:
    """The customer was led to the lounge; in busy mode his reception ends with it (4.2.5)."""
    if visit.received_at is None:
        raise NotAllowed(_("This customer has not been received yet."))
    note_moment(visit, "seated", by, at)


@transaction.atomic
def note_moment(visit: Visit, name: str, by: User, at: datetime) -> None:
    """Note a moment of the welcome; the first press counts, a second changes nothing."""
    require_in_house(visit, by)
    welcome, _created = Welcome.objects.get_or_create(visit=visit)
    unnoted = Welcome.objects.filter(pk=welcome.pk, **{f"{name}_at": None})
    unnoted.update(**{f"{name}_at": at, f"{name}_by": by})


@transaction.atomic
def serve_tea(visit: Visit, *, by: User, at: datetime) -> None:
    """Tea or water was served (4.2.6); two presses in a moment are one cup."""
    require_in_house(visit, by)
    if not visit.lounge_care.filter(kind=LoungeCare.Kind.TEA, at__gt=at - DOUBLE_PRESS).exists():
        LoungeCare.objects.create(visit=visit, kind=LoungeCare.Kind.TEA, by=by, at=at)


@transaction.atomic
def tell_progress(visit: Visit, *, words: str, by: User, at: datetime) -> None:
    """The customer was told how far his car is; who said what is kept."""
    require_in_house(visit, by)
    if not words.strip():
        raise NotAllowed(_("Write down what the customer was told."))
    same = {"kind": LoungeCare.Kind.TOLD, "words": words.strip()}
    if not visit.lounge_care.filter(**same, at__gt=at - DOUBLE_PRESS).exists():
        LoungeCare.objects.create(visit=visit, **same, by=by, at=at)


def require_in_house(visit: Visit, by: User) -> None:
    """Refuse where the visit is over; holds the visit, so that two presses come one after the other."""
    workflow.require(by, "reception.record_arrival")
    visit.refresh_from_db(from_queryset=Visit.objects.select_for_update())
    if State(visit.state) not in OPEN:
        raise NotAllowed(_("This customer has left."))


def note_interests(visit: Visit, *, interests: str, seen: str, by: User, at: datetime) -> None:
    """Keep on the customer's file what he likes, as told in a quiet moment (4.3.2).

    Raises ChangedMeanwhile where a colleague wrote something since it was `seen`.
    """
    customers.correct(visit.customer, interests=interests.strip(), seen={"interests": seen}, by=by, at=at)


def check_courtesy(
    store: Store, *, advisor: User, points: dict[str, int], note: str = "", by: User, at: datetime
) -> CourtesyCheck:
    """Keep a manager's spot check: every point from one to five (2.2.11.2)."""
    workflow.require(by, "reception.add_courtesycheck")
    if advisor == by:
        raise NotAllowed(_("Nobody checks himself."))
    if not staff.advisors(store).filter(pk=advisor.pk).exists():
        raise NotAllowed(_("%(who)s does not receive customers here.") % {"who": advisor.full_name})
    if set(points) != set(COURTESY) or not all(1 <= value <= 5 for value in points.values()):
        raise NotAllowed(_("Every point needs a score from 1 to 5."))
    return CourtesyCheck.objects.create(store=store, advisor=advisor, note=note.strip(), by=by, at=at, **points)
