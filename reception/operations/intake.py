"""The intake: open between reception and signature, covers first, closed by the customer's name under it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind, Unsigned
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import documents, queries, states
from reception.models import Visit
from reception.operations.receiving import note_overrun


class IntakeChanged(NotAllowed):
    """The intake is no longer the one the customer was shown."""


def require_open(visit: Visit, by: User) -> None:
    """Only an intake that is not signed yet can be filled in (2.2.11.10).

    Holds the visit until the transaction ends: nothing slips in while the customer signs on another screen.
    """
    workflow.require(by, "reception.receive_visit")
    visit.refresh_from_db(from_queryset=Visit.objects.select_for_update())
    if visit.state == states.State.WAITING:
        raise NotAllowed(_("This customer has not been received yet."))
    if visit.state != states.State.RECEIVING:
        raise NotAllowed(_("The reception form is closed; nothing on it can be changed any more."))


def require_covered(visit: Visit, by: User) -> None:
    """Nothing is inspected before the covers are on, however long the queue is (2.2.2.1, 2.2.11.7, 4.2.4)."""
    require_open(visit, by)
    if visit.protected_at is None:
        raise NotAllowed(_("First fit the protective covers, in front of the customer."))


@transaction.atomic
def fit_covers(visit: Visit, *, by: User, at: datetime, before_customer: bool = True) -> None:
    """Seat, wheel and floor are covered in front of the customer, before anything else (2.2.2.1, 3.2.1.1)."""
    require_open(visit, by)
    if not before_customer:
        raise NotAllowed(_("The covers are fitted in front of the customer. Ask the customer to come to the car."))
    Visit.objects.filter(pk=visit.pk, protected_at=None).update(protected_at=at, protected_by=by)
    visit.refresh_from_db()


@transaction.atomic
def sign_intake(
    visit: Visit, *, outcome: paperwork.Outcome, by: User, at: datetime, seen: str | None = None
) -> IssuedDocument:
    """The customer signs the reception form, or a witness saw why not; from here on it is closed (2.2.11.10).

    `seen` is the mark of what the customer was shown (queries.mark_of). Whoever did not walk along cannot confirm
    what was seen: he signs later, when he was shown (2.2.11.9). Raises IntakeChanged when the form changed meanwhile,
    NotAllowed with the first thing that is missing.
    """
    require_open(visit, by)
    if seen is not None and seen != queries.mark_of(visit):
        raise IntakeChanged(
            _("The form has changed since this page was opened. Go through it with the customer again.")
        )
    for obstacle in queries.obstacles(visit):
        raise NotAllowed(obstacle)
    if not visit.accompanied and outcome.unsigned != Unsigned.ABSENT:
        raise NotAllowed(_("Nobody came along on the walk-round: note that the customer is not here, with a witness."))
    document = paperwork.issue(
        store=visit.store,
        kind=Kind.INTAKE,
        content=documents.intake(visit),
        by=by,
        at=at,
    )
    paperwork.settle_signature(document, outcome, role="customer", by=by, at=at)
    workflow.move(visit, states.SIGN, by=by, at=at, intake=document, taken_in_at=at)
    note_overrun(visit, by=by, at=at)
    return document
