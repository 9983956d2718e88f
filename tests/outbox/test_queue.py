"""Into the outbox, out of it again, and once more: rows, and what becomes of them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dealership.customers import operations as customers
from dealership.outbox import bell, delivery, queries, queue
from dealership.outbox.models import Message
from dealership.outbox.states import CANCEL, RELEASE, State
from dealership.workflow import CLOCK, NotAllowed
from tests.outbox.conftest import AT


def in_state(message, state):
    """Put the row where the worker would have brought it."""
    extra = {"sent_at": AT} if state == State.SENT else {}
    if state == State.SENDING:
        extra = {"claim_token": "00000000-0000-4000-8000-000000000000", "lease_until": AT}
    Message.objects.filter(pk=message.pk).update(state=state, **extra)
    message.refresh_from_db()
    return message


def test_enqueue_stores_the_message_as_it_will_be_sent(enqueue):
    message = enqueue(subject="Your car\r\nBcc: all@example.com", recipient=" a@example.com ")
    message.refresh_from_db()
    assert (message.state, message.attempts, message.recipient) == (State.DUE, 0, "a@example.com")
    assert message.subject == "Your car Bcc: all@example.com"
    assert message.message_id.startswith("<")


def test_enqueue_twice_is_one_message(enqueue):
    first = enqueue(dedupe_key="visit.thanks:42")
    second = enqueue(dedupe_key="visit.thanks:42", subject="another text")
    assert first == second
    assert Message.objects.get().subject == first.subject


def test_enqueue_after_withdrawal_stays_withdrawn(enqueue, advisor):
    enqueue(dedupe_key="visit.thanks:42")
    queue.withdraw("visit.thanks:42", by=advisor, at=AT)
    assert enqueue(dedupe_key="visit.thanks:42").state == State.CANCELLED


def test_enqueue_disappears_with_the_act_that_failed(enqueue):
    def book():
        with transaction.atomic():
            enqueue()
            raise NotAllowed

    with pytest.raises(NotAllowed):
        book()
    assert not Message.objects.exists()


def test_enqueue_rings_once_and_only_after_the_commit(enqueue, monkeypatch, django_capture_on_commit_callbacks):
    rings = []
    monkeypatch.setattr(bell, "ring", lambda: rings.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(dedupe_key="a")
        enqueue(dedupe_key="a")
        assert rings == []
    assert rings == [1]


@pytest.mark.parametrize("wrong", [{"channel": "pigeon"}, {"purpose": "gossip"}, {"not_after": AT - timedelta(1)}])
def test_database_refuses_what_is_no_message(enqueue, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        enqueue(**wrong)


@pytest.mark.parametrize("wrong", [{"state": "lost"}, {"state": State.SENDING}, {"state": State.SENT}, {"sent_at": AT}])
def test_database_refuses_a_state_without_what_belongs_to_it(enqueue, wrong):
    message = enqueue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**wrong)


def test_withdraw_cancels_what_waits_and_says_who_and_why(enqueue, advisor):
    message = enqueue(dedupe_key="appointment.reminder:42:2026-11-25")
    enqueue(dedupe_key="appointment.reminder:421:2026-11-25")
    assert queue.withdraw(prefix="appointment.reminder:42:", by=advisor, at=AT, reason="appointment cancelled") == 1
    message.refresh_from_db()
    move = message.moves.get()
    assert message.state == State.CANCELLED
    assert (move.by, move.at, move.reason) == (advisor, AT, "appointment cancelled")
    assert Message.objects.filter(state=State.DUE).count() == 1


def test_withdraw_by_the_clock(enqueue):
    enqueue(dedupe_key="a")
    assert queue.withdraw("a", by=CLOCK, at=AT) == 1


@pytest.mark.parametrize("state", [state for state in State if state != State.DUE])
def test_withdraw_leaves_alone_what_no_longer_waits(enqueue, advisor, state):
    message = in_state(enqueue(dedupe_key="a"), state)
    assert queue.withdraw("a", by=advisor, at=AT) == 0
    message.refresh_from_db()
    assert message.state == state


@pytest.mark.parametrize("call", [{}, {"dedupe_key": "a", "prefix": "a:"}, {"prefix": "visit.thanks:4"}])
def test_withdraw_asks_for_one_clear_name(enqueue, advisor, call):
    with pytest.raises(ValueError):
        queue.withdraw(by=advisor, at=AT, **call)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("operation", "step"), [(queue.release, RELEASE), (queue.cancel, CANCEL)])
def test_release_and_cancel_follow_the_table(enqueue, manager, operation, step, state):
    message = in_state(enqueue(), state)
    if state in step.sources:
        operation(message, by=manager, at=AT)
    else:
        with pytest.raises(NotAllowed):
            operation(message, by=manager, at=AT)
    message.refresh_from_db()
    assert message.state == (step.target if state in step.sources else state)


@pytest.mark.parametrize("operation", [queue.release, queue.cancel])
def test_release_and_cancel_are_the_managers(enqueue, advisor, operation):
    message = in_state(enqueue(), State.FAILED)
    with pytest.raises(NotAllowed):
        operation(message, by=advisor, at=AT)


def test_release_forgets_the_old_claim_and_an_end_that_has_passed(enqueue, manager, clock):
    message = enqueue(not_after=AT + timedelta(hours=1))
    clock.now = AT + timedelta(hours=2)
    delivery.deliver_due(clock)
    message.refresh_from_db()
    assert message.state == State.EXPIRED
    queue.release(message, by=manager, at=clock.now)
    message.refresh_from_db()
    assert (message.state, message.due_at, message.not_after) == (State.DUE, clock.now, None)
    assert (message.attempts, message.claim_token, message.handing_at) == (0, None, None)


def test_unsettled_are_those_only_a_person_can_settle(enqueue, store):
    waiting = {state for state in State if queries.unsettled(store).contains(in_state(enqueue(), state))}
    assert waiting == {State.FAILED, State.UNKNOWN}


def test_messages_follow_a_merged_customer(enqueue, customer, manager):
    twin = customers.register(name="王芳", by=manager, at=AT)
    message = enqueue(customer=twin)
    customers.merge(customer, twin, by=manager, at=AT)
    message.refresh_from_db()
    assert message.customer == customer
