"""Promises in danger before they break, and orders nobody touches."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from dealership.catalogue import operations as catalogue
from dealership.staff.models import Team
from dealership.workshop.models import Closure
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.plans import HOUR, also, clock, plan, planned, said
from tests.workorders.sheets import text
from workorders.models import Clock, LabourLine, WorkOrder
from workorders.operations import alerts, progress
from workorders.queries import risks

RISKS = reverse("workorders:risks")
TEN = clock("10:00")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def reasons(crew, now=TEN):
    return [risk.reasons for risk in risks.risks(crew.store, now)]


def promised(crew, at_time="16:00", hours="1.00", **details):
    """Return an order in work from nine, planned until noon."""
    order = factories.in_progress(crew, hours="0.10", **details)
    order.labour_lines.update(hours=hours)  # more was found since: the promise was given for less
    Clock.objects.filter(line__order=order).delete()
    WorkOrder.objects.filter(pk=order.pk).update(promised_at=clock(at_time))
    order.refresh_from_db()
    plan(order, crew, clock("09:00"), clock("11:00"))
    return order


@pytest.mark.clause("2.4.5.4")
def test_a_promise_that_can_be_kept_is_in_no_danger(crew):
    promised(crew)
    assert reasons(crew) == []


def test_more_work_is_left_than_working_time(crew):
    promised(crew, "16:00", hours="5.00")  # five hours from ten are four o'clock, with the lunch break
    assert reasons(crew) == []
    assert reasons(crew, clock("10:06")) == [["5 h of work are left, until 16:06"]]


def test_what_the_clocks_counted_is_not_left(crew):
    order = promised(crew, "16:00", hours="5.00")
    worked = {"line": order.labour_lines.get(), "technician": crew.technician, "started_at": clock("09:00")}
    Clock.objects.create(**worked)
    assert reasons(crew, clock("10:06")) == []  # 3.9 h left until 15:00
    Clock.objects.update(stopped_at=clock("09:30"), stop="break", stopped_by=crew.technician)
    assert reasons(crew, clock("11:00")) == [["4.5 h of work are left, until 16:30"]]


def test_what_is_done_or_declined_is_not_left_and_two_teams_work_side_by_side(crew):
    order = promised(crew, "16:00", hours="8.00")
    assert reasons(crew)[0][0].startswith("8 h of work are left")
    other = Team.objects.create(store=crew.store, name="二班", leader=crew.foreman)
    also(order, crew, clock("09:00"), clock("11:00"), other)
    assert reasons(crew) == []
    order.assignments.filter(team=other).update(withdrawn_at=TEN)
    order.labour_lines.update(done_at=TEN)
    assert reasons(crew) == []


@pytest.mark.clause("2.4.5.3")
def test_the_plan_and_the_answer_of_the_workshop_are_looked_at(crew):
    order = promised(crew, "13:00", hours="0.50")
    plan(order, crew, clock("09:00"), clock("14:00"))
    assert reasons(crew) == [["planned until 14:00"]]
    progress.answer(order, **said(crew, finish_at=clock("13:30"), at=TEN))
    assert reasons(crew) == [["planned until 14:00", "the workshop expects 13:30"]]


def test_a_part_that_comes_too_late_or_nobody_knows_when(crew):
    order = factories.dispatched(crew, promised_at=clock("16:00"), hours="0.50", part_stock=0)
    plan(order, crew, clock("09:00"), clock("11:00"))
    part = order.part_lines.get().part
    assert reasons(crew) == [["机油滤清器: nobody knows when it comes"]]
    supply = {"reference": "PO-1", "by": crew.parts, "at": TUESDAY_NINE}
    catalogue.order_goods(crew.store, part, 1, expected_on=date(2026, 11, 26), **supply)
    assert reasons(crew) == [["机油滤清器 comes on 11-26"]]
    WorkOrder.objects.update(promised_at=clock("16:00", date(2026, 11, 26)))
    assert reasons(crew) == []


def test_the_last_half_hour_and_the_broken_promise(crew):
    promised(crew, "10:30", hours="0.10")
    plan(WorkOrder.objects.get(), crew, clock("09:00"), clock("10:00"))
    assert reasons(crew, clock("09:59")) == []
    assert reasons(crew, clock("10:00")) == [["less than half an hour is left"]]
    [risk] = risks.risks(crew.store, clock("10:31"))
    assert (risk.reasons[0], risk.urgency) == ("the promise is broken", "red")


def test_a_store_that_never_opens_has_no_working_time_to_reckon_with(crew):
    promised(crew, "16:00", hours="9.00")
    crew.store.opening_hours.all().delete()
    Closure.objects.filter(store=crew.store).delete()
    assert reasons(crew) == []


def test_the_board_gets_the_same_marks_for_the_orders_it_has(crew, django_assert_num_queries):
    order = promised(crew, "16:00", hours="9.00")
    shown = list(WorkOrder.objects.select_related("store", "visit__appointment"))
    with django_assert_num_queries(4):  # hours of the store, work, parts, plans
        marks = risks.risk_marks(shown, TEN)
    assert [one.split(",")[0] for one in marks[order.pk]] == ["9 h of work are left"]
    assert risks.risk_marks([], TEN) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_one_row_as_for_three(tuesday, crew, count, django_assert_num_queries):
    for _number in range(count):
        promised(crew, "16:00", hours="0.10")
        order = factories.signed(crew, TUESDAY_NINE - 24 * HOUR, hours="0.10", part_stock=0)
        WorkOrder.objects.filter(pk=order.pk).update(promised_at=clock("16:30"))
    LabourLine.objects.filter(order__state="in_progress").update(hours=9)
    tuesday.get(RISKS)
    with django_assert_num_queries(13):
        page = tuesday.get(RISKS)
    assert len(page.context["risks"]) == 2 * count
    assert len(page.context["untouched"]) == count
    assert order.visit.vehicle.plate_shown in text(page)
    assert "it is up to the dispatcher or the foreman" in text(page)


def untouched(crew, now, minutes=120):
    return [(row.since, row.for_minutes, row.turn) for row in risks.untouched(crew.store, now, minutes)]


def test_untouched_is_counted_in_working_minutes(crew):
    factories.signed(crew, clock("11:00"))
    assert untouched(crew, clock("14:00")) == []  # 11 to 12 and 13 to 14
    assert untouched(crew, clock("14:01")) == [(clock("11:00"), 121, "the dispatcher or the foreman")]


def test_whose_turn_it_is_and_what_counts_as_touching(crew):
    order = factories.dispatched(crew)
    order.assignments.update(given_at=TUESDAY_NINE, accepted_at=TUESDAY_NINE)
    assert untouched(crew, clock("13:00")) == [(TUESDAY_NINE, 180, crew.team_leader.full_name)]
    [told] = alerts.tell(order, "advisor", about="parts", by=crew.parts, at=TUESDAY_NINE)
    alerts.see(told, by=crew.service_advisor, at=clock("11:30"))
    assert untouched(crew, clock("14:00")) == []
    factories.clock_on(order, crew.technician, at=clock("11:40"))
    Clock.objects.all().delete()
    assert untouched(crew, clock("15:00")) == [(clock("11:40"), 140, crew.technician.full_name)]
    Clock.objects.create(line=order.labour_lines.get(), technician=crew.technician, started_at=clock("11:45"))
    assert untouched(crew, clock("15:00")) == []  # somebody works on it


def test_on_the_first_page_the_foreman_sees_what_nobody_touches(tuesday, crew):
    factories.signed(crew, TUESDAY_NINE - 24 * HOUR)
    tuesday.force_login(crew.foreman)
    page = tuesday.get(reverse("overview:today"))
    assert "Untouched orders" in text(page)
    assert "nothing happened for" in text(page)


def test_on_the_first_page_the_reasons_stand_beside_the_car(tuesday, crew):
    promised(crew, "16:00", hours="9.00")
    assert "9 h of work are left" in text(tuesday.get(reverse("overview:today")))


def test_another_stores_promises_are_not_shown(tuesday, crew):
    theirs = promised(factories.Crew(factories.store("分店")), "16:00", hours="9.00")
    assert theirs.visit.vehicle.plate_shown not in text(tuesday.get(RISKS))


def test_a_planned_order_of_today_is_shown_with_its_day(crew):
    order = planned(crew, promised_at=clock("16:00"), hours="0.50")
    plan(order, crew, clock("09:00"), clock("09:30", date(2026, 11, 25)))
    assert reasons(crew) == [["planned until 11-25 09:30"]]
