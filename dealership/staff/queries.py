"""Who works here."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from dealership.staff.models import Absence, Store, Team, User
from dealership.staff.roles import Role

Absences = dict[int, list[tuple[date, date]]]  # by person: first and last day of each


def people(store: Store, *roles: Role) -> QuerySet[User]:
    """Return the active people of a store who hold any of the roles, by name."""
    names = [str(role) for role in roles]
    return User.objects.filter(stores=store, is_active=True, groups__name__in=names).distinct().order_by("full_name")


def advisors(store: Store) -> QuerySet[User]:
    return people(store, Role.SERVICE_ADVISOR)


def advisors_on(store: Store, day: date) -> QuerySet[User]:
    """Return the store's advisors, each with `away`: whether he is absent on that day."""
    absent = Absence.objects.filter(user=OuterRef("pk"), first_on__lte=day, last_on__gte=day)
    return advisors(store).annotate(away=Exists(absent))


def advisors_between(store: Store, first: date, last: date) -> tuple[list[User], Absences]:
    """Return the store's advisors and when they are away between two days, in one query."""
    within = Q(absences__first_on__lte=last, absences__last_on__gte=first)
    rows = advisors(store).annotate(away=FilteredRelation("absences", condition=within))
    rows = rows.annotate(away_from=F("away__first_on"), away_until=F("away__last_on"))
    away: Absences = defaultdict(list)
    for row in rows:
        if row.away_from is not None:
            away[row.pk].append((row.away_from, row.away_until))
    return list(dict.fromkeys(rows)), away


def advisors_and(store: Store, others: Collection[int]) -> QuerySet[User]:
    """Return the store's advisors, and others by their ids: people who were advisors and still have promises."""
    now = Q(stores=store, is_active=True, groups__name=str(Role.SERVICE_ADVISOR))
    return User.objects.filter(now | Q(pk__in=others)).distinct().order_by("full_name", "pk")


def absences(store: Store, first: date, last: date) -> Absences:
    """Return when whom of the store's people is away between two days, by person, in one query."""
    found: Absences = defaultdict(list)
    away = Absence.objects.filter(user__stores=store, first_on__lte=last, last_on__gte=first)
    for user, first_on, last_on in away.values_list("user_id", "first_on", "last_on"):
        found[user].append((first_on, last_on))
    return found


def hands(store: Store, first: date, last: date) -> tuple[dict[int, frozenset[str]], Absences]:
    """Return who works in the store's teams with the skills of all of them, and when they are away, in one query."""
    within = Q(absences__first_on__lte=last, absences__last_on__gte=first)
    members = User.objects.filter(teams__store=store, is_active=True).annotate(
        away=FilteredRelation("absences", condition=within)
    )
    skills: dict[int, frozenset[str]] = defaultdict(frozenset)
    away: dict[int, set[tuple[date, date]]] = defaultdict(set)  # comes once for each team
    for member, known, first_on, last_on in members.values_list(
        "pk", "teams__skills", "away__first_on", "away__last_on"
    ):
        skills[member] |= set(known.split())
        if first_on is not None:
            away[member].add((first_on, last_on))
    return dict(skills), {member: sorted(spans) for member, spans in away.items()}


def teams(store: Store) -> QuerySet[Team]:
    return Team.objects.filter(store=store).select_related("leader").order_by("name")
