"""What a manager may and may not do in the back office with people, teams and stores."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from dealership.staff import operations
from dealership.staff.models import Store, Team, User
from dealership.staff.roles import Role

PASSWORD = "long enough 1"
PEOPLE = reverse("admin:staff_user_changelist")


def person(username, role, *stores):
    return operations.take_on(
        username=username, password=PASSWORD, full_name=f"Person {username}", roles=[role], stores=stores
    )


def change(thing):
    return reverse(f"admin:staff_{thing._meta.model_name}_change", args=[thing.pk])


@pytest.fixture
def ours(db):
    return operations.open_store(name="Jade Lake", code="JL")


@pytest.fixture
def theirs(db):
    return operations.open_store(name="Red Bridge", code="RB")


@pytest.fixture
def manager(ours):
    return person("manager", Role.AFTER_SALES_MANAGER, ours)


@pytest.fixture
def office(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def superuser(ours):
    user = User.objects.create_superuser("root", password=PASSWORD, full_name="Person root")
    user.stores.add(ours)
    return user


def groups(*roles):
    return [Group.objects.get(name=role).pk for role in roles]


def form_of(user, **changes):
    """Return what the change form of a person posts."""
    return {
        "username": user.username,
        "full_name": user.full_name,
        "phone": "",
        "email": "",
        "stores": [store.pk for store in user.stores.all()],
        "groups": [group.pk for group in user.groups.all()],
        "is_active": "on",
    } | changes


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_people_takes_the_same_queries_for_one_row_and_for_three(
    office, ours, rows, django_assert_num_queries
):
    for number in range(rows - 1):
        person(f"p{number}", Role.TECHNICIAN, ours)
    # session, user, stores; permissions of the person and of the roles; count, rows
    with django_assert_num_queries(6):
        page = office.get(PEOPLE)
    assert page.context["cl"].result_count == rows


def test_people_of_other_stores_are_neither_listed_nor_opened(office, ours, theirs):
    colleague, stranger = person("near", Role.TECHNICIAN, ours), person("far", Role.TECHNICIAN, theirs)
    text = office.get(PEOPLE).content.decode()
    assert colleague.full_name in text
    assert stranger.full_name not in text
    assert office.get(change(colleague)).status_code == 200
    assert office.get(change(stranger)).status_code == 302
    assert office.get(PEOPLE, {"q": "far"}).context["cl"].result_count == 0


def test_a_manager_takes_a_person_on(office, ours):
    answer = office.post(
        reverse("admin:staff_user_add"),
        {
            "username": "wang",
            "password1": "a good one 42",
            "password2": "a good one 42",
            "usable_password": "true",
            "full_name": "Wang Fang",
            "stores": [ours.pk],
            "groups": groups(Role.CASHIER),
        },
    )
    assert answer.status_code == 302
    wang = User.objects.get(username="wang")
    assert wang.roles == [Role.CASHIER]
    assert wang.check_password("a good one 42")
    assert not wang.is_staff


def test_nobody_is_taken_on_without_a_store(office, ours):
    user = person("near", Role.TECHNICIAN, ours)
    assert office.post(change(user), form_of(user, stores=[])).status_code == 200
    assert list(user.stores.all()) == [ours]


def test_nobody_is_left_without_a_role(office, ours):
    user = person("near", Role.TECHNICIAN, ours)
    answer = office.post(change(user), form_of(user, groups=[]))
    assert "groups" in answer.context["adminform"].form.errors
    assert User.objects.get(pk=user.pk).roles == [Role.TECHNICIAN]


def test_nobody_is_moved_into_a_store_the_manager_does_not_work_in(office, ours, theirs):
    user = person("near", Role.TECHNICIAN, ours)
    assert theirs.name not in office.get(change(user)).content.decode()
    answer = office.post(change(user), form_of(user, stores=[ours.pk, theirs.pk]))
    assert "stores" in answer.context["adminform"].form.errors
    assert list(user.stores.all()) == [ours]


def test_a_manager_cannot_make_a_superuser_or_give_single_permissions(office, ours):
    user = person("near", Role.TECHNICIAN, ours)
    permission = Permission.objects.get(codename="add_logentry")
    posted = form_of(user, is_superuser="on", is_staff="on", user_permissions=[permission.pk])
    assert office.post(change(user), posted).status_code == 302
    user.refresh_from_db()
    assert (user.is_superuser, user.is_staff) == (False, False)
    assert not user.user_permissions.exists()


def test_only_roles_of_the_table_can_be_given(office, ours):
    user, other = person("near", Role.TECHNICIAN, ours), Group.objects.create(name="everything")
    answer = office.post(change(user), form_of(user, groups=[other.pk]))
    assert "groups" in answer.context["adminform"].form.errors
    assert user.groups.get().name == Role.TECHNICIAN
    assert not admin.site.is_registered(Group)


def test_the_back_office_opens_and_closes_with_the_role(office, ours):
    user = person("near", Role.TECHNICIAN, ours)
    office.post(change(user), form_of(user, groups=groups(Role.AFTER_SALES_MANAGER)))
    user.refresh_from_db()
    assert user.is_staff
    office.post(change(user), form_of(user, groups=groups(Role.TECHNICIAN)))
    user.refresh_from_db()
    assert not user.is_staff


def refuses_to_change(office, user):
    password = reverse("admin:auth_user_password_change", args=[user.pk])
    before = User.objects.get(pk=user.pk).password
    renamed = office.post(change(user), form_of(user, full_name="Somebody else"))
    new = {"password1": "taken over 42", "password2": "taken over 42", "usable_password": "true"}
    taken = office.post(password, new)
    now = User.objects.get(pk=user.pk)
    return (renamed.status_code, taken.status_code) == (403, 403) and (now.full_name, now.password) == (
        user.full_name,
        before,
    )


def test_a_manager_cannot_change_a_superuser_or_set_their_password(office, superuser):
    assert refuses_to_change(office, superuser)


def test_a_manager_cannot_take_over_somebody_who_also_works_elsewhere(office, ours, theirs):
    assert refuses_to_change(office, person("both", Role.AFTER_SALES_MANAGER, ours, theirs))


def test_a_manager_of_both_stores_changes_who_works_in_both(client, ours, theirs):
    client.force_login(person("both", Role.AFTER_SALES_MANAGER, ours, theirs))
    user = person("lent", Role.TECHNICIAN, ours, theirs)
    assert client.post(change(user), form_of(user, full_name="Lent Out")).status_code == 302
    user.refresh_from_db()
    assert user.full_name == "Lent Out"


def test_a_manager_cannot_set_the_password_of_a_stranger(office, theirs):
    stranger = person("far", Role.TECHNICIAN, theirs)
    answer = office.get(reverse("admin:auth_user_password_change", args=[stranger.pk]))
    assert answer.status_code in {403, 404}


def test_a_manager_sets_a_new_password_for_a_colleague(office, ours):
    user = person("near", Role.TECHNICIAN, ours)
    new = {"password1": "forgotten 4242", "password2": "forgotten 4242", "usable_password": "true"}
    assert office.post(reverse("admin:auth_user_password_change", args=[user.pk]), new).status_code == 302
    user.refresh_from_db()
    assert user.check_password("forgotten 4242")


def test_a_director_looks_and_changes_nothing(client, ours):
    client.force_login(person("director", Role.DIRECTOR, ours))
    user = person("near", Role.TECHNICIAN, ours)
    assert client.get(change(user)).status_code == 200
    assert refuses_to_change(client, user)


def test_a_superuser_sees_everybody_and_may_make_another(client, superuser, theirs):
    client.force_login(superuser)
    stranger = person("far", Role.TECHNICIAN, theirs)
    assert stranger.full_name in client.get(PEOPLE).content.decode()
    assert client.post(change(stranger), form_of(stranger, is_superuser="on")).status_code == 302
    stranger.refresh_from_db()
    assert (stranger.is_superuser, stranger.is_staff) == (True, True)


@pytest.mark.parametrize("model", [Store, User, Team])
def test_not_even_a_superuser_deletes_stores_people_or_teams(client, superuser, ours, model):
    client.force_login(superuser)
    team = Team.objects.create(store=ours, name="A", leader=superuser)
    thing = {Store: ours, User: superuser, Team: team}[model]
    delete = reverse(f"admin:staff_{model._meta.model_name}_delete", args=[thing.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=thing.pk).exists()


def test_the_managers_own_store_is_listed_and_changed_and_its_code_kept(office, ours, theirs):
    text = office.get(reverse("admin:staff_store_changelist")).content.decode()
    assert ours.name in text
    assert theirs.name not in text
    posted = {"name": "Jade Lake West", "code": "XX", "region": "CN", "time_zone": "Asia/Shanghai"}
    assert office.post(change(ours), posted).status_code == 302
    ours.refresh_from_db()
    assert (ours.name, ours.code) == ("Jade Lake West", "JL")
    assert office.get(change(theirs)).status_code == 302
    assert office.get(reverse("admin:staff_store_add")).status_code == 403


def test_an_unknown_time_zone_is_refused(office, ours):
    posted = {"name": "Jade Lake", "region": "CN", "time_zone": "Asia/Atlantis"}
    assert "time_zone" in office.post(change(ours), posted).context["adminform"].form.errors


def test_a_team_is_made_of_people_of_its_store(office, ours, theirs):
    leader, stranger = person("near", Role.TEAM_LEADER, ours), person("far", Role.TECHNICIAN, theirs)
    add = reverse("admin:staff_team_add")
    refused = office.post(add, {"store": ours.pk, "name": "A", "leader": leader.pk, "members": [stranger.pk]})
    assert "members" in refused.context["adminform"].form.errors
    elsewhere = office.post(add, {"store": theirs.pk, "name": "A", "leader": leader.pk, "members": []})
    assert "store" in elsewhere.context["adminform"].form.errors
    whole = {"store": ours.pk, "name": "A", "leader": leader.pk, "members": [], "dispatch_mode": "team"}
    assert office.post(add, whole).status_code == 200  # in team mode somebody has to be its advisor
    assert office.post(add, whole | {"advisor": leader.pk}).status_code == 302
    assert Team.objects.get().leader == leader


def test_a_team_of_one_of_two_stores_takes_nobody_of_the_other(client, ours, theirs):
    client.force_login(person("both", Role.AFTER_SALES_MANAGER, ours, theirs))
    leader = person("far", Role.TEAM_LEADER, theirs)
    posted = {"store": ours.pk, "name": "A", "leader": leader.pk, "members": []}
    answer = client.post(reverse("admin:staff_team_add"), posted)
    assert leader.full_name in str(answer.context["adminform"].form.non_field_errors())
    assert not Team.objects.exists()


def test_teams_of_other_stores_are_not_listed(office, manager, ours, theirs):
    near = Team.objects.create(store=ours, name="Near", leader=manager)
    far = Team.objects.create(store=theirs, name="Far", leader=person("far", Role.TEAM_LEADER, theirs))
    text = office.get(reverse("admin:staff_team_changelist")).content.decode()
    assert near.name in text
    assert far.name not in text
    assert office.get(change(far)).status_code == 302
