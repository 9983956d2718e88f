"""The demo day: whole at any hour, made by the rules, with something to do for everybody."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from appointments import queries as appointments
from appointments.models import Appointment, AppointmentPart, Reminder
from dealership.catalogue.models import Price, Stock, StockMovement, StockReservation
from dealership.customers import queries as customers
from dealership.customers import vins
from dealership.customers.models import Customer, PlanLine, Recommendation, Vehicle
from dealership.demo import house, people
from dealership.outbox.states import State as MessageState
from dealership.paperwork import operations as paperwork
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Absence, Store, User
from dealership.staff.roles import Role
from followup.models import Channel, Code, FollowUpTask
from followup.states import State as TaskState
from reception import queries as reception
from reception.models import Visit
from reception.states import State as VisitState
from tests import factories
from workorders import queries as workorders
from workorders.models import GatePass, WorkOrder
from workorders.queries import gate as gates
from workorders.states import State as OrderState

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 11, 22, 6, 40, tzinfo=factories.SHANGHAI)  # a Sunday, before opening
NOON = datetime(2026, 11, 24, 12, 20, tzinfo=factories.SHANGHAI)  # in the break
EVENING = datetime(2027, 1, 1, 20, 15, tzinfo=factories.SHANGHAI)  # New Year, after closing: the past is last year


def seeded(at=NOON):
    with time_machine.travel(at, tick=False):
        call_command("seed_demo", verbosity=0)
    return Store.objects.get(code=house.STORES[0]["code"])


@pytest.mark.parametrize("at", [EARLY, EVENING], ids=["early morning", "evening"])
def test_the_day_looks_right_outside_opening_hours(client, at):
    looks_right(client, seeded(at), at)


def looks_right(client, store, at):
    columns = workorders.board(store, at)
    assert [column.name for column in columns if not column.cards] == []
    states = set(WorkOrder.objects.filter(store=store).values_list("state", flat=True))
    assert states == set(OrderState) - {OrderState.CANCELLED}
    assert "red" in {card.urgency for column in columns for card in column.cards}

    lane = reception.lane(store, at)
    assert {row.long for row in lane.waiting} == {True, False}
    assert {row.visit.appointment is None for row in lane.waiting} == {True, False}
    assert [visit.damage_marks.count() for visit in lane.receiving] == [3]

    assert appointments_of(at).exclude(state="confirmed").exists()
    assert len(set(Appointment.objects.filter(store=store, starts_at__gt=at).values_list("advisor"))) == 3
    the_booking_desk_is_busy(store, at)
    a_customer_can_answer_his_reminder(client, at)
    nothing_happens_after(at)
    everything_adds_up()
    the_past_left_follow_up_in_every_state(at)
    people_are_invented()
    the_guard_finds_a_car_to_release(at)


def the_booking_desk_is_busy(store, at):
    """Cards, parts, preparation, calls, notices and the welcome board: something done, something still to do."""
    today, board = appointments.day_of(store, at), workorders.promises(store, at)
    assert [day.count > 0 for day in board.days] == [True] * 3
    assert board.later
    assert {one.card.on for one in board.expected} <= {today}
    assert not Appointment.objects.filter(store=store, items=None).exists()
    assert not Appointment.objects.filter(store=store, state="confirmed", reservation=None).exists()
    wanted = AppointmentPart.objects.filter(appointment__state="confirmed")
    assert wanted.filter(high_value=True, reservation__ended_at=None).exclude(reservation=None).exists()
    assert wanted.filter(high_value=True, expected_on__gt=today).exists()
    assert wanted.filter(reservation=None, expected_on=None).exists()
    ready = [car.ready for car in appointments.preparation(store, today + timedelta(days=1), at)]
    assert (any(ready), all(ready)) == (True, False)
    assert appointments.board_placed(store, today)
    assert {call.kind for call in appointments.calls_due(store, at)} >= {"missed", "wish"}
    notices = appointments.unseen_notices(store)
    assert {appointments.day_of(store, notice.notified_at) for notice in notices} == {today}
    assert appointments.notices_missed(store, today - timedelta(days=60), today - timedelta(days=1)).count() == 1
    due = customers.due_for_service(today + timedelta(days=14), today=today)
    assert 3 <= due.count() <= 10
    assert PlanLine.objects.filter(state="done").exists()
    assert set(Recommendation.objects.values_list("declined", flat=True)) == {True, False}
    assert Absence.objects.get().first_on == today + timedelta(days=7)
    rules = appointments.RuleBook(store)
    assert rules.on(today).near_minutes != rules.on(today + timedelta(days=7)).near_minutes
    assert all(version.reason and version.by for version in rules.versions)


def a_customer_can_answer_his_reminder(client, at):
    """Tomorrow's reminder by e-mail has not gone out too late to be sent, and its links lead to the desk."""
    reminder = Reminder.objects.select_related("message", "appointment__store").get(channel="message")
    message = reminder.message
    assert (message.state, message.not_after > at) == (MessageState.DUE, True)
    assert appointments.day_of(reminder.appointment.store, message.due_at) == at.date()
    links = re.findall(rf"{re.escape(settings.SITE_URL)}(/appointments/answer/\S+)", message.body)
    assert len(links) == 3
    with time_machine.travel(at, tick=False):
        pages = [client.get(link) for link in links]
    assert [(page.status_code, page.context["form"] is not None) for page in pages] == [(200, True)] * 3


