"""One visit from the phone call to the follow-up, through operations alone, with the Move rows as its story."""

from datetime import timedelta

import pytest

from appointments import operations as appointments
from dealership.catalogue import queries as catalogue
from dealership.outbox.models import Message
from dealership.paperwork import operations as paperwork
from followup import operations as followup
from followup.models import FollowUpTask
from reception import operations as reception
from tests import factories
from workorders.models import GatePass
from workorders.operations import cashier, delivery, gate, lines, ready, settlement, signing, work, writeup

pytestmark = pytest.mark.django_db


def states(thing):
    return [move.to_state for move in thing.moves.order_by("pk")]


@pytest.mark.clause("5.1.4")
@pytest.mark.clause("6.3.4")
def test_a_visit_goes_from_call_to_follow_up():
    at = factories.MONDAY
    crew = factories.Crew(factories.store())
    advisor = crew.service_advisor
    customer, vehicle = factories.customer_with_car(advisor, at, email="wang@example.cn")
    oil, filter_ = factories.operation(), factories.part(crew.store, stock=2)

    booked = appointments.book(
        store=crew.store, advisor=advisor, customer=customer, vehicle=vehicle, starts_at=factories.TUESDAY_NINE,
        cause="fault", reason="刹车有异响", agreed=True, by=advisor, at=at,
        job=appointments.Job(operations=[oil], parts=[(filter_, 2)]),
    )  # fmt: skip
    appointments.put_aside(booked.parts.get(), by=crew.parts, at=at)
    assert catalogue.availability(crew.store, [filter_]) == {filter_.pk: 0}
    at = factories.TUESDAY_NINE
    appointments.sweep(at)
    visit = reception.receive_appointment(booked, by=crew.advisor_assistant, at=at)
    reception.receive(visit, by=advisor, at=at)
    reception.fit_covers(visit, by=advisor, at=at)
    reception.mark_damage(visit, zone="bonnet", kind="chip", by=advisor, at=at)
    reception.finish_walk_round(visit, by=advisor, at=at)
    reception.note_complaint(visit, words="刹车有异响", by=advisor)
    factories.answer_all(visit, advisor, at)
    reception.sign_intake(visit, outcome=factories.drawn(), by=advisor, at=at)

    order = writeup.open_order(visit, by=advisor, at=at)
    writeup.answer(order.labour_lines.get(), visit.complaints.get(), by=advisor)
    lines.confirm_all(order, by=advisor, at=at)
    factories.sign(order, advisor, at, promised_at=at + timedelta(hours=6), old_parts="look")
    signing.give_copies(order, by=advisor, at=at)
    factories.give_to_team(order, crew, at)
    factories.clock_on(order, crew.technician, at=at)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=at)
    work.finish(order, by=crew.technician, at=at + timedelta(hours=1))
    factories.inspect(order, crew, "机油滴漏", at=at + timedelta(hours=2))
    factories.put_right(order, crew, at=at + timedelta(hours=3))
    factories.inspect(order, crew, at=at + timedelta(hours=3))
    factories.bring_back(order, crew, at=at + timedelta(hours=3))
    ready.wash(order, by=crew.technician, at=at + timedelta(hours=4))
    ready.make_ready(order, factories.looked(), by=advisor, at=at + timedelta(hours=4))
    factories.tell_ready(order, crew, at=at + timedelta(hours=4), pickup_at=at + timedelta(hours=5))
    at += timedelta(hours=5)
    delivery.hand_over(
        order, **factories.shown(order, at, next_service_km=51000, advice="后轮胎花纹偏浅"), by=advisor, at=at
    )
    posted = settlement.settle(
        order, signer_name="王建国", image=factories.signature_png(), call_from=None, call_until=None, by=advisor, at=at
    )
    order.refresh_from_db()
    assert posted.total_fen == 15000 + 2 * 4900
    key = "7f3b3a52-58ad-4a8e-9a65-0c6cf24f6f0f"
    payment = cashier.pay(posted, method="cash", received_fen=30000, request_key=key, by=crew.cashier, at=at)
    assert payment.change_fen == 30000 - 24800
    order.refresh_from_db()
    factories.give_back(order, crew, at)
    gate.release(GatePass.objects.get(visit=visit).code, by=advisor, at=at)

    visit.refresh_from_db()
    order.refresh_from_db()
    assert states(booked) == ["requested", "confirmed", "arrived"]
    assert states(booked.card) == ["booked", "active", "done"]
    assert states(visit) == ["waiting", "receiving", "inspected", "released"]
    assert states(order) == [
        "draft", "signed", "dispatched", "in_progress", "finished", "rework", "in_progress", "finished", "passed",
        "ready", "handed_over", "settled", "paid", "closed",
    ]  # fmt: skip
    assert catalogue.availability(crew.store, [filter_]) == {filter_.pk: 0}
    assert all(paperwork.verify(paper) for paper in [visit.intake, order.authorisation, posted.sheet])
    vehicle.refresh_from_db()
    assert (vehicle.mileage, vehicle.next_service_km) == (12000, 51000)

    followup.sweep(at + timedelta(minutes=1))
    followup.sweep(at + timedelta(minutes=2))
    message = Message.objects.get(customer=customer)
    assert message.recipient == "wang@example.cn"
    assert message.due_at <= visit.released_at + timedelta(hours=24)
    assert FollowUpTask.objects.filter(visit=visit).count() >= 3
