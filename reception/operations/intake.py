"""Filling in the reception form while walking round the car, and having it signed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.customers import operations as customers
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from reception import documents, queries, states
from reception.models import Complaint, DamageMark, Visit
from reception.operations.receiving import note_overrun


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


@transaction.atomic
def fit_covers(visit: Visit, *, by: User, at: datetime) -> None:
    """Seat, wheel and floor are covered in front of the customer, before anything else (2.2.2.1, 3.2.1.1)."""
    require_open(visit, by)
    Visit.objects.filter(pk=visit.pk, protected_at=None).update(protected_at=at)
    visit.refresh_from_db()


@transaction.atomic
def mark_damage(visit: Visit, *, zone: str, kind: str, by: User, at: datetime) -> DamageMark:
    """Note a damage on the car's outline (2.2.11.8); marking it twice is marking it once."""
    require_open(visit, by)
    if visit.protected_at is None:
        raise NotAllowed(_("First fit the protective covers, in front of the customer."))
    mark, _created = DamageMark.objects.get_or_create(visit=visit, zone=zone, kind=kind, defaults={"marked_at": at})
    return mark


@transaction.atomic
def unmark_damage(mark: DamageMark, *, by: User) -> None:
    require_open(mark.visit, by)
    mark.delete()


@transaction.atomic
def finish_walk_round(visit: Visit, *, by: User, at: datetime) -> None:
    """Every point was looked at; what is not marked is in order (2.2.2.3)."""
    require_open(visit, by)
    if visit.protected_at is None:
        raise NotAllowed(_("First fit the protective covers, in front of the customer."))
    Visit.objects.filter(pk=visit.pk).update(walked_round_at=at)
    visit.refresh_from_db()


@transaction.atomic
def note_complaint(visit: Visit, *, words: str, by: User) -> Complaint:
    """Write down what the customer says, word for word; there is no way to edit it (2.2.3.2)."""
    require_open(visit, by)
    if not words.strip():
        raise NotAllowed(_("Write down what the customer says."))
    last = visit.complaints.aggregate(last=Max("position"))["last"] or 0
    return Complaint.objects.create(visit=visit, position=last + 1, words=words.strip())


@transaction.atomic
def record_condition(visit: Visit, *, by: User, at: datetime, mileage_note: str = "", **facts: Any) -> None:
    """Keep mileage, fuel and the answers about the car; raises MileageImplausible below the last reading."""
    require_open(visit, by)
    mileage = facts.get("mileage")
    if mileage is not None and mileage != visit.mileage:
        customers.record_mileage(visit.vehicle, km=mileage, source="reception", note=mileage_note, by=by, at=at)
    Visit.objects.filter(pk=visit.pk).update(**facts)
    visit.refresh_from_db()


@transaction.atomic
def sign_intake(visit: Visit, *, signer_name: str, image: bytes, by: User, at: datetime) -> IssuedDocument:
    """The customer signs the reception form; from here on it is closed (2.2.11.10).

    Raises NotAllowed with the first thing that is missing.
    """
    require_open(visit, by)
    for obstacle in queries.obstacles(visit):
        raise NotAllowed(obstacle)
    document = paperwork.issue(
        store=visit.store,
        kind=Kind.INTAKE,
        content=documents.intake(visit),
        language=get_language() or "zh-hans",
        by=by,
        at=at,
    )
    paperwork.sign(document, role="customer", signer_name=signer_name, image=image, by=by, at=at)
    workflow.move(visit, states.SIGN, by=by, at=at, intake=document, taken_in_at=at)
    note_overrun(visit, by=by, at=at)
    return document