def appointments_of(at):
    return Appointment.objects.filter(starts_at__date=at.date())


def nothing_happens_after(at):
    """What is told of the past happened before now; only promises and plans lie ahead."""
    assert not Visit.objects.filter(arrived_at__gt=at).exists()
    assert not IssuedDocument.objects.filter(issued_at__gt=at).exists()
    for model in (Visit, WorkOrder, Appointment, FollowUpTask):
        assert not model.moves.rel.related_model.objects.filter(at__gt=at).exists()
    for model in (StockMovement, StockReservation):
        assert not model.objects.filter(at__gt=at).exists()
    assert not Reminder.objects.filter(done_at__gt=at).exists()
    assert not Price.objects.filter(at__gt=at).exists()


def everything_adds_up():
    for stock in Stock.objects.all():
        moved = StockMovement.objects.filter(store=stock.store_id, part=stock.part_id).aggregate(sum=Sum("change"))
        kept = StockReservation.objects.filter(store=stock.store_id, part=stock.part_id, ended_at=None)
        assert stock.quantity == moved["sum"]
        assert stock.reserved == (kept.aggregate(sum=Sum("quantity"))["sum"] or 0)
    papers = list(IssuedDocument.objects.all())
    assert len(papers) > 50
    assert [paper.number for paper in papers if not paperwork.verify(paper)] == []
    assert [vehicle.vin for vehicle in Vehicle.objects.all() if vins.problem(vehicle.vin)] == []


def the_guard_finds_a_car_to_release(at):
    guard, free = User.objects.get(username="guard"), GatePass.objects.filter(used_at=None, voided_at=None)
    assert [one for one in free if not gates.obstacles(one, at, to=guard)] != []


def the_past_left_follow_up_in_every_state(at):
    assert GatePass.objects.exclude(used_at=None).count() == Visit.objects.filter(state=VisitState.RELEASED).count()
    assert not Visit.objects.filter(state=VisitState.RELEASED, followup_tasks=None).exists()
    assert set(FollowUpTask.objects.values_list("state", flat=True)) == set(TaskState)
    calls = FollowUpTask.objects.filter(rule__code=Code.CALL)
    assert calls.filter(state=TaskState.DUE, due_at__lt=at, escalated_at__isnull=False).exists()
    assert calls.filter(state=TaskState.DUE, channel=Channel.LETTER).exists()
    assert set(calls.filter(state=TaskState.DONE).values_list("satisfied", flat=True)) == {True, False}
    assert FollowUpTask.objects.filter(rule__code=Code.CARE, state=TaskState.DUE).exists()


def people_are_invented():
    assert [user.username for user in User.objects.all() if user.stores.count() > 1] == ["manager"]
    assert Customer.objects.count() > 40
    emails = Customer.objects.exclude(email="").values_list("email", flat=True)
    assert len(emails) > 15
    assert all(email.endswith(("@example.com", "@example.cn")) for email in emails)
    assert set(Vehicle.objects.values_list("energy", flat=True)) == {"fuel", "hybrid", "electric"}


def test_a_database_with_users_is_left_alone():
    factories.person(Role.CASHIER, factories.store())
    with pytest.raises(CommandError, match="already has users"):
        call_command("seed_demo", verbosity=0)
    assert Store.objects.count() == 1
    assert not Customer.objects.exists()


def test_log_ins_are_listed_with_their_roles(capsys):
    people.take_on(house.open_stores())
    call_command("demo_logins")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(people.LOG_INS) + 2
    assert [line.split()[0] for line in lines[1:-1]] == [log_in.username for log_in in people.LOG_INS]
    assert lines[1].split()[1:3] == ["service", "advisor"]
    assert "李娜" in lines[1]
    assert people.PASSWORD in lines[-1]


def test_without_the_demo_no_log_in_is_promised():
    with pytest.raises(CommandError, match="no demo log-ins here"):
        call_command("demo_logins")


def test_the_whole_day_is_one_transaction(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the lights went out")

    monkeypatch.setattr("dealership.demo.today.tell", broken)
    with pytest.raises(RuntimeError), time_machine.travel(timezone.now(), tick=False):
        call_command("seed_demo", verbosity=0)
    assert not User.objects.exists()
