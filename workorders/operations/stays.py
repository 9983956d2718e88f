"""Writing down why a car stays, where it stands, and when its customer hears of it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership import workflow
from dealership.staff.models import User
from dealership.workflow import NotAllowed
from workorders.models import LongStay, Stay, WorkOrder
from workorders.states import IN_HOUSE

NEEDED = {
    Stay.LONG: ["words", "until_at", "told_at", "told_how"],
    Stay.OVERNIGHT: ["place"],
    Stay.LEFT: ["place", "until_at"],
}


@transaction.atomic
def note(order: WorkOrder, *, kind: str, by: User, at: datetime, **facts: Any) -> LongStay:
    """Keep a note about a car that is in the house; the newest of its kind counts.

    `facts` are the fields of the note. Raises NotAllowed for what its kind lacks.
    """
    workflow.require(by, "workorders.note_stay")
    order = WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if order.state not in IN_HOUSE:
        raise NotAllowed(_("The car has left the house."))
    made = LongStay(order=order, kind=kind, by=by, at=at, **facts)
    if sentence := lacks(made):
        raise NotAllowed(sentence)
    if made.told_at and made.told_at > at:
        raise NotAllowed(_("The customer was told before now, not later."))
    made.save()
    return made


def lacks(note: LongStay) -> str:
    """Say what is missing on the note, nothing where it is whole."""
    if bool(note.told_at) != bool(note.told_how):
        return _("Write down both when and how the customer was told.")
    if not all(getattr(note, name) for name in NEEDED[Stay(note.kind)]):
        return str(SENTENCES[Stay(note.kind)])
    return ""


SENTENCES = {
    Stay.LONG: gettext_lazy("A long job needs its reason, when it ends, and when and how the customer was told."),
    Stay.OVERNIGHT: gettext_lazy("Write down where the car stands tonight."),
    Stay.LEFT: gettext_lazy("Write down where the car stands and when its customer is contacted next."),
}
