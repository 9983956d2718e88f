"""Opening a store, taking people on, switching between stores."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from dealership.staff.models import Store, User
from dealership.staff.roles import ADMIN_ROLES, Role
from dealership.workflow import NotAllowed


@transaction.atomic
def open_store(*, name: str, code: str, **details: str) -> Store:
    store = Store(name=name, code=code, **details)
    store.full_clean()
    store.save()
    return store


@transaction.atomic
def take_on(
    *, username: str, password: str, full_name: str, roles: Iterable[Role], stores: Iterable[Store], **details: Any
) -> User:
    """Create a person with roles in stores; managers and directors may enter the back office."""
    stores, roles = list(stores), list(roles)
    user = User(
        username=username,
        full_name=full_name,
        store=stores[0] if stores else None,
        is_staff=bool(ADMIN_ROLES & set(roles)),
        **details,
    )
    user.set_password(password)
    user.full_clean()
    user.save()
    user.stores.set(stores)
    user.groups.set(Group.objects.filter(name__in=[str(role) for role in roles]))
    return user


def switch_store(user: User, store: Store) -> None:
    if not user.stores.filter(pk=store.pk).exists():
        raise NotAllowed(_("You do not work in that store."))
    User.objects.filter(pk=user.pk).update(store=store)


def choose_language(user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)
