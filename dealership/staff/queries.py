"""Who works here."""

from django.db.models import QuerySet

from dealership.staff.models import Store, Team, User
from dealership.staff.roles import Role


def people(store: Store, *roles: Role) -> QuerySet[User]:
    """Return the active people of a store who hold any of the roles, by name."""
    names = [str(role) for role in roles]
    return User.objects.filter(stores=store, is_active=True, groups__name__in=names).distinct().order_by("full_name")


def advisors(store: Store) -> QuerySet[User]:
    return people(store, Role.SERVICE_ADVISOR)


def teams(store: Store) -> QuerySet[Team]:
    return Team.objects.filter(store=store).select_related("leader").order_by("name")
