"""The outbox in the back office: everything to see, two things to do."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from dealership.outbox.models import Message
from dealership.outbox.states import State
from dealership.staff import operations as staff
from dealership.staff.roles import Role
from tests.outbox.conftest import AT, person

LIST = "admin:outbox_message_changelist"


def act(client, action, *messages):
    data = {"action": action, "_selected_action": [message.pk for message in messages]}
    return client.post(reverse(LIST), data, follow=True)


@pytest.fixture
def failed(enqueue):
    message = enqueue()
    Message.objects.filter(pk=message.pk).update(state=State.FAILED)
    return message


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


def test_list_and_detail_show_without_changing(desk, failed):
    assert failed.recipient in desk.get(reverse(LIST)).content.decode()
    page = desk.get(reverse("admin:outbox_message_change", args=[failed.pk])).content.decode()
    assert escape(failed.message_id) in page
    assert 'name="_save"' not in page
    assert desk.get(reverse("admin:outbox_message_add")).status_code == 403
    assert desk.post(reverse("admin:outbox_message_delete", args=[failed.pk])).status_code == 403


@pytest.mark.parametrize(("action", "state"), [("release", State.DUE), ("cancel", State.CANCELLED)])
def test_action_goes_through_the_operation(desk, manager, failed, action, state):
    act(desk, action, failed)
    failed.refresh_from_db()
    assert failed.state == state
    assert failed.moves.get().by == manager


def test_action_says_what_it_refused_and_does_the_rest(desk, failed, enqueue):
    sent = enqueue(subject="arrived already")
    Message.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=AT)
    response = act(desk, "release", sent, failed)
    levels = [message.level_tag for message in response.context["messages"]]
    assert sorted(levels) == ["info", "warning"]
    failed.refresh_from_db()
    assert failed.state == State.DUE


def test_action_is_not_offered_to_who_may_only_look(client, failed, store):
    director = person("zhangmin", "Zhang Min", Role.DIRECTOR, store)
    client.force_login(director)
    assert client.get(reverse(LIST)).status_code == 403
    act(client, "release", failed)
    failed.refresh_from_db()
    assert failed.state == State.FAILED


def test_messages_of_other_stores_are_not_shown(client, failed):
    elsewhere = staff.open_store(name="Hongqiao Motors", code="SH2")
    client.force_login(person("liuyang", "Liu Yang", Role.AFTER_SALES_MANAGER, elsewhere))
    assert failed.recipient not in client.get(reverse(LIST)).content.decode()
    act(client, "release", failed)
    failed.refresh_from_db()
    assert failed.state == State.FAILED


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_the_same_number_of_questions(desk, enqueue, rows, django_assert_num_queries):
    for _ in range(rows):
        enqueue()
    desk.get(reverse(LIST))
    with django_assert_num_queries(9):
        desk.get(reverse(LIST))
