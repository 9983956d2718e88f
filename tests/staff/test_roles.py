"""The table of roles: nothing misspelt, and the groups are the table after every migration."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import URLPattern, get_resolver

from dealership.staff import roles
from dealership.staff.roles import PERMISSIONS, Role
from tests import factories


def groups():
    """Return {role: permissions} as the database has them."""
    return {
        group.name: {
            f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")
        }
        for group in Group.objects.all()
    }


def table():
    return {str(role): set(names) for role, names in PERMISSIONS.items()}


def views(patterns=None):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        else:
            yield from views(pattern.url_patterns)


def test_every_role_stands_in_the_table():
    assert set(PERMISSIONS) == set(Role)


def test_no_permission_of_the_table_is_misspelt(db):
    assert roles.unknown_permissions() == set()


def test_a_misspelt_permission_is_found(db, monkeypatch):
    monkeypatch.setitem(PERMISSIONS, Role.CLAIMS, {"appointments.view_apointment"})
    assert roles.unknown_permissions() == {"appointments.view_apointment"}


def test_after_migrating_the_groups_are_the_table(db):
    assert groups() == table()


@pytest.mark.django_db(transaction=True)
def test_after_a_flush_the_groups_are_the_table():
    call_command("flush", interactive=False, verbosity=0)
    assert groups() == table()


def test_what_was_changed_by_hand_becomes_the_table_again(db):
    cashier = Group.objects.get(name=Role.CASHIER)
    cashier.permissions.set([Permission.objects.get(codename="change_user", content_type__app_label="staff")])
    Group.objects.filter(name=Role.FOREMAN).delete()
    assert groups() != table()
    roles.apply()
    assert groups() == table()


@pytest.mark.parametrize("role", Role)
def test_a_person_may_what_his_role_may_and_no_more(crew, role):
    assert getattr(crew, role).get_all_permissions() == PERMISSIONS[role]


def test_two_roles_add_up(crew):
    both = factories.person(Role.CASHIER, crew.store)
    both.groups.add(Group.objects.get(name=Role.PARTS))
    assert both.get_all_permissions() == PERMISSIONS[Role.CASHIER] | PERMISSIONS[Role.PARTS]
    assert both.has_role(Role.PARTS)
    assert not both.has_role(Role.FOREMAN)


@pytest.mark.parametrize("role", Role)
def test_only_managers_and_directors_enter_the_back_office(crew, role):
    assert getattr(crew, role).is_staff == (role in {Role.AFTER_SALES_MANAGER, Role.DIRECTOR})


def test_every_guarded_page_opens_to_some_role():
    asked = {view.permission for view in views() if hasattr(view, "permission")}
    assert asked - set().union(*PERMISSIONS.values()) == set()
    assert "appointments.view_appointment" in asked  # else the walk looked at nothing
