"""The cards of the workshop on the order's and the job's page: key and papers, teams, bays."""

from typing import Any

from django.utils import timezone

from dealership.staff.models import User
from dealership.web import number
from dealership.workflow import Transition
from workorders import queries
from workorders.forms.gate import UnpaidForm, VoidForm
from workorders.forms.workshop import DifferenceForm, DispatchForm, GiveForm, ReplanForm, SplitForm
from workorders.models import Assignment, Priority, WorkOrder
from workorders.states import DISPATCH, DISPATCH_OWN, IN_HOUSE, IN_WORKSHOP, WITH_TEAM, State

OUT_OF_HAND = (State.SETTLED, State.PAID)  # key and papers may be with the customer again


def custody_shown(user: User, order: WorkOrder) -> dict[str, Any]:
    """Say where key and papers are and what this person may do with them; nothing before the customer has signed."""
    if order.state in (State.DRAFT, State.CLOSED):
        return {}
    held = queries.custody(order)
    if order.state == State.CANCELLED and held.last is None:
        return {}
    sent = held.on_the_way
    by_hand = sent if sent is not None and not queries.goes_with_car(sent) else None
    own = by_hand is not None and by_hand.given_by_id == user.pk
    may_take = by_hand is not None and not own and queries.may_take(user, by_hand)
    return {
        "custody": held,
        "given_back": queries.leaving.given_back(order.visit) if order.state in OUT_OF_HAND else None,
        "give_leg": queries.may_give(user, order, held),
        "give_form": GiveForm(order=order),
        "difference_form": DifferenceForm(),
        "to_take": by_hand if may_take else None,
        "to_withdraw": by_hand if own else None,
        "differences": order.differences.select_related("found_by", "answered_by"),
        "may_answer": user.has_perm("workorders.hand_to_workshop"),
    }


def dispatch_shown(user: User, order: WorkOrder, chosen: Any = None) -> dict[str, Any]:
    """Say who has the order, and, to who may dispatch it, which teams and bays there are; `chosen` is a team's id."""
    if order.state not in IN_WORKSHOP:
        return {}
    runs = user.has_perm(DISPATCH.permission)
    given = queries.current(order) if order.state in WITH_TEAM else []
    context: dict[str, Any] = {
        "assignments": [(one, plan_form(one) if runs else None) for one in given],
        "late_end": queries.beyond_promise(given, order),
        "may_dispatch": runs,
        "may_accept": [one for one in given if not one.accepted_at and may_accept(user, one)],
        "priorities": Priority.choices if user.has_perm("workorders.set_priority") else [],
    }
    if runs and given and (lines := [line for line in order.labour_lines.all() if line.wanted and not line.done_at]):
        context["split_form"] = SplitForm(order=order, prefix="split") if len(lines) > 1 else None
    if possible_step(user, order) is None:
        return context
    return context | offers_shown(user, order, chosen)


def alerts_shown(user: User, order: WorkOrder) -> dict[str, Any]:
    """Return what this person's desk has not seen of this order yet."""
    if order.state not in IN_HOUSE or order.state == State.DRAFT:
        return {}
    return {"alerts": queries.unseen_of(order, user) if queries.desks_of(user) else []}


def plan_form(given: Assignment) -> ReplanForm:
    initial = {"starts_at": timezone.localtime(given.starts_at), "bay": given.bay_id}
    return ReplanForm(store=given.team.store, prefix=f"plan{given.pk}", initial=initial)


def may_accept(user: User, given: Assignment) -> bool:
    return user.has_perm("workorders.accept_car") and queries.of_team(user, given.team)


def possible_step(user: User, order: WorkOrder) -> Transition | None:
    """Return how this person may give the order to a team: as who runs the workshop, or as advisor of a team."""
    if not DISPATCH.possible(order):
        return None
    if user.has_perm(DISPATCH.permission):
        return DISPATCH
    own = user.has_perm(DISPATCH_OWN.permission) and queries.own_teams(user, order.store).exists()
    return DISPATCH_OWN if own else None


def offers_shown(user: User, order: WorkOrder, chosen: Any) -> dict[str, Any]:
    """Offer teams and bays for the time the work would take from now; name the car whose turn it is."""
    own = possible_step(user, order) is DISPATCH_OWN
    if queries.obstacles_to_dispatch(order, own=own):
        return {}
    now, lines = timezone.now(), list(order.labour_lines.all())
    start, end = queries.plan_times(order.store, now, queries.hours_of(lines))
    bays = queries.bays_offered(order, start, end, queries.skills_of(lines))
    first = queries.next_in_line(order.store, user if own else None)
    teams = queries.own_teams(user, order.store) if own else None
    return {
        "dispatch_form": DispatchForm(store=order.store, bays=bays),
        "team_offers": queries.teams_offered(order, now, teams),
        "chosen_team": number(chosen),
        "first_in_line": first if first is not None and first.pk != order.pk else None,
        "planned_end": end,
        "breaks_promise": bool(order.promised_at and end > order.promised_at),
    }


def gate_shown(user: User, order: WorkOrder) -> dict[str, Any]:
    """Say what the order's page shows of the pass of its visit, and what this person may do with it."""
    if order.state not in (State.SETTLED, State.PAID, State.CLOSED):
        return {"gate_pass": None}
    found, now = queries.gate.pass_of(order.visit), timezone.now()
    unused, over = found is not None and found.used_at is None, found is None or found.expired(now)
    may_see_to_it = order.state != State.CLOSED and user.has_perm("workorders.settle_workorder")
    lettable = may_see_to_it and user.has_perm("workorders.release_unpaid")
    return {
        "gate_pass": found,
        "guarded": order.state == State.PAID and queries.gate.guarded(order.store, user),
        "gate_refusals": queries.gate.obstacles(found, now, to=user) if found and unused else [],
        "may_renew": may_see_to_it and over,
        "may_void": may_see_to_it and unused,
        "may_let_go": lettable and (over or unused) and queries.gate.due_of(order.visit) > 0,
        "void_form": VoidForm(),
        "unpaid_form": UnpaidForm(),
    }
