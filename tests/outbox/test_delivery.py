"""Sending over real SMTP: what the server says decides what becomes of the row."""

from datetime import timedelta

import pytest

from dealership.customers import operations as customers
from dealership.outbox import channels, delivery, queue
from dealership.outbox.models import Attempt, Channel, Message, Outcome, Purpose
from dealership.outbox.states import State
from dealership.workflow import CLOCK
from tests.outbox.conftest import AT
from tests.outbox.mailserver import free_port

MINUTE = timedelta(minutes=1)


def test_due_message_is_sent_once_with_its_own_message_id(enqueue, mail_server, clock):
    message = enqueue()
    assert delivery.deliver_due(clock) == 1
    assert delivery.deliver_due(clock) == 0
    [mail] = mail_server.accepted
    assert mail["Message-ID"] == message.message_id
    assert (mail["Subject"], mail["To"]) == (message.subject, message.recipient)
    assert mail["From"].addresses[0].display_name == "浦东汽车"
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == message.body  # the lone dot included
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (State.SENT, AT, 1)
    attempt = message.tries.get()
    assert (attempt.outcome, attempt.started_at, attempt.ended_at) == (Outcome.SENT, AT, AT)
    assert "250" in attempt.detail


def test_future_message_waits(enqueue, mail_server, clock):
    enqueue(due_at=AT + MINUTE)
    assert delivery.deliver_due(clock) == 0
    clock.now += MINUTE
    assert delivery.deliver_due(clock) == 1


def test_late_message_expires_unsent(enqueue, mail_server, clock):
    message = enqueue(not_after=AT + MINUTE)
    clock.now += 2 * MINUTE
    delivery.deliver_due(clock)
    message.refresh_from_db()
    assert (message.state, mail_server.accepted) == (State.EXPIRED, [])


def test_several_messages_share_one_connection_oldest_first(enqueue, mail_server, clock):
    for minutes in [3, 1, 2]:
        enqueue(subject=str(minutes), due_at=AT - minutes * MINUTE)
    delivery.deliver_due(clock)
    assert [mail["Subject"] for mail in mail_server.accepted] == ["3", "2", "1"]
    assert mail_server.connections == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_temporary_refusal_is_tried_again_and_later_ones_go_on(enqueue, mail_server, clock, step):
    message, other = enqueue(due_at=AT - MINUTE), enqueue()
    mail_server.plan[step] = ["450 not now"]
    assert delivery.deliver_due(clock) == 1
    message.refresh_from_db()
    assert (message.state, message.due_at, message.attempts) == (State.DUE, AT + MINUTE, 1)
    assert "450" in message.error
    assert mail_server.ids == [other.message_id]
    clock.now += MINUTE
    assert delivery.deliver_due(clock) == 1
    assert [attempt.outcome for attempt in message.tries.all()] == [Outcome.NOT_YET, Outcome.SENT]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_final_refusal_fails_and_later_ones_go_on(enqueue, mail_server, clock, step):
    message = enqueue(due_at=AT - MINUTE)
    enqueue()
    mail_server.plan[step] = ["550 nobody here"]
    assert delivery.deliver_due(clock) == 1
    message.refresh_from_db()
    assert (message.state, message.tries.get().outcome) == (State.FAILED, Outcome.REFUSED)
    assert "550" in message.error


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_connection_cut_before_the_text_is_tried_again(enqueue, mail_server, clock, step):
    message = enqueue()
    mail_server.plan[step] = ["cut"]
    delivery.deliver_due(clock)
    message.refresh_from_db()
    assert (message.state, mail_server.accepted) == (State.DUE, [])
    clock.now += MINUTE
    delivery.deliver_due(clock)
    assert mail_server.ids == [message.message_id]


def test_connection_cut_after_the_text_is_unknown_and_stays_so(enqueue, mail_server, clock):
    message = enqueue()
    mail_server.plan["TEXT"] = ["cut"]
    delivery.deliver_due(clock)
    for _ in range(3):
        clock.now += timedelta(days=1)
        delivery.deliver_due(clock)
    message.refresh_from_db()
    assert (message.state, message.tries.get().outcome) == (State.UNKNOWN, Outcome.UNKNOWN)
    assert mail_server.ids == [message.message_id]


def test_unknown_message_is_sent_again_when_a_person_says_so(enqueue, mail_server, clock, manager):
    message = enqueue()
    mail_server.plan["TEXT"] = ["cut"]
    delivery.deliver_due(clock)
    message.refresh_from_db()
    queue.release(message, by=manager, at=AT, reason="she has not got it")
    assert delivery.deliver_due(clock) == 1
    assert mail_server.ids == [message.message_id] * 2  # the same id: her mailbox shows one


def test_held_connection_gone_stale_is_replaced(enqueue, mail_server, clock, monkeypatch):
    first, second = enqueue(due_at=AT - MINUTE), enqueue()
    deliver = delivery.deliver

    def cut_afterwards(message, lines, clock):
        accepted = deliver(message, lines, clock)
        lines.to(Channel.EMAIL).backend.connection.sock.close()
        return accepted

    monkeypatch.setattr(delivery, "deliver", cut_afterwards)
    assert delivery.deliver_due(clock) == 2
    assert mail_server.ids == [first.message_id, second.message_id]


def test_unreachable_server_costs_one_message_a_try_each_round(enqueue, mail_server, clock, settings):
    first, second = enqueue(due_at=AT - MINUTE), enqueue()
    settings.EMAIL_PORT = free_port()
    delivery.deliver_due(clock)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, second.attempts) == (State.DUE, 1, 0)
    settings.EMAIL_PORT = mail_server.port
    clock.now += MINUTE
    assert delivery.deliver_due(clock) == 2


