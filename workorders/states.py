"""The life of a work order (docs/procedure.md, F.3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dealership.workflow import transition


class Hold(TextChoices):
    """What an order on hold waits for."""

    PARTS = "parts", _("waits for parts")
    APPROVAL = "approval", _("waits for the customer's answer")
    MANUFACTURER = "manufacturer", _("waits for the manufacturer")
    TOOL = "tool", _("waits for a tool or a bay")


class State(TextChoices):
    DRAFT = "draft", _("being written")
    SIGNED = "signed", _("waiting for dispatch")
    DISPATCHED = "dispatched", _("with the team")
    IN_PROGRESS = "in_progress", _("in work")
    ON_HOLD = "on_hold", _("on hold")
    FINISHED = "finished", _("quality check")
    REWORK = "rework", _("rework")
    PASSED = "passed", _("check passed")
    READY = "ready", _("ready")
    HANDED_OVER = "handed_over", _("shown to the customer")
    SETTLED = "settled", _("to be paid")
    PAID = "paid", _("paid")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


IN_HOUSE = [s for s in State if s not in (State.CLOSED, State.CANCELLED)]
IN_WORKSHOP = [State.SIGNED, State.DISPATCHED, State.IN_PROGRESS, State.ON_HOLD, State.REWORK]
BEFORE_THE_CHECK = [State.SIGNED, State.DISPATCHED, State.IN_PROGRESS, State.ON_HOLD]  # faults are found and repaired
WITH_TEAM = [State.DISPATCHED, State.IN_PROGRESS, State.ON_HOLD, State.REWORK]
BEFORE_SHOWN = [State.PASSED, State.READY]  # good, and still in our hands
TO_DO = [State.DRAFT, *IN_WORKSHOP]  # its hours are still to be worked
DONE = [s for s in State if s not in (*TO_DO, State.CANCELLED)]

SIGN = transition("sign", [State.DRAFT], State.SIGNED, "workorders.sign_workorder", _("Customer signs"))
REVISE = transition("revise", [State.SIGNED], State.DRAFT, "workorders.write_workorder", _("Write anew"))
DISPATCH = transition("dispatch", [State.SIGNED], State.DISPATCHED, "workorders.dispatch_workorder", _("Dispatch"))
DISPATCH_OWN = transition(
    "dispatch_own", [State.SIGNED], State.DISPATCHED, "workorders.dispatch_own_team", _("Give to the own team")
)
RECALL = transition(
    "recall", [State.DISPATCHED], State.SIGNED, "workorders.dispatch_workorder", _("Take back from the team")
)
START = transition("start", [State.DISPATCHED, State.REWORK], State.IN_PROGRESS, "workorders.start_work", _("Start"))
HOLD = transition("hold", [State.IN_PROGRESS], State.ON_HOLD, "workorders.finish_work", _("Put on hold"))
RESUME = transition("resume", [State.ON_HOLD], State.IN_PROGRESS, "workorders.start_work", _("Go on"))
FINISH = transition("finish", [State.IN_PROGRESS], State.FINISHED, "workorders.finish_work", _("Finished"))
PASS = transition("pass", [State.FINISHED], State.PASSED, "workorders.inspect_workorder", _("Pass"))
FAIL = transition("fail", [State.FINISHED], State.REWORK, "workorders.inspect_workorder", _("Fail"))
MAKE_READY = transition(
    "make_ready", [State.PASSED], State.READY, "workorders.hand_over_workorder", _("Last look before the customer")
)
SEND_BACK = transition(
    "send_back",
    [State.PASSED, State.READY, State.HANDED_OVER],
    State.REWORK,
    "workorders.hand_over_workorder",
    _("Back to the workshop"),
)
HAND_OVER = transition(
    "hand_over", [State.READY], State.HANDED_OVER, "workorders.hand_over_workorder", _("Show the car")
)
SETTLE = transition("settle", [State.HANDED_OVER], State.SETTLED, "workorders.settle_workorder", _("Settle"))
PAY = transition("pay", [State.SETTLED], State.PAID, "workorders.take_payment", _("Take payment"))
NOTHING_DUE = transition("nothing_due", [State.SETTLED], State.PAID, "workorders.settle_workorder", _("Nothing to pay"))
REOPEN = transition("reopen", [State.PAID], State.SETTLED, "workorders.refund_payment", _("Give back a payment"))
REVERSE = transition(
    "reverse",
    [State.SETTLED, State.PAID],
    State.HANDED_OVER,
    "workorders.reverse_settlement",
    _("Reverse the settlement"),
)
CLOSE = transition("close", [State.PAID], State.CLOSED, "workorders.release_car", _("Release the car"))
# The car left before the money came, by the manager's word: no gate closes the order, the last payment does.
CLOSE_LATER = transition(
    "close_later", [State.PAID], State.CLOSED, "workorders.release_car", _("Paid after the car left"), by_clock=True
)
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


class ItemState(TextChoices):
    """An additional item, from the workshop to the customer and back (docs/procedure.md, F.4).

    What follows HANDED, in work and done, the clocks of its line tell.
    """

    FOUND = "found", _("found, no price yet")
    QUOTED = "quoted", _("priced")
    CALLING = "calling", _("customer is asked")
    APPROVED = "approved", _("customer agrees")
    SLIP_ISSUED = "slip_issued", _("slip issued")
    HANDED = "handed", _("slip handed over")
    REFUSED = "refused", _("customer refuses")
    WORKSHOP_TOLD = "told", _("refused, workshop told")
    WITHDRAWN = "withdrawn", _("withdrawn")


UNANSWERED = [ItemState.FOUND, ItemState.QUOTED, ItemState.CALLING]
TO_RELAY = [ItemState.APPROVED, ItemState.SLIP_ISSUED, ItemState.REFUSED]  # the workshop does not know yet
PRICED = [s for s in ItemState if s not in (ItemState.FOUND, ItemState.WITHDRAWN)]
ANSWERED = [*TO_RELAY, ItemState.HANDED, ItemState.WORKSHOP_TOLD]
OPEN_ITEM = [*UNANSWERED, *TO_RELAY]

PRICE = transition("price", UNANSWERED, ItemState.QUOTED, "workorders.write_workorder", _("Price it"))
ASK = transition(
    "ask", [ItemState.QUOTED, ItemState.CALLING], ItemState.CALLING, "workorders.ask_customer", _("Ask the customer")
)
# By the clock: a customer who answers through his link is nobody who is logged in.
AGREE = transition(
    "agree", [ItemState.CALLING], ItemState.APPROVED, "workorders.ask_customer", _("Agrees"), by_clock=True
)
REFUSE = transition(
    "refuse", [ItemState.CALLING], ItemState.REFUSED, "workorders.ask_customer", _("Does not want it"), by_clock=True
)
ISSUE_SLIP = transition(
    "issue_slip", [ItemState.APPROVED], ItemState.SLIP_ISSUED, "workorders.ask_customer", _("Issue the slip")
)
TAKE_SLIP = transition(
    "take_slip", [ItemState.SLIP_ISSUED], ItemState.HANDED, "workorders.take_slip", _("Slip received")
)
TELL_WORKSHOP = transition(
    "tell_workshop", [ItemState.REFUSED], ItemState.WORKSHOP_TOLD, "workorders.ask_customer", _("Workshop told")
)
WITHDRAW = transition(
    "withdraw", [ItemState.FOUND, ItemState.QUOTED], ItemState.WITHDRAWN, "workorders.withdraw_item", _("Withdraw")
)

ITEM_TRANSITIONS = [PRICE, ASK, AGREE, REFUSE, ISSUE_SLIP, TAKE_SLIP, TELL_WORKSHOP, WITHDRAW]
CASE_TRANSITIONS = [SUBMIT_CASE, APPROVE, APPROVE_PARTLY, REJECT]
TRANSITIONS = [
    SIGN, REVISE, DISPATCH, DISPATCH_OWN, RECALL, START, HOLD, RESUME, FINISH, PASS, FAIL, MAKE_READY, SEND_BACK,
    HAND_OVER, SETTLE, PAY, NOTHING_DUE, REOPEN, REVERSE, CLOSE, CLOSE_LATER, CANCEL,
]  # fmt: skip
