"""What is owed to whom, who may do it, and what the caller has to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import chain
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from dealership.customers import queries as customers
from dealership.customers.models import Consent
from dealership.staff import queries as staff
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from followup.models import Actor, Channel, ContactRule, FollowUpTask
from followup.states import OPEN, State
from reception.models import Visit, VisitHandOver, VisitMove
from reception.states import State as VisitState
from workorders.models import Settlement, WorkOrder, WorkOrderMove
from workorders.states import State as OrderState

# Whoever brought a visit or an order into one of these states has acted as its advisor: received the car, wrote the
# order, had it signed, showed the car, settled, gave it back. Recording the arrival is the assistant's and is not here.
ADVISED_VISIT = [VisitState.RECEIVING, VisitState.INSPECTED, VisitState.RELEASED]
ADVISED_ORDER = [OrderState.DRAFT, OrderState.SIGNED, OrderState.HANDED_OVER, OrderState.SETTLED, OrderState.CLOSED]
LONGEST_LIST = 200


def rules_in_use() -> list[ContactRule]:
    return list(ContactRule.objects.filter(active=True))


def unplanned(rules: Sequence[ContactRule], at: datetime, limit: int) -> list[Visit]:
    """Return the visits that ended and for which nothing is planned yet, the oldest first, all loaded."""
    ended = Visit.objects.filter(state=VisitState.RELEASED, released_at__lte=at)
    begins = [rule.valid_from for rule in rules]
    if all(begins):
        ended = ended.filter(released_at__gte=min(filter(None, begins)))
    waiting = ended.filter(~Exists(FollowUpTask.objects.filter(visit=OuterRef("pk"))))
    loaded = waiting.select_related("store", "customer", "vehicle", "advisor").prefetch_related("customer__phones")
    return list(loaded.order_by("released_at", "pk")[:limit])


def contacts_to_repeat(limit: int) -> list[FollowUpTask]:
    """Return the contacts that were made and set off the next of their kind, unless a newer visit did (1.2.5.1)."""
    following = FollowUpTask.objects.filter(
        rule=OuterRef("rule"), visit=OuterRef("visit"), occurrence=OuterRef("occurrence") + 1
    )
    made = FollowUpTask.objects.filter(~Exists(following), state=State.DONE, rule__repeats=True, rule__active=True)
    ended = made.exclude(Exists(of_newer_visit()))
    loaded = ended.select_related("rule", "visit__store", "visit__customer", "visit__vehicle", "visit__advisor")
    return list(loaded.prefetch_related("visit__customer__phones").order_by("done_at", "pk")[:limit])


def of_newer_visit() -> QuerySet[FollowUpTask]:
    """Return the tasks of the same rule for a later visit of the same car; for use in Exists."""
    return FollowUpTask.objects.filter(
        rule=OuterRef("rule"),
        visit__vehicle=OuterRef("visit__vehicle"),
        visit__released_at__gt=OuterRef("visit__released_at"),
    )


def call_windows(visits: Sequence[Visit]) -> dict[int, tuple[time, time]]:
    """Return when calls suit the customer, by visit: as said at the settlement (2.6.6.3), else as he always wishes."""
    own = {v.pk: (v.customer.call_from, v.customer.call_until) for v in visits}
    said = Settlement.objects.filter(order__visit__in=visits).order_by("pk")
    own |= {
        visit: (begins, ends)
        for visit, begins, ends in said.values_list("order__visit", "call_from", "call_until")
        if begins and ends and begins < ends
    }
    return {visit: (begins, ends) for visit, (begins, ends) in own.items() if begins and ends}


@dataclass(frozen=True)
class Consents:
    """What customers answered to being contacted about the service of the car, loaded at once."""

    granted: dict[tuple[int, str], bool]

    def allow(self, customer: int, channel: str) -> bool:
        return self.granted.get((customer, channel), customers.allowed_by_default(Consent.Purpose.SERVICE))


def consents(visits: Sequence[Visit]) -> Consents:
    """Return the latest answers of these visits' customers with one query, however many there are."""
    answers = Consent.objects.filter(
        customer__in={visit.customer_id for visit in visits}, purpose=Consent.Purpose.SERVICE
    ).order_by("at", "pk")
    return Consents({(c, channel): said for c, channel, said in answers.values_list("customer", "channel", "granted")})


def serving_advisors(visit: Visit) -> set[int]:
    """Return everybody who acted as advisor on a visit: by name, by their steps, deputies included (3.6.1.3, C5)."""
    steps = VisitMove.objects.filter(thing=visit, to_state__in=ADVISED_VISIT).values_list("by", flat=True)
    orders = WorkOrder.objects.filter(visit=visit).values_list("advisor", flat=True)
    order_steps = WorkOrderMove.objects.filter(thing__visit=visit, to_state__in=ADVISED_ORDER)
    named = Visit.objects.filter(pk=visit.pk).values_list("advisor", "hand_overs__from_advisor")
    found = {*chain.from_iterable(named), *steps, *orders, *order_steps.values_list("by", flat=True)}
    return {pk for pk in found if pk is not None}


