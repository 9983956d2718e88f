"""The life of a work order (docs/procedure.md, F.3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dealership.workflow import transition


class State(TextChoices):
    DRAFT = "draft", _("being written")
    SIGNED = "signed", _("waiting for dispatch")
    DISPATCHED = "dispatched", _("with the team")
    IN_PROGRESS = "in_progress", _("in work")
    FINISHED = "finished", _("quality check")
    REWORK = "rework", _("rework")
    PASSED = "passed", _("ready")
    HANDED_OVER = "handed_over", _("shown to the customer")
    SETTLED = "settled", _("to be paid")
    PAID = "paid", _("paid")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


IN_HOUSE = [s for s in State if s not in (State.CLOSED, State.CANCELLED)]
IN_WORKSHOP = [State.SIGNED, State.DISPATCHED, State.IN_PROGRESS, State.REWORK]
BEFORE_THE_CHECK = [State.SIGNED, State.DISPATCHED, State.IN_PROGRESS]  # faults are found, priced and repaired
TO_DO = [State.DRAFT, *IN_WORKSHOP]  # its hours are still to be worked
DONE = [s for s in State if s not in (*TO_DO, State.CANCELLED)]

SIGN = transition("sign", [State.DRAFT], State.SIGNED, "workorders.sign_workorder", _("Customer signs"))
REVISE = transition("revise", [State.SIGNED], State.DRAFT, "workorders.write_workorder", _("Write anew"))
DISPATCH = transition("dispatch", [State.SIGNED], State.DISPATCHED, "workorders.dispatch_workorder", _("Dispatch"))
RECALL = transition(
    "recall", [State.DISPATCHED], State.SIGNED, "workorders.dispatch_workorder", _("Take back from the team")
)
START = transition("start", [State.DISPATCHED, State.REWORK], State.IN_PROGRESS, "workorders.start_work", _("Start"))
FINISH = transition("finish", [State.IN_PROGRESS], State.FINISHED, "workorders.finish_work", _("Finished"))
PASS = transition("pass", [State.FINISHED], State.PASSED, "workorders.inspect_workorder", _("Pass"))
FAIL = transition("fail", [State.FINISHED], State.REWORK, "workorders.inspect_workorder", _("Fail"))
HAND_OVER = transition(
    "hand_over", [State.PASSED], State.HANDED_OVER, "workorders.hand_over_workorder", _("Show the car")
)
SETTLE = transition("settle", [State.HANDED_OVER], State.SETTLED, "workorders.settle_workorder", _("Settle"))
PAY = transition("pay", [State.SETTLED], State.PAID, "workorders.take_payment", _("Take payment"))
NOTHING_DUE = transition("nothing_due", [State.SETTLED], State.PAID, "workorders.settle_workorder", _("Nothing to pay"))
CLOSE = transition("close", [State.PAID], State.CLOSED, "workorders.release_car", _("Release the car"))
CANCEL = transition(
    "cancel",
    [State.DRAFT, State.SIGNED, State.DISPATCHED],
    State.CANCELLED,
    "workorders.write_workorder",
    _("Cancel order"),
)


class CaseState(TextChoices):
    """A warranty that is unclear after the diagnosis, put before the manufacturer (docs/procedure.md, F.7)."""

    OPEN = "open", _("still unclear")
    SUBMITTED = "submitted", _("submitted to the manufacturer")
    APPROVED = "approved", _("approved")
    PARTLY = "partly", _("partly approved")
    REJECTED = "rejected", _("rejected")


SUBMIT_CASE = transition("submit_case", [CaseState.OPEN], CaseState.SUBMITTED, "workorders.submit_case", _("Submit"))
APPROVE = transition("approve", [CaseState.SUBMITTED], CaseState.APPROVED, "workorders.answer_case", _("Approved"))
APPROVE_PARTLY = transition(
    "approve_partly", [CaseState.SUBMITTED], CaseState.PARTLY, "workorders.answer_case", _("Partly approved")
)
REJECT = transition("reject", [CaseState.SUBMITTED], CaseState.REJECTED, "workorders.answer_case", _("Rejected"))

CASE_TRANSITIONS = [SUBMIT_CASE, APPROVE, APPROVE_PARTLY, REJECT]
TRANSITIONS = [
    SIGN, REVISE, DISPATCH, RECALL, START, FINISH, PASS, FAIL, HAND_OVER, SETTLE, PAY, NOTHING_DUE, CLOSE, CANCEL,
]  # fmt: skip
