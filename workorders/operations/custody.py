"""Key and papers from advisor to foreman to team and back, and the car compared with its reception form."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.models import About, Desk, Difference, Handover, Leg, WorkOrder
from workorders.operations import alerts
from workorders.operations.hold import hold
from workorders.states import State


@transaction.atomic
def give(
    order: WorkOrder, leg: str, *, parked_at: str = "", notes: str = "", by: User, at: datetime
) -> Handover:  # fmt: skip
    """Give key, work order and reception form on; the other side confirms with `take` (2.4.1.1, 2.4.1.2, C26).

    Where the car stands goes with them, the promised time and what has to be minded (2.4.1.5).
    """
    workflow.require(by, queries.GIVES[Leg(leg)])
    order = hold(order)
    held = queries.custody(order)
    if held.on_the_way is not None:
        raise NotAllowed(
            _("%(who)s has given key and papers on already; they wait to be taken over.")
            % {"who": held.on_the_way.given_by.full_name}
        )
    if leg not in queries.NEXT[held.leg] or not queries.fits(leg, order):  # type: ignore[index]
        raise NotAllowed(_("Key and papers are with %(who)s now.") % {"who": held.holder})
    if leg == Leg.TO_RECEPTION and not (parked_at.strip() or order.parked_at):
        raise NotAllowed(_("Say where the car stands."))
    if leg == Leg.TO_RECEPTION and order.state == State.PASSED:
        return give_back(order, parked_at=parked_at, notes=notes, key=held.key, by=by, at=at)
    return send(order, leg, parked_at=parked_at, notes=notes, key=held.key, by=by, at=at)


def give_back(order: WorkOrder, *, parked_at: str, notes: str, key: bool, by: User, at: datetime) -> Handover:
    """Give key and papers of a checked car to its advisor and tell him where it stands (2.6.1.1-2.6.1.3)."""
    checked = queries.quality.last_check(order)
    if checked is not None and checked.to_countersign:
        raise NotAllowed(_("Countersign the re-check first."))
    given = send(order, Leg.TO_RECEPTION, parked_at=parked_at, notes=notes, key=key, by=by, at=at)
    alerts.tell(order, Desk.ADVISOR, about=About.REPAIRED, words=given.parked_at, by=by, at=at)
    return given


def send(order: WorkOrder, leg: str, *, parked_at: str, notes: str, key: bool, by: User, at: datetime) -> Handover:
    """Write the handover; the order is held."""
    place = parked_at.strip() or order.parked_at
    try:
        with transaction.atomic():
            given = Handover.objects.create(
                order=order, leg=leg, given_by=by, given_at=at, key=key, parked_at=place,
                promised_at=order.promised_at, notes=notes.strip(),
            )  # fmt: skip
    except IntegrityError:
        raise NotAllowed(_("A colleague has just given key and papers on.")) from None
    if place != order.parked_at:
        WorkOrder.objects.filter(pk=order.pk).update(parked_at=place)
    return given


@transaction.atomic
def take(handover: Handover, *, difference: str = "", by: User, at: datetime) -> None:
    """Confirm that key and papers are here and the work was read; say where the car differs (2.4.1.3, 2.4.1.4)."""
    workflow.require(by, queries.TAKES[Leg(handover.leg)])
    order = hold(handover.order)
    if by.pk == handover.given_by_id:
        raise NotAllowed(_("Who gives the key does not take it; somebody else confirms."))
    if not queries.may_take(by, handover):
        raise NotAllowed(_("Key and papers go to the team that has taken the car over."))
    taken = Handover.objects.filter(pk=handover.pk, taken_at=None, withdrawn_at=None)
    if not taken.update(taken_by=by, taken_at=at):
        raise NotAllowed(_("Key and papers have gone another way meanwhile."))
    if handover.leg == Leg.TO_RECEPTION:
        alerts.settle(order, Desk.ADVISOR, About.REPAIRED, by=by, at=at)
    if difference.strip():
        report_difference(order, words=difference, by=by, at=at)
    handover.refresh_from_db()


@transaction.atomic
def withdraw(handover: Handover, *, by: User, at: datetime) -> None:
    """Take back what nobody has taken over yet."""
    if by.pk != handover.given_by_id:
        raise NotAllowed(_("Only who gave it can take it back."))
    hold(handover.order)
    if not Handover.objects.filter(pk=handover.pk, taken_at=None, withdrawn_at=None).update(withdrawn_at=at):
        raise NotAllowed(_("Key and papers have gone another way meanwhile."))


def report_difference(order: WorkOrder, *, words: str, by: User, at: datetime) -> Difference:
    """Write down where the car is not as its form says; the advisor is told at once and work waits (2.4.3.1)."""
    if not words.strip():
        raise NotAllowed(_("Write down what is different."))
    found = Difference.objects.create(order=order, words=words.strip()[:300], found_by=by, found_at=at)
    alerts.tell(order, Desk.ADVISOR, about=About.DIFFERENCE, words=words, by=by, at=at)
    return found


@transaction.atomic
def answer_difference(difference: Difference, *, answer: str, by: User, at: datetime) -> None:
    """Say what the advisor found out or agreed with the customer; the work may begin."""
    workflow.require(by, "workorders.hand_to_workshop")
    if not answer.strip():
        raise NotAllowed(_("Write down what you found out or agreed with the customer."))
    open_still = Difference.objects.filter(pk=difference.pk, answered_at=None)
    if not open_still.update(answer=answer.strip()[:300], answered_by=by, answered_at=at):
        raise NotAllowed(_("A colleague has answered this already."))
    alerts.settle(difference.order, Desk.ADVISOR, About.DIFFERENCE, words=difference.words, by=by, at=at)
    difference.refresh_from_db()
