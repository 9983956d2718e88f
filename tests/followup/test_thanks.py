"""The thank-you message: at once, once, in the customer's language, and a letter where no message can go."""

from datetime import timedelta

import pytest

from dealership.outbox import queue
from dealership.outbox.models import Message
from dealership.outbox.states import State as MessageState
from dealership.workflow import NotAllowed
from followup import notices, operations
from followup.models import Code
from followup.states import State
from tests.followup import house
from tests.followup.house import RELEASED, china

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


def thanks(visit):
    return house.task(visit, Code.THANKS)


@pytest.mark.clause("1.2.1.1", "1.2.1.2")
def test_the_message_is_in_the_outbox_at_the_first_sweep(visit):
    at = RELEASED + timedelta(minutes=5)
    operations.sweep(at)
    operations.sweep(at)
    message = Message.objects.get(dedupe_key=f"thanks:{visit.pk}")
    assert (message.recipient, message.purpose, message.channel) == (visit.customer.email, "service", "email")
    assert (message.due_at, message.not_after) == (at, RELEASED + DAY)
    task = thanks(visit)
    assert (task.state, task.channel, task.message) == (State.PLANNED, "message", message)


@pytest.mark.clause("1.2.1.1")
def test_the_task_is_done_when_the_message_has_gone_out(visit):
    operations.sweep(RELEASED)
    sent_at = RELEASED + timedelta(minutes=1)
    Message.objects.update(state=MessageState.SENT, sent_at=sent_at)
    assert operations.sweep(RELEASED + timedelta(minutes=2))["sent"] == 1
    assert (thanks(visit).state, thanks(visit).done_at) == (State.DONE, sent_at)
    assert thanks(visit).moves.last().to_state == "done"


@pytest.mark.clause("1.2.1.1")
def test_what_passes_the_24_hours_unsent_is_overdue_and_reported(visit):
    operations.sweep(RELEASED)
    late = RELEASED + DAY + timedelta(seconds=1)
    assert operations.sweep(late)["escalated"] == 1
    assert thanks(visit).overdue(late)


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.EXPIRED])
def test_a_message_that_did_not_go_out_becomes_a_letter(visit, state):
    operations.sweep(RELEASED)
    Message.objects.update(state=state)
    assert operations.sweep(RELEASED + timedelta(hours=1))["letters"] == 1
    assert operations.sweep(RELEASED + timedelta(hours=1))["letters"] == 0
    assert (thanks(visit).state, thanks(visit).channel) == (State.DUE, "letter")
    assert thanks(visit).moves.last().reason


def test_a_message_that_may_have_arrived_becomes_a_letter_only_when_time_is_up(visit):
    operations.sweep(RELEASED)
    Message.objects.update(state=MessageState.UNKNOWN)
    assert operations.sweep(RELEASED + timedelta(hours=1))["letters"] == 0
    assert operations.sweep(RELEASED + DAY + timedelta(hours=1))["letters"] == 1


def test_a_message_that_was_taken_back_is_not_replaced(visit, manager):
    operations.sweep(RELEASED)
    queue.withdraw(f"thanks:{visit.pk}", by=manager, at=RELEASED)
    assert operations.sweep(RELEASED)["letters"] == 0
    assert thanks(visit).state == State.SUPERSEDED


def test_a_customer_without_email_gets_a_letter_from_the_information_clerk(store, advisor, clerk):
    visit = house.visit(store, advisor, customer=house.customer(email="", address_home="文化路 1 号"))
    operations.sweep(RELEASED)
    assert not Message.objects.exists()
    task = thanks(visit)
    assert (task.state, task.channel, task.due_at) == (State.DUE, "letter", RELEASED + DAY)
    operations.record_letter(task, by=clerk, at=RELEASED + timedelta(hours=2), note="平信")
    assert (task.state, task.done_by) == (State.DONE, clerk)


def test_a_customer_who_refused_email_gets_a_letter(visit):
    house.refuse(visit.customer, "email")
    operations.sweep(RELEASED)
    assert not Message.objects.exists()
    assert thanks(visit).channel == "letter"


@pytest.mark.clause("1.2.1.1")
def test_a_visit_found_after_24_hours_gets_an_overdue_letter_that_says_so(visit):
    at = RELEASED + DAY + timedelta(minutes=1)
    operations.sweep(at)
    assert not Message.objects.exists()
    task = thanks(visit)
    assert task.channel == "letter"
    assert task.overdue(at)
    assert task.moves.first().reason


def test_a_visit_found_at_the_24th_hour_still_gets_its_message(visit):
    operations.sweep(RELEASED + DAY)
    assert Message.objects.get().due_at == RELEASED + DAY


def test_the_limit_moves_earlier_over_sunday_the_message_may_still_go(store, advisor):
    visit = house.visit(store, advisor, released_at=china(3, 7, 16))
    operations.sweep(china(3, 7, 16))
    assert thanks(visit).due_at == china(3, 7, 18)
    assert Message.objects.get().not_after == china(3, 8, 16)


def test_a_message_is_nothing_a_person_can_finish(visit, clerk):
    operations.sweep(RELEASED)
    for act in (operations.take, operations.record_letter):
        with pytest.raises(NotAllowed):
            act(thanks(visit), by=clerk, at=RELEASED)


def test_the_text_names_customer_car_store_and_advisor(store, advisor):
    visit = house.visit(store, advisor)
    notice = notices.thanks(visit)
    assert notice.language == "zh-hans"
    assert visit.vehicle.plate_shown in notice.subject
    for part in ["王先生", visit.vehicle.plate_shown, "李顾问", "139 0000 1111", store.name]:
        assert part in notice.body


def test_a_store_abroad_writes_english():
    store = house.store("BE", region="DE")
    visit = house.visit(store, house.advisor(store, name="Anna Li"))
    notice = notices.thanks(visit)
    assert notice.language == "en"
    assert notice.body.startswith("Dear Mr Wang,")
    assert "0371-5550000" in notice.body  # the store's number where the advisor has none
    assert notice.body.endswith("Kind regards\nAnna Li\nStore BE\n")
