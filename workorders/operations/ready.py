"""From the passed check to a car the customer may see: washed, looked at, sent back where it is not right."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders import queries, states
from workorders.models import (
    About,
    Desk,
    Exterior,
    FinalCheck,
    Incident,
    MissingOldPart,
    PartLine,
    ThingsReturned,
    Verdict,
    Wash,
    WorkOrder,
)
from workorders.operations import alerts, quality
from workorders.operations.hold import hold, hold_visit


@dataclass(frozen=True)
class Look:
    """What the advisor ticked at the car; what is False is not in order, or not looked at (F15)."""

    work_done: bool = False
    faults_gone: bool = False
    old_parts_here: bool = False
    old_parts_words: str = ""
    interior_cleaned: bool = False
    no_dust: bool = False
    no_oil: bool = False
    no_grease: bool = False
    nothing_left: bool = False
    exterior: str = ""


@transaction.atomic
def wash(order: WorkOrder, *, by: User, at: datetime) -> Wash:
    """Note that the car was washed, after the test drive and before the advisor's last look (3.4.1.2, C19)."""
    workflow.require(by, "workorders.wash_car")
    order = hold(order)
    if order.state != states.State.PASSED:
        raise NotAllowed(workflow.out_of_turn(order, at))
    for obstacle in queries.ready.obstacles_to_washing(order):
        raise NotAllowed(obstacle)
    if queries.ready.wash_of(order) is not None:
        raise NotAllowed(_("The car was washed already."))
    return Wash.objects.create(order=order, by=by, at=at)


@transaction.atomic
def make_ready(
    order: WorkOrder, look: Look, *, missing_old_parts: Collection[PartLine] = (), by: User, at: datetime
) -> FinalCheck:
    """Find the car ready for its customer; raises NotAllowed on the first thing that is not (2.6.2.1-2.6.2.4)."""
    workflow.require(by, states.MAKE_READY.permission)
    order.state = hold(order).state
    if not states.MAKE_READY.possible(order):
        raise NotAllowed(workflow.out_of_turn(order, at))
    for obstacle in [*queries.ready.obstacles_to_final_check(order), *unready(order, look, missing_old_parts)]:
        raise NotAllowed(obstacle)
    workflow.move(order, states.MAKE_READY, by=by, at=at)
    alerts.settle(order, Desk.ADVISOR, About.REPAIRED, by=by, at=at)
    if not queries.ready.replaced_parts(order).exists():
        look = replace(look, old_parts_here=True)  # there are none to compare
    made = FinalCheck.objects.create(order=order, by=by, at=at, verdict=Verdict.READY, **asdict(look))
    MissingOldPart.objects.bulk_create(
        MissingOldPart(final_check=made, part_line=line) for line in missing_old_parts if line.order_id == order.pk
    )
    return made


def unready(order: WorkOrder, look: Look, missing: Collection[PartLine]) -> list[str]:
    """Return what is not in order at this look."""
    found = [
        _("“%(line)s” is neither done nor closed with a reason.") % {"line": line}
        for line in queries.ready.open_lines(order)
    ]
    sentences = {
        "work_done": _("Confirm that all work of the order is done."),
        "faults_gone": _("Confirm for each thing the customer described that it is gone."),
        "interior_cleaned": _("The inside has to be cleaned."),
        "no_dust": _("There is dust left: back to the wash."),
        "no_oil": _("There is oil dirt left: back to the wash."),
        "no_grease": _("There is grease left: back to the wash."),
        "nothing_left": _("Look for rags, tools, nuts and bolts left in the car."),
    }
    found += [sentence for name, sentence in sentences.items() if not getattr(look, name)]
    if queries.ready.replaced_parts(order).exists():
        if not look.old_parts_here and not look.old_parts_words.strip():
            found.append(_("Compare the old parts with those replaced, or write down why they are missing."))
        if missing and not look.old_parts_words.strip():
            found.append(_("Write down why these old parts are missing."))
    if look.exterior not in Exterior.values:
        found.append(_("Compare the outside with the reception form."))
    return found + obstacles_of_damage(order, look)


