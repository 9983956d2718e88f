"""The maintenance plan the customer takes home: what stands on it, and that it stays as it was issued."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from dealership.customers import operations as customers
from dealership.customers.models import CareHint
from dealership.paperwork import pdf
from dealership.paperwork.models import IssuedDocument, Kind
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.workorders.sheets import address, showing, text
from workorders.models import DeliveryWalk, LabourLine, WorkOrder
from workorders.operations import delivery, quality, ready
from workorders.operations.delivery import Told

pytestmark = pytest.mark.usefixtures("english")
LATER = TUESDAY_NINE + timedelta(minutes=9)


@pytest.fixture
def order(crew):
    return factories.told(crew)


def show(order, crew, at=TUESDAY_NINE, **differs):
    return delivery.hand_over(order, **factories.shown(order, at, **differs), by=crew.service_advisor, at=at)


def tables(paper):
    return {table["title"]: table["rows"] for table in paper.content["tables"]}


@pytest.mark.clause("F23", "3.5.1.4")
def test_plan_and_use_knowledge_are_on_a_paper_of_their_own(order, crew):
    vehicle, by = order.visit.vehicle, crew.service_advisor
    customers.plan_line(vehicle, item="更换火花塞", due_on=date(2027, 6, 1), due_km=40000, by=by, at=MONDAY)
    customers.plan_line(vehicle, item="更换制动液", due_km=30000, by=by, at=MONDAY)
    customers.correct_vehicle(vehicle, atf_mark="red", by=by, at=MONDAY)
    CareHint.objects.create(component="喷水壶", colour="yellow", who="驾驶员", reason="每月看一次")
    told = Told(
        use_notes="雨天注意刹车距离", spare_result="胎压正常", inspection_on=date(2027, 3, 1), next_visit="none",
        next_visit_words="出差",
    )  # fmt: skip
    walk = show(order, crew, advice="后轮胎花纹偏浅", next_service_km=22000, told=told)
    paper = walk.plan
    assert (paper.kind, paper.issued_by, paper.issued_at) == (Kind.PLAN, by, TUESDAY_NINE)
    assert paper.number == f"{crew.store.code}-MP-2026-000001"
    fields = dict(paper.content["fields"])
    assert fields["Next service"] == "2027-05-23 22000 km"
    assert (fields["Annual inspection due on"], fields["Next appointment"]) == ("2027-03-01", "none for now 出差")
    found = tables(paper)
    assert sorted(found["Planned for this car"]) == [
        ["更换制动液", "", "30000 km", "to come"], ["更换火花塞", "2027-06-01", "40000 km", "to come"],
    ]  # fmt: skip
    assert found["Recommended, not done yet"] == [["后轮胎花纹偏浅", ""]]
    card = {row[0]: row[1] for row in found["What you may check yourself"]}
    assert (card["automatic gearbox oil"][:4], card["喷水壶"][:7]) == ("red:", "yellow:")
    assert "What to mind when driving: 雨天注意刹车距离" in paper.content["notes"]
    assert pdf.written(paper, []).startswith(b"%PDF")


def test_what_the_customer_declined_stands_on_it(order, crew):
    declined = order.labour_lines.get()
    LabourLine.objects.filter(pk=declined.pk).update(decision="declined", decision_reason="太贵")
    paper = show(WorkOrder.objects.get(pk=order.pk), crew).plan
    assert tables(paper)["Advised, declined by the customer"] == [[declined.description, "太贵"]]


def test_what_this_visit_did_is_done_and_what_was_declined_stands_once(order, crew):
    by, vehicle = crew.service_advisor, order.visit.vehicle
    line = order.labour_lines.get()
    customers.plan_line(vehicle, item="常规保养", code=line.operation.code, due_km=13000, by=by, at=MONDAY)
    said = {"declined": False, "source": "OLD", "remind_on": date(2026, 11, 1), "by": by, "at": MONDAY}
    done = customers.recommend(vehicle, words="更换机油机滤", **said)
    customers.recommend(vehicle, words="后轮胎", **said)
    LabourLine.objects.filter(pk=line.pk).update(recommendation=done)
    found = tables(show(WorkOrder.objects.get(pk=order.pk), crew).plan)
    assert found["Planned for this car"] == [["常规保养", "", "13000 km", "done today"]]
    assert found["Recommended, not done yet"] == [["后轮胎", ""]]


def test_an_appointment_made_says_when(order, crew):
    car = order.visit.customer, order.visit.vehicle
    made = factories.appointment(crew, TUESDAY_NINE + timedelta(days=30), at=TUESDAY_NINE, car=car)
    fields = dict(show(order, crew, told=Told(next_visit="booked")).plan.content["fields"])
    assert fields["Next appointment"] == f"appointment made {made.starts_at.astimezone(crew.store.zone):%Y-%m-%d %H:%M}"


def test_done_lines_say_when(order, crew):
    by = crew.service_advisor
    line = customers.plan_line(order.visit.vehicle, item="更换空调滤芯", code="M9", due_km=13000, by=by, at=MONDAY)
    customers.end_plan_lines(order.visit.vehicle, ["M9"], done_by=order.number, by=by, at=MONDAY)
    assert tables(show(order, crew).plan)["Planned for this car"] == [[line.item, "", "13000 km", "done 2026-11-23"]]


@pytest.mark.clause("2.6.4.5")
def test_a_car_shown_again_gets_a_plan_of_its_own_and_the_first_stays(order, crew):
    first = show(order, crew, next_service_km=22000).plan
    fingerprint = first.fingerprint
    ready.send_to_workshop(order, words="异响", by=crew.service_advisor, at=LATER)
    factories.put_right(order, crew, at=LATER)
    factories.inspect(order, crew, at=LATER)
    quality.countersign(order.checks.last(), by=crew.foreman, at=LATER)
    ready.wash(order, by=crew.technician, at=LATER)
    ready.make_ready(order, factories.looked(), by=crew.service_advisor, at=LATER)
    factories.tell_ready(order, crew, at=LATER)
    second = show(order, crew, at=LATER, next_service_km=23000).plan
    first.refresh_from_db()
    assert (first.fingerprint, dict(first.content["fields"])["Next service"][-8:]) == (fingerprint, "22000 km")
    assert dict(second.content["fields"])["Next service"].endswith("23000 km")
    assert DeliveryWalk.objects.count() == 2


def test_a_refused_walk_issues_none(tuesday, crew):
    order = factories.told(crew)
    answer = tuesday.post(address("hand_over", order), showing(order=order, next_service_km="5"))
    assert answer.status_code == 422
    assert not IssuedDocument.objects.filter(kind=Kind.PLAN).exists()


def test_it_is_printed_from_the_order(tuesday, crew):
    order = factories.told(crew)
    walk_page = text(tuesday.get(address("hand_over", order)))
    assert reverse("customers:care_card", args=[order.visit.vehicle_id]) in walk_page
    tuesday.post(address("hand_over", order), showing(order=order))
    page = reverse("paperwork:document", args=[DeliveryWalk.objects.get().plan_id])
    assert page in text(tuesday.get(address("order", order)))
    shown = text(tuesday.get(page))
    assert "Maintenance plan" in shown
    assert "22000 km" in shown
