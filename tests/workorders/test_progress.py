"""When the workshop is asked how far it is, and what counts as its answer (2.4.5.1-2.4.5.4)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from appointments.operations import change_rules
from dealership import celery
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.plans import HOUR, TODAY, also, clock, open_from_to, plan, planned, said, wrong
from workorders import tasks
from workorders.models import About, Alert, Desk, ProgressQuestion, WorkOrder, WorkshopRules
from workorders.operations import dispatch, progress, work
from workorders.queries import progress as queries

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def window(order, at=TUESDAY_NINE):
    question = progress.replan(order, at=at)
    return question and (timezone.localtime(question.opens_at), timezone.localtime(question.closes_at))


def times(order, at=TUESDAY_NINE):
    return [f"{moment:%m-%d %H:%M}" for moment in window(order, at)]


@pytest.mark.clause("2.4.5.2")
def test_half_past_eight_to_half_past_twelve_is_asked_from_eighteen_to_fortytwo_past_eleven(crew):
    open_from_to(crew.store, ("08:00", "12:30"), ("13:30", "18:00"))
    assert window(planned(crew)) == (clock("11:18"), clock("11:42"))


@pytest.mark.clause("2.4.5.2")
@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (("24", "10:00"), ("24", "15:00"), ["11-24 13:48", "11-24 14:12"]),  # four hours around the lunch break
        (("24", "15:00"), ("25", "11:00"), ["11-25 09:48", "11-25 10:12"]) ,  # overnight: 2 + 2 hours
        (("24", "16:00"), ("26", "10:00"), ["11-26 09:24", "11-26 09:36"]),  # the 25th is closed: 1 + 1 hours
        (("24", "12:10"), ("24", "12:50"), ["11-24 12:38", "11-24 12:42"]),  # wholly in the break: by the clock
        (("24", "09:00"), ("24", "09:00"), ["11-24 09:00", "11-24 09:00"]),
    ],
)  # fmt: skip
def test_only_working_time_counts(crew, begin, end, expected):
    if end[0] == "26":
        workshop.close_on(crew.store, date(2026, 11, 25), name="盘点", by=None)
    order = planned(crew)
    plan(order, crew, *(clock(text, date(2026, 11, int(day))) for day, text in (begin, end)))
    found = times(order)
    assert found == expected


@pytest.mark.clause("2.4.5.2")
@pytest.mark.parametrize(("day", "end", "expected"), [
    (date(2026, 10, 25), "10:00", ["06:42", "07:48"]),  # 02:00 comes twice: eleven hours
    (date(2026, 3, 29), "09:00", ["06:36", "07:24"]),  # 02:00 does not come: eight hours
])  # fmt: skip
def test_on_the_day_the_clocks_change_the_hours_that_were_worked_count(db, day, end, expected):
    crew = factories.Crew(factories.store("柏林店", time_zone="Europe/Berlin"))
    open_from_to(crew.store, ("00:00", "23:00"))
    order = planned(crew)
    plan(order, crew, clock("00:00", day, BERLIN), clock(end, day, BERLIN))
    question = progress.replan(order, at=TUESDAY_NINE)
    assert [f"{m.astimezone(BERLIN):%H:%M}" for m in (question.opens_at, question.closes_at)] == expected


@pytest.mark.clause("2.4.5.1")
def test_without_the_teams_times_the_plan_runs_from_dispatch_to_the_promise(crew):
    order = factories.dispatched(crew, promised_at=clock("16:00"), hours="0.50")
    order.assignments.update(withdrawn_at=TUESDAY_NINE)
    assert times(order) == ["11-24 14:12", "11-24 14:48"]  # six working hours from nine


def test_taken_back_and_dispatched_anew_the_plan_begins_anew(crew):
    order = factories.dispatched(crew, promised_at=clock("16:00"), hours="0.50")
    progress.replan(order, at=TUESDAY_NINE)
    dispatch.recall(order, by=crew.foreman, at=clock("09:30"))
    assert progress.replan(order, at=clock("09:31")) is None
    assert ProgressQuestion.objects.get().withdrawn == "no_plan"
    dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=clock("11:00"), reason="试")
    order.assignments.update(withdrawn_at=TUESDAY_NINE)
    assert times(order, clock("11:00")) == ["11-24 14:48", "11-24 15:12"]  # four working hours from eleven


@pytest.mark.clause("2.4.5.2")
def test_an_open_question_moves_with_the_plan(crew):
    order = planned(crew, "09:00", "12:00")
    assert times(order) == ["11-24 11:06", "11-24 11:24"]
    also(order, crew, clock("13:00"), clock("15:00"))  # work that was added
    assert times(order) == ["11-24 13:30", "11-24 14:00"]
    plan(order, crew, clock("09:00"), clock("11:00"))
    assert times(order) == ["11-24 10:24", "11-24 10:36"]
    assert ProgressQuestion.objects.count() == 1


@pytest.mark.clause("2.4.5.2")
def test_an_answered_question_never_moves_and_a_longer_plan_is_asked_about_anew(crew):
    order = planned(crew, "09:00", "12:00", promised_at=clock("16:30"))
    progress.answer(order, **said(crew))
    first = ProgressQuestion.objects.get()
    plan(order, crew, clock("09:00"), clock("11:30"))
    assert progress.replan(order, at=clock("11:25")) is None
    plan(order, crew, clock("09:00"), clock("15:00"))
    assert times(order, clock("11:30")) == ["11-24 13:30", "11-24 14:00"]
    assert ProgressQuestion.objects.count() == 2
    plan(order, crew, clock("09:00"), clock("12:00"))  # back again: the answer covers it
    assert progress.replan(order, at=clock("11:40")) is None
    kept = ProgressQuestion.objects.get(pk=first.pk)
    assert (kept.opens_at, kept.ends_at, kept.finish_at) == (first.opens_at, clock("12:00"), first.finish_at)


def test_finished_work_is_not_asked_about_and_rework_only_where_it_is_planned(crew):
    order = factories.in_progress(crew)
    plan(order, crew, clock("09:00"), clock("12:00"))
    progress.sweep(TUESDAY_NINE)
    work.finish(order, by=crew.technician, at=clock("11:00"))
    progress.sweep(clock("11:10"))
    assert ProgressQuestion.objects.get().withdrawn == "finished"
    WorkOrder.objects.filter(pk=order.pk).update(state="rework")
    progress.sweep(clock("11:20"))
    assert ProgressQuestion.objects.count() == 1
    plan(order, crew, clock("13:00"), clock("15:00"))
    progress.sweep(clock("11:30"))
    assert ProgressQuestion.objects.filter(queries.UNANSWERED).get().ends_at == clock("15:00")


@pytest.mark.clause("2.4.5.1")
def test_the_sweep_enters_moves_and_leaves_alone(crew, django_assert_num_queries):
    for _number in range(3):
        planned(crew, "09:00", "12:00")
    assert progress.sweep(TUESDAY_NINE) == {"questions": 3}
    with django_assert_num_queries(5):  # stores, orders, open questions, rules, hours
        assert progress.sweep(clock("09:01")) == {"questions": 0}
    plan(WorkOrder.objects.first(), crew, clock("09:00"), clock("14:00"))
    assert progress.sweep(clock("09:02")) == {"questions": 1}
    assert ProgressQuestion.objects.count() == 3


@pytest.mark.clause("2.4.5.3")
def test_after_an_outage_the_question_is_entered_once_late_and_red(crew):
    planned(crew, "09:00", "12:00")  # 11:06 to 11:24
    for minute in [40, 41]:
        progress.sweep(clock(f"11:{minute}"))
    question = ProgressQuestion.objects.get()
    assert (question.late, queries.urgency_of(question, clock("11:41"))) == (True, "red")
    assert list(queries.to_ask(crew.store, clock("11:41"))) == [question]


@pytest.mark.parametrize(("at", "urgency"), [
    ("11:05", ""), ("11:06", "amber"), ("11:24", "amber"), ("11:25", "red"),
])  # fmt: skip
@pytest.mark.clause("2.4.5.3")
def test_the_question_is_amber_in_its_time_and_red_after_it(crew, at, urgency):
    question = progress.replan(planned(crew, "09:00", "12:00"), at=TUESDAY_NINE)
    assert not question.late
    assert queries.urgency_of(question, clock(at)) == urgency
    assert queries.to_ask(crew.store, clock(at)).exists() == bool(urgency)


def test_a_stores_own_figures_count_from_their_day(crew):
    manager = crew.after_sales_manager
    for day, share in [(TODAY, 50), (TODAY + timedelta(days=1), 60)]:
        rules = WorkshopRules(store=crew.store, valid_from=day, progress_from=share, reason="试行")
        change_rules(rules, by=manager, at=TUESDAY_NINE)
    order = planned(crew, "09:00", "11:00")
    assert times(order) == ["11-24 10:00", "11-24 10:36"]
    assert times(order, TUESDAY_NINE + 24 * HOUR) == ["11-24 10:12", "11-24 10:36"]


def test_the_window_must_run_forwards(crew):
    with pytest.raises(IntegrityError, match="workshoprules_progress_window"), transaction.atomic():
        WorkshopRules.objects.create(store=crew.store, valid_from=TODAY, progress_from=80, progress_to=80)


@pytest.mark.clause("2.4.5.3")
def test_the_answer_says_who_when_and_whether_all_is_well(crew):
    order = planned(crew, "09:00", "12:00")
    progress.answer(order, **said(crew))
    kept = ProgressQuestion.objects.get()
    assert (kept.asked_of, kept.answered_by, kept.answered_at) == (
        crew.technician, crew.service_advisor, clock("11:20"),
    )  # fmt: skip
    assert (kept.finish_at, kept.abnormal, queries.urgency_of(kept, clock("11:30"))) == (clock("12:00"), False, "")
    assert not queries.to_ask(crew.store, clock("11:30")).exists()
    assert not Alert.objects.filter(order=order, about=About.PROGRESS).exists()


def test_the_workshop_may_answer_before_it_is_asked_and_before_the_clock_came_by(crew):
    order = planned(crew, "09:00", "12:00")
    progress.answer(order, **said(crew, by=crew.technician, at=clock("09:30")))
    progress.sweep(clock("11:10"))
    assert ProgressQuestion.objects.get().answered_at == clock("09:30")


@pytest.mark.clause("2.4.5.4")
def test_what_is_wrong_is_kept_with_its_measure_and_told_to_advisor_and_foreman(crew):
    order = planned(crew, "09:00", "12:00")
    progress.answer(order, **wrong(crew))
    kept = ProgressQuestion.objects.get()
    assert (kept.words, kept.measure, kept.measure_by) == ("缸盖螺栓断", "调第二名技师一起做", crew.foreman)
    told = Alert.objects.filter(order=order, about=About.PROGRESS)
    assert {one.desk for one in told} == {Desk.ADVISOR, Desk.FOREMAN}
    assert "缸盖螺栓断" in told[0].words


@pytest.mark.clause("2.4.5.4")
def test_a_finish_after_the_promise_asks_for_the_customer_and_leaves_the_promise(crew):
    order = planned(crew, "09:00", "12:00", promised_at=clock("12:30"), hours="0.10")
    answered = progress.answer(order, **said(crew, finish_at=clock("14:00")))
    assert queries.breaks_promise(answered, order)
    told = Alert.objects.get(order=order, about=About.PROGRESS)
    assert (told.desk, "先联系客户" in told.words) == (Desk.ADVISOR, True)
    order.refresh_from_db()
    assert order.promised_at == clock("12:30")


@pytest.mark.clause("2.4.5.4")
@pytest.mark.parametrize(("lack", "sentence"), [
    ({"words": " "}, "Write down what is wrong"),
    ({"measure": " "}, "what is done at once and who sees to it"),
    ({"measure_by": None}, "what is done at once and who sees to it"),
    ({"finish_at": clock("11:19")}, "over already"),
])  # fmt: skip
def test_an_answer_that_lacks_something_is_refused(crew, lack, sentence):
    order = planned(crew, "09:00", "12:00")
    with pytest.raises(NotAllowed, match=sentence):
        progress.answer(order, **wrong(crew, **lack))
    assert not ProgressQuestion.objects.filter(answered_at__isnull=False).exists()


def test_an_answer_is_refused_twice_without_a_team_and_to_other_roles(crew):
    order = planned(crew, "09:00", "12:00")
    with pytest.raises(NotAllowed, match="Your role"):
        progress.answer(order, **said(crew, by=crew.cashier))
    progress.answer(order, **said(crew))
    with pytest.raises(NotAllowed, match=f"{crew.service_advisor.full_name} noted the answer at 11:20"):
        progress.answer(order, **said(crew, at=clock("11:21")))
    with pytest.raises(NotAllowed, match="not with a team"):
        progress.answer(factories.signed(crew), **said(crew))


@pytest.mark.parametrize(("change", "name"), [
    ({"abnormal": True, "words": "x"}, "progress_wrong_has_measure"),
    ({"answered_at": None}, "progress_answered_in_full"),
    ({"finish_at": None}, "progress_answered_in_full"),
    ({"withdrawn_at": TUESDAY_NINE, "withdrawn": "finished"}, "progress_answered_in_full"),
    ({"opens_at": TUESDAY_NINE - HOUR}, "progress_window_within_plan"),
])  # fmt: skip
def test_the_database_holds_what_an_answer_is(crew, change, name):
    order = planned(crew, "09:00", "12:00")
    progress.answer(order, **said(crew))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ProgressQuestion.objects.update(**change)


def test_the_clock_runs_the_sweep(crew, time_machine):
    planned(crew, "09:00", "12:00")
    time_machine.move_to(datetime(2026, 11, 24, 2, 0, tzinfo=ZoneInfo("UTC")), tick=False)
    assert tasks.sweep_progress() == {"questions": 1}
    entry = next(e for e in celery.app.conf.beat_schedule.values() if e["task"] == tasks.sweep_progress.name)
    assert timedelta(seconds=20) <= entry["schedule"] <= timedelta(seconds=60)