def obstacles_of_damage(order: WorkOrder, look: Look) -> list[str]:
    """Return why damage in our care keeps the car here: not written down yet, or not decided (2.4.6.2)."""
    if undecided := queries.ready.obstacles_of_damage(order.visit):
        return undecided
    if look.exterior == Exterior.NEW_DAMAGE and not order.incidents.exists():
        return [_("Write down the new damage first.")]
    return []


@transaction.atomic
def send_to_wash(order: WorkOrder, *, words: str, by: User, at: datetime) -> FinalCheck:
    """Find the car not clean: the wash is open again (3.4.1.5)."""
    workflow.require(by, states.MAKE_READY.permission)
    order.state = hold(order).state
    if not states.MAKE_READY.possible(order):
        raise NotAllowed(workflow.out_of_turn(order, at))
    if not words.strip():
        raise NotAllowed(_("Write down what is not clean."))
    washed = order.washes.filter(undone_at=None)
    washed.update(undone_at=at, undone_by=by, undone_words=words.strip()[:200])
    with alerts.in_house_language(order):
        told = _("to be cleaned again: %(what)s") % {"what": words.strip()}
    alerts.tell(order, Desk.FOREMAN, about=About.SENT_BACK, words=told, by=by, at=at)
    return FinalCheck.objects.create(order=order, by=by, at=at, verdict=Verdict.WASH, words=words.strip()[:300])


@transaction.atomic
def send_to_workshop(order: WorkOrder, *, words: str, line: int | None = None, by: User, at: datetime) -> FinalCheck:
    """Send a car that is not right back to be repaired again, also from the walk with the customer (3.4.1.6, F.2)."""
    workflow.require(by, states.SEND_BACK.permission)
    order.state = hold(order).state
    if not words.strip():
        raise NotAllowed(_("Write down what is not right."))
    workflow.move(order, states.SEND_BACK, by=by, at=at, reason=words.strip()[:300])
    own = order.labour_lines.filter(pk=line).exists() if line else False
    quality.add_rework(order, words.strip(), line if own else None, by=by, at=at)
    order.washes.filter(undone_at=None).update(undone_at=at, undone_by=by, undone_words=words.strip()[:200])
    given_back = ThingsReturned.objects.filter(visit=order.visit_id, undone_at=None)
    given_back.update(undone_at=at)  # the customer gives his key again
    alerts.tell(order, Desk.FOREMAN, about=About.SENT_BACK, words=words, by=by, at=at)
    return FinalCheck.objects.create(order=order, by=by, at=at, verdict=Verdict.WORKSHOP, words=words.strip()[:300])


@transaction.atomic
def report_damage(order: WorkOrder, *, words: str, by: User, at: datetime) -> Incident:
    """Open an incident: the car has damage its reception form does not show; the manager decides (2.4.6.2)."""
    workflow.require(by, states.MAKE_READY.permission)
    hold_visit(order.visit)  # a car with two orders is not shown by the other one meanwhile
    order = hold(order)
    if order.state not in states.BEFORE_SHOWN:
        raise NotAllowed(workflow.out_of_turn(order, at))
    if not words.strip():
        raise NotAllowed(_("Write down what is damaged, and where."))
    if order.incidents.filter(words=words.strip()[:300], decided_at=None).exists():
        raise NotAllowed(_("This damage is reported already."))
    found = Incident.objects.create(order=order, words=words.strip()[:300], found_by=by, found_at=at)
    alerts.tell(order, Desk.MANAGER, Desk.FOREMAN, about=About.INCIDENT, words=found.words, by=by, at=at)
    return found


@transaction.atomic
def decide(incident: Incident, *, decision: str, by: User, at: datetime) -> None:
    """Say as the manager what is done about damage in our care and what the customer is offered."""
    workflow.require(by, "workorders.decide_incident")
    order = hold(incident.order)
    if not decision.strip():
        raise NotAllowed(_("Write down what is done about it."))
    open_still = Incident.objects.filter(pk=incident.pk, decided_at=None)
    if not open_still.update(decision=decision.strip()[:300], decided_by=by, decided_at=at):
        raise NotAllowed(_("A colleague has decided about this already."))
    incident.refresh_from_db()
    alerts.settle(order, Desk.MANAGER, About.INCIDENT, words=incident.words, by=by, at=at)
    alerts.tell(order, Desk.ADVISOR, about=About.INCIDENT, words=incident.decision, by=by, at=at)
