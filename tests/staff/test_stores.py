"""People who work in several stores."""

import pytest
from django.urls import reverse

from dealership.staff import operations, queries
from dealership.staff.models import Team, User
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories


@pytest.fixture
def second(db):
    return factories.store("湖滨店")


@pytest.fixture
def both(crew, second):
    """An advisor of both stores."""
    advisor = factories.person(Role.SERVICE_ADVISOR, crew.store)
    advisor.stores.add(second)
    return advisor


def switch(store):
    return reverse("staff:switch_store", args=[store.pk])


def test_a_person_begins_in_the_first_of_his_stores(crew, second):
    made = operations.take_on(
        username="li", password="long enough 1", full_name="李娜", roles=[Role.CASHIER], stores=[second, crew.store]
    )
    assert (made.store, set(made.stores.all())) == (second, {second, crew.store})


def test_switching_the_store_switches_every_list(client, crew, second, both):
    here = factories.arrived(crew)
    there = factories.arrived(factories.Crew(second))
    client.force_login(both)
    lane = reverse("reception:lane")
    assert here.vehicle.plate_shown in client.get(lane).content.decode()
    assert there.vehicle.plate_shown not in client.get(lane).content.decode()
    answer = client.post(switch(second))
    assert (answer.status_code, answer["Location"]) == (302, reverse("overview:today"))
    assert User.objects.get(pk=both.pk).store == second
    assert there.vehicle.plate_shown in client.get(lane).content.decode()
    assert here.vehicle.plate_shown not in client.get(lane).content.decode()


def test_only_who_has_another_store_sees_the_word(client, crew, second, both):
    lane = reverse("reception:lane")
    client.force_login(both)
    assert switch(second) in client.get(lane).content.decode()
    assert switch(crew.store) not in client.get(lane).content.decode()
    client.force_login(crew.service_advisor)
    assert "staff/store" not in client.get(lane).content.decode()


def test_nobody_switches_to_a_store_he_does_not_work_in(client, crew, second):
    client.force_login(crew.service_advisor)
    assert client.post(switch(second)).status_code == 409
    assert client.get(switch(crew.store)).status_code == 303
    assert client.post(reverse("staff:switch_store", args=[9999])).status_code == 404
    assert User.objects.get(pk=crew.service_advisor.pk).store == crew.store
    with pytest.raises(NotAllowed):
        operations.switch_store(crew.service_advisor, second)


def test_who_no_longer_works_in_the_chosen_store_is_in_another(client, crew, second, both):
    operations.switch_store(both, second)
    both.stores.remove(second)
    client.force_login(both)
    assert client.get(reverse("reception:lane")).context["store"] == crew.store


def test_who_has_no_store_is_told_whom_to_ask(client, crew):
    crew.service_advisor.stores.clear()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    for address in ["/", reverse("reception:lane"), reverse("appointments:grid")]:
        answer = client.get(address)
        assert answer.status_code == 409
        assert "You are not assigned to a store yet." in answer.content.decode()


def test_people_are_those_of_the_store_and_role_who_still_work_here(crew, second, both):
    left = factories.person(Role.SERVICE_ADVISOR, crew.store)
    User.objects.filter(pk=left.pk).update(is_active=False)
    here = crew.service_advisor
    assert set(queries.advisors(crew.store)) == {here, both}
    assert list(queries.advisors(second)) == [both]
    assert list(queries.people(crew.store, Role.FOREMAN, Role.CASHIER)) == []
    foreman = crew.foreman
    assert list(queries.people(crew.store, Role.FOREMAN, Role.CASHIER)) == [foreman]


def test_teams_are_the_stores_by_name(crew, second, django_assert_num_queries):
    first, other = crew.team("二班"), crew.team("一班")
    factories.Crew(second).team("三班")
    with django_assert_num_queries(1):
        assert {team.leader for team in queries.teams(crew.store)} == {crew.team_leader}
    assert list(queries.teams(crew.store)) == sorted([first, other], key=lambda team: team.name)
    assert Team.objects.count() == 3