def test_sixth_refusal_in_a_row_waits_for_a_person(enqueue, mail_server, clock):
    message, waits = enqueue(), []
    mail_server.plan["RCPT"] = ["450 not now"] * 6
    for _ in range(6):
        delivery.deliver_due(clock)
        message.refresh_from_db()
        waits.append((message.due_at - clock.now) / MINUTE)
        clock.now = max(clock.now, message.due_at)
    assert waits[:5] == [1, 4, 16, 64, 256]
    assert (message.state, message.attempts) == (State.FAILED, 6)


def test_no_further_try_once_it_would_be_too_late(enqueue, mail_server, clock):
    message = enqueue(not_after=AT + MINUTE / 2)
    mail_server.plan["RCPT"] = ["450 not now"]
    delivery.deliver_due(clock)
    message.refresh_from_db()
    assert (message.state, message.due_at) == (State.EXPIRED, AT)


@pytest.mark.parametrize("recipient", ["", "no address", "a@b@c", "a@example.com\nBcc: b@example.com", "x" * 250])
def test_impossible_recipient_fails_and_later_ones_go_on(enqueue, mail_server, clock, recipient):
    bad, good = enqueue(recipient=recipient, due_at=AT - MINUTE), enqueue()
    delivery.deliver_due(clock)
    bad.refresh_from_db()
    assert bad.state == State.FAILED
    assert mail_server.ids == [good.message_id]


@pytest.mark.parametrize(("purpose", "sent"), [(Purpose.SERVICE, True), (Purpose.MARKETING, False)])
def test_consent_is_asked_when_it_is_sent(enqueue, mail_server, clock, customer, purpose, sent):
    message = enqueue(customer=customer, purpose=purpose)
    delivery.deliver_due(clock)
    message.refresh_from_db()
    assert (message.state == State.SENT) == sent == bool(mail_server.accepted)


def test_objection_after_it_was_stored_still_counts(enqueue, mail_server, clock, customer, manager):
    message = enqueue(customer=customer)
    customers.record_consent(customer, purpose="service", channel="email", granted=False, by=manager, at=AT)
    delivery.deliver_due(clock)
    message.refresh_from_db()
    move = message.moves.get()
    assert (message.state, mail_server.accepted) == (State.CANCELLED, [])
    assert (move.by, move.to_state) == (CLOCK, State.CANCELLED)
    assert message.tries.get().outcome == Outcome.NOT_SENT


def test_claim_gives_each_row_once(enqueue):
    enqueue()
    assert delivery.claim(AT) is not None
    assert delivery.claim(AT) is None


def test_reaper_sends_again_only_what_was_never_handed_over(enqueue, mail_server, clock):
    enqueue()
    enqueue()
    stopped, handing = delivery.claim(AT), delivery.claim(AT)
    delivery.hand_over(handing, AT)
    clock.now = AT + delivery.LEASE + MINUTE
    assert delivery.deliver_due(clock) == 1
    assert mail_server.ids == [stopped.message_id]
    handing.refresh_from_db()
    assert handing.state == State.UNKNOWN
    assert not Attempt.objects.filter(ended_at=None).exists()
    assert [attempt.outcome for attempt in stopped.tries.all()] == [Outcome.NOT_SENT, Outcome.SENT]


def test_reaper_leaves_alone_who_still_works(enqueue, clock):
    enqueue()
    message = delivery.claim(AT)
    clock.now = AT + delivery.LEASE
    delivery.reap(clock())
    message.refresh_from_db()
    assert message.state == State.SENDING


def test_message_that_stops_every_worker_waits_for_a_person(enqueue, clock):
    message = enqueue()
    for _ in range(delivery.MAX_TRIES):
        assert delivery.claim(clock()) is not None
        clock.now += delivery.LEASE + MINUTE
        delivery.reap(clock())
    message.refresh_from_db()
    assert message.state == State.FAILED
    assert delivery.claim(clock()) is None


def test_worker_that_slept_past_its_lease_sends_nothing(enqueue, mail_server, clock):
    """It was frozen after the claim; another has sent the message meanwhile."""
    enqueue()
    sleeper = delivery.claim(AT)
    clock.now = AT + delivery.LEASE + MINUTE
    assert delivery.deliver_due(clock) == 1
    with channels.Lines() as lines:
        assert delivery.deliver(sleeper, lines, clock) is False
    assert mail_server.ids == [sleeper.message_id]
    sleeper.refresh_from_db()
    assert sleeper.state == State.SENT


def test_answer_that_comes_after_the_reaper_settles_the_row(enqueue, clock):
    enqueue()
    slow = delivery.claim(AT)
    delivery.hand_over(slow, AT)
    clock.now = AT + delivery.LEASE + MINUTE
    delivery.reap(clock())
    assert delivery.settle(slow, Outcome.SENT, clock(), state=State.SENT, sent_at=clock())
    slow.refresh_from_db()
    assert (slow.state, slow.tries.get().outcome) == (State.SENT, Outcome.SENT)


def test_answer_that_comes_after_a_person_decided_changes_nothing(enqueue, clock, manager):
    enqueue()
    slow = delivery.claim(AT)
    delivery.hand_over(slow, AT)
    clock.now = AT + delivery.LEASE + MINUTE
    delivery.reap(clock())
    queue.cancel(Message.objects.get(), by=manager, at=clock())
    assert not delivery.settle(slow, Outcome.SENT, clock(), state=State.SENT, sent_at=clock())
    slow.refresh_from_db()
    assert slow.state == State.CANCELLED


def test_other_mail_backends_are_used_as_they_are(enqueue, clock, mailoutbox):
    message = enqueue()
    assert delivery.deliver_due(clock) == 1
    assert mailoutbox[0].extra_headers["Message-ID"] == message.message_id
    assert Message.objects.get().state == State.SENT