def served_by(user: User) -> Q:
    """Return the same as a condition on tasks, for one person: what `serving_advisors` says."""
    visit = OuterRef("visit")
    return (
        Q(visit__advisor=user)
        | Q(Exists(VisitHandOver.objects.filter(visit=visit, from_advisor=user)))
        | Q(Exists(WorkOrder.objects.filter(visit=visit, advisor=user)))
        | Q(Exists(VisitMove.objects.filter(thing=visit, by=user, to_state__in=ADVISED_VISIT)))
        | Q(Exists(WorkOrderMove.objects.filter(thing__visit=visit, by=user, to_state__in=ADVISED_ORDER)))
    )


def obstacles(task: FollowUpTask, person: User) -> list[str]:
    """Return every reason why this person may not do this task, the weightiest first."""
    rule, name = task.rule, {"name": person.full_name, "roles": role_names(task.rule)}
    found = []
    if rule.actor_constraint == Actor.NOT_SERVING_ADVISOR:
        if FollowUpTask.objects.filter(served_by(person), pk=task.pk).exists():
            found.append(_("%(name)s served this customer on this visit. Somebody else has to call.") % name)
        if rule.advisors_barred and person.has_role(Role.SERVICE_ADVISOR):
            found.append(_("Service advisors do not make this call: customers speak more freely to others.") % name)
    if not set(person.roles) & set(rule.caller_roles):
        found.append(_("This is for: %(roles)s.") % name)
    if not person.stores.filter(pk=task.store_id).exists():
        found.append(_("%(name)s does not work in this store.") % name)
    return found


def role_names(rule: ContactRule) -> str:
    return get_text_list([str(Role(role).label) for role in rule.caller_roles], _("or"))


def callers(task: FollowUpTask) -> list[User]:
    """Return the people of the store who may do this task; the only ones it is ever given to."""
    served = serving_advisors(task.visit) if task.rule.actor_constraint == Actor.NOT_SERVING_ADVISOR else set()
    people = staff.people(task.store, *map(Role, task.rule.caller_roles)).exclude(pk__in=served)
    barred = may_not_be_advisor(task.rule)
    found = people.prefetch_related("groups")
    return [person for person in found if not (barred and person.has_role(Role.SERVICE_ADVISOR))]


def may_not_be_advisor(rule: ContactRule) -> bool:
    return rule.advisors_barred and rule.actor_constraint == Actor.NOT_SERVING_ADVISOR


def rules_for(user: User) -> list[ContactRule]:
    """Return the rules whose tasks this person's roles may do."""
    roles = set(user.roles)
    return [
        rule
        for rule in ContactRule.objects.all()
        if roles & set(rule.caller_roles) and not (Role.SERVICE_ADVISOR in roles and may_not_be_advisor(rule))
    ]


def worklist(user: User, store: Store, at: datetime) -> QuerySet[Any]:
    """Return what this person can do now in a store, overdue first, then by the time it is meant for.

    Who may hand tasks on sees everybody's; `theirs` says whether they may do it themselves.
    """
    mine = Q(rule__in=rules_for(user)) & (Q(assigned_to=None) | Q(assigned_to=user))
    theirs = Case(When(mine & ~served_by_unless_free(user), then=Value(True)), default=Value(False))
    due = FollowUpTask.objects.filter(store=store, state=State.DUE).exclude(channel=Channel.MESSAGE)
    listed = due.annotate(theirs=theirs, late=Case(When(due_at__lt=at, then=Value(0)), default=Value(1)))
    if not user.has_perm("followup.reassign_task"):
        listed = listed.filter(theirs=True)
    loaded = listed.select_related("rule", "customer", "visit__vehicle", "visit__store", "assigned_to")
    loaded = loaded.prefetch_related("customer__phones", "visit__orders__labour_lines")
    return loaded.order_by("late", Coalesce(F("retry_at"), F("target")), "pk")[:LONGEST_LIST]


def served_by_unless_free(user: User) -> Q:
    return Q(rule__actor_constraint=Actor.NOT_SERVING_ADVISOR) & served_by(user)


def siblings(task: FollowUpTask) -> QuerySet[FollowUpTask]:
    """Return the other open tasks of the visit that a satisfied customer is spared (C2)."""
    others = FollowUpTask.objects.filter(visit=task.visit_id, state__in=OPEN, rule__supersede_if_satisfied=True)
    return others.exclude(pk=task.pk)


def repaired(task: FollowUpTask) -> list[str]:
    """Return what was done to the car on this visit, in the order's own words."""
    orders = [order for order in task.visit.orders.all() if order.state != OrderState.CANCELLED]
    return [line.description for order in orders for line in order.labour_lines.all() if line.wanted]
