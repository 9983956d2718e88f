"""The demo day as it is at noon, seeded once."""

import pytest
import time_machine
from django.urls import reverse

from dealership.demo import people
from dealership.outbox import delivery
from dealership.outbox.models import Message
from dealership.outbox.states import State as MessageState
from dealership.overview import queries as overview
from dealership.staff.models import User
from dealership.staff.roles import Role
from followup import operations as followup
from tests.demo.test_seed import NOON, looks_right, seeded
from tests.worlds import built_once
from workorders import queries as workorders
from workorders.models import ManufacturerCase, Payer
from workorders.operations import cases
from workorders.states import CaseState, Hold, State

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def noon(django_db_setup, django_db_blocker):
    with built_once(django_db_blocker):
        yield seeded(NOON)


def test_the_day_looks_right_in_the_break(client, noon):
    looks_right(client, noon, NOON)


def test_every_log_in_finds_something_to_do(client, noon):
    idle = set()
    for log_in in people.LOG_INS:
        user = User.objects.get(username=log_in.username)
        assert user.check_password(people.PASSWORD)
        assert user.roles == [log_in.role]
        if not any(section.rows for section in overview.needs(user, noon, NOON)):
            idle.add(log_in.username)
        with time_machine.travel(NOON, tick=False):
            client.force_login(user)
            answer = client.get(reverse("overview:today"), follow=True)
        assert answer.status_code == 200
        assert answer.context["request"].store == noon
    assert idle == {"guard"}  # he has no lists; a car waits for him at the gate
    assert {log_in.role for log_in in people.LOG_INS} == set(Role)


def test_only_the_newest_messages_still_go_out(mailoutbox, noon):
    reminder = Message.objects.filter(dedupe_key__startswith="appointment.reminder:")
    waiting = Message.objects.filter(state=MessageState.DUE).exclude(pk__in=reminder)
    assert {message.recipient.split("@")[1] for message in Message.objects.all()} <= {"example.com", "example.cn"}
    expected = sorted(waiting.values_list("recipient", flat=True))
    assert 1 <= len(expected) <= 3
    delivery.deliver_due(lambda: NOON)
    followup.sweep(NOON)
    assert sorted(mail.to[0] for mail in mailoutbox) == expected
    assert set(Message.objects.exclude(pk__in=reminder).values_list("state", flat=True)) == {MessageState.SENT}
    assert reminder.get().state == MessageState.DUE, "it goes out a day before the visit"
    assert reminder.get().due_at > NOON


@pytest.mark.clause("2.2.4.4")
def test_the_claims_clerk_has_a_case_to_submit_and_a_sheet_the_manufacturer_has_not_paid(client, noon):
    clerk = User.objects.get(username="claims")
    to_submit = ManufacturerCase.objects.get(state=CaseState.OPEN)
    approved = ManufacturerCase.objects.get(state=CaseState.APPROVED)
    [sheet] = workorders.money.open_claims(noon)
    assert (to_submit.line.order.state, to_submit.line.order.held_for) == (State.ON_HOLD, Hold.MANUFACTURER)
    assert (sheet.order, sheet.order.state) == (approved.line.order, State.SETTLED)
    assert (sheet.payer, sheet.balance.paid_fen) == (Payer.MANUFACTURER, 0)
    assert {(one.labour_id, one.part is not None) for one in sheet.lines.all()} == {
        (approved.line_id, False),
        (None, True),
    }
    assert [one.payer for one in workorders.money.to_pay(noon)] == [Payer.CUSTOMER], "he still pays for the rest"
    with time_machine.travel(NOON, tick=False):
        client.force_login(clerk)
        page = client.get(reverse("workorders:cases")).content.decode()
        case = client.get(reverse("workorders:case", args=[to_submit.pk])).content.decode()
    for name, pk in [("case", to_submit.pk), ("case", approved.pk), ("claim", sheet.pk)]:
        assert reverse(f"workorders:{name}", args=[pk]) in page
    assert reverse("workorders:submit_case", args=[to_submit.pk]) in case
    cases.submit(to_submit, situation=to_submit.situation, diagnosis=to_submit.diagnosis, by=clerk, at=NOON)
