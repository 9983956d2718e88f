"""The workshop's pages: key and papers, dispatch, the job on the tablet; what each role sees and is refused."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from dealership.staff.models import Team
from dealership.workshop.models import Bay
from reception.models import Visit
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, address, state_of, text
from workorders import queries
from workorders.models import Clock, Stop
from workorders.operations import care, custody, dispatch

EVENING = TUESDAY_NINE + 7 * HOUR


def url(name, *args):
    return reverse(f"workorders:{name}", args=args)


def as_(client, person):
    client.force_login(person)
    return client


@pytest.mark.clause("2.4.1.2")
def test_three_taps_bring_a_car_from_the_advisor_to_a_team(tuesday, crew):
    order = factories.signed(crew, handed=False)
    page = tuesday.get(address("order", order))
    assert "Hand key and both forms to the foreman" in text(page)
    answer = tuesday.post(address("give", order), {"parked_at": "A3", "notes": "小心漆面"})
    assert answer["Location"] == address("order", order)
    handover = order.handovers.get()
    assert "on the way" in text(tuesday.get(address("order", order)))
    page = as_(tuesday, crew.foreman).get(address("order", order))
    assert "小心漆面" in text(page)
    assert 'name="team"' not in text(page)
    tuesday.post(url("take", handover.pk))
    team = crew.team()
    page = tuesday.get(address("order", order))
    assert f'name="team" value="{team.pk}"' in text(page)
    answer = tuesday.post(address("dispatch", order), {"team": team.pk})
    assert answer["Location"] == url("board")
    page = as_(tuesday, crew.team_leader).get(address("order", order), follow=True)
    assert page.redirect_chain == [(address("job", order), 302)]
    assert "Compare the car with its reception form" in text(page)
    tuesday.post(url("accept", order.assignments.get().pk))
    assert queries.custody(order).holder == crew.team_leader


def test_whoever_says_it_differs_has_to_say_how(tuesday, crew):
    order = factories.signed(crew, handed=False)
    custody.give(order, "to_workshop", by=crew.service_advisor, at=TUESDAY_NINE)
    as_(tuesday, crew.foreman)
    answer = tuesday.post(url("take", order.handovers.get().pk), {"differs": "on", "difference": " "})
    assert (answer.status_code, "Write down what is different." in text(answer)) == (422, True)
    assert order.handovers.get().taken_at is None
    tuesday.post(url("take", order.handovers.get().pk), {"difference": ""})
    given = dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    answer = as_(tuesday, crew.team_leader).post(url("accept", given.pk), {"differs": "on", "difference": ""})
    assert (answer.status_code, "Write down what is different." in text(answer)) == (422, True)
    tuesday.post(url("accept", given.pk), {"differs": "on", "difference": "右后轮毂划痕"})
    assert order.differences.get().words == "右后轮毂划痕"


def test_what_the_check_found_stands_on_the_job(tuesday, crew):
    order = factories.finished(crew)
    factories.inspect(order, crew, "异响仍在", at=TUESDAY_NINE)
    assert "异响仍在" in text(as_(tuesday, crew.technician).get(address("job", order)))
    assert {alert.desk for alert in order.alerts.filter(about="rework")} == {"advisor", "foreman"}


def test_a_fault_is_asked_about_where_the_customer_came_for_one(tuesday, crew):
    order = factories.in_progress(crew)
    as_(tuesday, crew.technician)
    assert "It does not show" in text(tuesday.get(address("job", order)))
    Visit.objects.update(purpose="maintenance")
    assert "It does not show" not in text(tuesday.get(address("job", order)))


def test_who_only_works_on_the_car_gets_the_job_without_prices(tuesday, crew):
    order = factories.in_progress(crew)
    page = as_(tuesday, crew.technician).get(address("order", order), follow=True)
    assert "¥" not in text(page)
    whole = tuesday.get(address("order", order) + "?whole=1")
    assert whole.status_code == 200
    assert "¥" in text(whole)
    for person in (crew.service_advisor, crew.foreman, crew.parts):
        assert as_(tuesday, person).get(address("order", order)).status_code == 200


@pytest.mark.clause("2.4.3.7")
def test_the_job_shows_what_stays_in_the_car_and_what_is_to_be_minded(tuesday, crew):
    order = factories.signed(crew, handed=False)
    type(order.visit).objects.filter(pk=order.visit_id).update(belongings="儿童座椅、行李箱")
    given = custody.give(order, "to_workshop", notes="车主对气味敏感", by=crew.service_advisor, at=TUESDAY_NINE)
    custody.take(given, by=crew.foreman, at=TUESDAY_NINE)
    dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    page = text(as_(tuesday, crew.technician).get(address("job", order)))
    assert "儿童座椅、行李箱" in page
    assert "车主对气味敏感" in page


@pytest.mark.clause("2.4.2.2")
def test_a_team_that_lacks_a_skill_is_marked_and_named_in_the_answer(tuesday, crew):
    order = factories.signed(crew)
    type(order.labour_lines.get().operation).objects.update(skill="电气")
    team = crew.team()
    Team.objects.filter(pk=team.pk).update(skills="机修")
    page = as_(tuesday, crew.foreman).get(address("order", order))
    assert "lacks 电气" in text(page)
    answer = tuesday.post(address("dispatch", order), {"team": team.pk}, follow=True)
    assert "This team lacks: 电气." in text(answer)
    assert state_of(order) == "dispatched"


@pytest.mark.clause("2.3.6")
def test_passing_over_the_next_in_line_asks_why_beside_what_was_chosen(tuesday, crew):
    first = factories.signed(crew, promised_at=TUESDAY_NINE + 5 * HOUR)
    order = factories.signed(crew, promised_at=TUESDAY_NINE + 9 * HOUR)
    bay = Bay.objects.create(store=crew.store, name="1号工位")
    page = as_(tuesday, crew.foreman).get(address("order", order))
    assert f"{first.visit.vehicle} is next in line." in text(page)
    answer = tuesday.post(address("dispatch", order), {"team": crew.team().pk, "bay": bay.pk})
    assert answer.status_code == 422
    assert "Write down why this car goes first." in text(answer)
    assert f'<option value="{bay.pk}" selected' in text(answer)
    tuesday.post(address("dispatch", order), {"team": crew.team().pk, "bay": bay.pk, "reason": "客户等"})
    assert state_of(order) == "dispatched"


def test_a_dispatch_without_team_or_into_a_kept_bay_is_refused_beside_it(tuesday, crew):
    bay = Bay.objects.create(store=crew.store, name="1号工位")
    other, order = factories.signed(crew), factories.signed(crew)
    as_(tuesday, crew.foreman)
    answer = tuesday.post(address("dispatch", order), {})
    assert (answer.status_code, "Choose the team." in text(answer)) == (422, True)
    answer = tuesday.post(address("dispatch", order), {"team": crew.team().pk, "starts_at": "2020-01-01T08:00"})
    assert (answer.status_code, "still to come" in text(answer)) == (422, True)
    tuesday.post(address("dispatch", other), {"team": crew.team().pk, "bay": bay.pk})
    answer = tuesday.post(address("dispatch", order), {"team": crew.team().pk, "bay": bay.pk})
    assert answer.status_code == 422
    assert "is kept for another car" in text(answer)
    assert f"1号工位 ({other.visit.vehicle.plate})" in text(answer)


def test_two_foremen_dispatch_one_car_and_the_second_is_told_who_was_first(tuesday, crew):
    order = factories.signed(crew)
    as_(tuesday, crew.foreman)
    for _press in range(2):
        answer = tuesday.post(address("dispatch", order), {"team": crew.team().pk})
    assert answer.status_code == 409
    assert crew.foreman.full_name in text(answer)
    assert order.assignments.count() == 1


@pytest.mark.clause("2.4.2.1")
def test_the_foreman_sets_the_priority_with_one_tap(tuesday, crew):
    order = factories.signed(crew)
    assert address("prioritise", order) not in text(tuesday.get(address("order", order)))
    as_(tuesday, crew.foreman).post(address("prioritise", order), {"priority": "1"})
    order.refresh_from_db()
    assert order.priority == 1
    assert "urgent" in text(tuesday.get(address("order", order)))
    assert tuesday.post(address("prioritise", order), {"priority": "x"}).status_code == 409


def test_clock_on_done_and_finished_are_three_taps(tuesday, crew):
    order = factories.dispatched(crew)
    line = order.labour_lines.get()
    page = as_(tuesday, crew.technician).get(address("job", order))
    assert "switch nothing on" in text(page)
    assert 'name="rules_read" value="on"' in text(page)
    answer = tuesday.post(url("clock_on", order.pk, line.pk), {"rules_read": "on"}, follow=True)
    assert f"The clock runs on “{line.description}”." in text(answer)
    assert "switch nothing on" not in text(answer)
    clock = Clock.objects.get()
    answer = tuesday.post(url("clock_off", clock.pk), {"stop": "done"}, follow=True)
    assert "The clock has stopped: the work is done." in text(answer)
    answer = tuesday.post(address("finish", order))
    assert answer.status_code == 409
    assert order.part_lines.get().description in text(answer)


def test_switching_jobs_says_which_clock_has_stopped(tuesday, crew):
    first, second = factories.in_progress(crew), factories.dispatched(crew)
    page = as_(tuesday, crew.technician).get(address("job", second))
    assert "it stops when you begin here" in text(page)
    line = second.labour_lines.get()
    answer = tuesday.post(url("clock_on", second.pk, line.pk), {"rules_read": "on"}, follow=True)
    assert f"That on “{first.labour_lines.get().description}” has stopped." in text(answer)


def test_what_is_not_allowed_is_said_at_the_line(tuesday, crew):
    order = factories.dispatched(crew, accepted=False)
    line = order.labour_lines.get()
    answer = as_(tuesday, crew.technician).post(url("clock_on", order.pk, line.pk), {"rules_read": "on"})
    assert answer.status_code == 409
    assert "The team takes the car over first" in text(answer)
    answer = tuesday.post(url("close_line", order.pk, line.pk), {"words": ""})
    assert answer.status_code == 422
    assert "Write down why it needs no time of its own." in text(answer)


def test_a_clock_stops_only_for_a_reason_on_the_page_too(tuesday, crew):
    order = factories.in_progress(crew)
    clock = Clock.objects.get()
    answer = as_(tuesday, crew.technician).post(url("clock_off", clock.pk), {"note": "等"})
    assert (answer.status_code, "Say why the clock stops." in text(answer)) == (422, True)
    tuesday.post(url("clock_off", clock.pk), {"stop": "parts", "note": "滤芯没到"})
    assert state_of(order) == "on_hold"
    page = tuesday.get(address("job", order))
    assert "waits for parts" in text(page)
    tuesday.post(address("resume", order))
    assert state_of(order) == "in_progress"
    tuesday.post(address("hold", order), {"held_for": "tool", "note": ""})
    assert state_of(order) == "on_hold"


@pytest.mark.clause("2.4.1.3")
def test_the_advisor_answers_a_difference_on_his_page(tuesday, crew):
    order = factories.dispatched(crew, accepted=False)
    given = order.assignments.get()
    answer = as_(tuesday, crew.team_leader).post(url("accept", given.pk), {"difference": "备胎不在"}, follow=True)
    assert "the advisor is told of the difference" in text(answer)
    difference = order.differences.get()
    page = as_(tuesday, crew.service_advisor).get(address("order", order))
    assert "备胎不在" in text(page)
    answer = tuesday.post(url("answer_difference", difference.pk), {"answer": " "})
    assert (answer.status_code, "Write down what you found out" in text(answer)) == (422, True)
    tuesday.post(url("answer_difference", difference.pk), {"answer": "车主说在家"})
    difference.refresh_from_db()
    assert difference.answer == "车主说在家"


@pytest.mark.clause("2.4.3.8")
def test_belongings_go_from_technician_to_advisor_and_back(tuesday, crew):
    order = factories.in_progress(crew)
    as_(tuesday, crew.technician)
    answer = tuesday.post(address("ask_to_move", order), {"words": ""})
    assert (answer.status_code, "what has to be moved" in text(answer)) == (422, True)
    tuesday.post(address("ask_to_move", order), {"words": "后备箱行李"})
    asked = order.belongings_requests.get()
    assert tuesday.post(url("moved", asked.pk)).status_code == 409
    page = as_(tuesday, crew.service_advisor).get(address("order", order))
    assert "后备箱行李" in text(page)
    answer = tuesday.post(url("answer_request", asked.pk), {"agreed": "yes", "words": ""})
    assert (answer.status_code, "Write down who answered" in text(answer)) == (422, True)
    tuesday.post(url("answer_request", asked.pk), {"agreed": "yes", "words": "车主电话"})
    as_(tuesday, crew.technician)
    assert url("moved", asked.pk) in text(tuesday.get(address("job", order)))
    tuesday.post(url("moved", asked.pk))
    tuesday.post(url("put_back", asked.pk))
    asked.refresh_from_db()
    assert (asked.moved_by, asked.put_back_by) == (crew.technician, crew.technician)


def test_a_test_drive_keeps_what_was_typed_where_it_is_refused(tuesday, crew):
    order = factories.in_progress(crew)
    as_(tuesday, crew.technician)
    answer = tuesday.post(address("drive_out", order), {"km": "1"})
    assert answer.status_code == 422
    assert "km already" in text(answer)
    assert 'value="1"' in text(answer)
    assert tuesday.post(address("drive_out", order), {"km": "abc"}).status_code == 422
    tuesday.post(address("drive_out", order), {"km": order.visit.mileage})
    drive = order.test_drives.get()
    answer = tuesday.post(url("drive_back", drive.pk), {"km": order.visit.mileage + 5, "ok": "no", "result": ""})
    assert (answer.status_code, "what the drive showed" in text(answer)) == (422, True)
    tuesday.post(url("drive_back", drive.pk), {"km": order.visit.mileage + 5, "ok": "yes", "result": "无异响"})
    assert "无异响" in text(tuesday.get(address("job", order)))


def test_the_fault_is_looked_for_with_a_tap(tuesday, crew):
    order = factories.in_progress(crew)
    line = order.labour_lines.get()
    as_(tuesday, crew.technician)
    answer = tuesday.post(url("fault", order.pk, line.pk), {"seen": "no", "words": ""})
    assert (answer.status_code, "how you looked for the fault" in text(answer)) == (422, True)
    tuesday.post(url("fault", order.pk, line.pk), {"seen": "yes"})
    assert "the fault shows" in text(tuesday.get(address("job", order)))


@pytest.mark.parametrize("count", [1, 3])
def test_forgotten_clocks_stand_first_and_are_put_right_there(
    tuesday, crew, time_machine, count, django_assert_num_queries
):
    for _n in range(count):
        technician = factories.person(crew.technician.roles[0], crew.store)
        crew.team().members.add(technician)
        factories.clock_on(factories.dispatched(crew), technician, at=EVENING)
    time_machine.move_to(EVENING + timedelta(hours=16), tick=False)
    as_(tuesday, crew.team_leader)
    with django_assert_num_queries(7):
        page = tuesday.get(url("clocks"))
    assert text(page).count("forgotten, runs since 11-24 16:00") == count
    clock = Clock.objects.first()
    answer = tuesday.post(url("put_right", clock.pk), {"stopped_at": "2026-11-24T15:00", "note": "忘"})
    assert answer.status_code == 422
    assert "between the start of the clock and now" in text(answer)
    assert "忘" in text(answer)
    tuesday.post(url("put_right", clock.pk), {"stopped_at": "2026-11-24T16:50", "note": "忘"})
    clock.refresh_from_db()
    assert clock.stop == Stop.FORGOTTEN


def test_who_forgot_his_clock_is_told_first_thing_on_the_job(tuesday, crew, time_machine):
    order = factories.dispatched(crew)
    clock = factories.clock_on(order, crew.technician, at=EVENING)
    time_machine.move_to(EVENING + timedelta(hours=16), tick=False)
    as_(tuesday, crew.technician)
    page = tuesday.get(address("job", order))
    assert "still runs since 11-24 16:00" in text(page)
    assert 'value="2026-11-24T17:00"' in text(page)
    answer = tuesday.post(url("put_right", clock.pk), {"stopped_at": "2026-11-24T17:00", "note": "忘记打卡"})
    assert answer["Location"] == address("job", order)


def test_plans_move_and_split_on_the_page(tuesday, crew):
    order = factories.dispatched(crew)
    given = order.assignments.get()
    as_(tuesday, crew.foreman)
    values = {f"plan{given.pk}-starts_at": "2026-11-24T09:30", f"plan{given.pk}-bay": ""}
    answer = tuesday.post(url("replan", given.pk), values)
    assert (answer.status_code, "A plan lies in the future." in text(answer)) == (422, True)
    assert 'value="2026-11-24T09:30"' in text(answer)
    values[f"plan{given.pk}-starts_at"] = "2026-11-27T09:00"
    answer = tuesday.post(url("replan", given.pk), values, follow=True)
    assert "the advisor is told to call the customer" in text(answer)
    assert "Planned until 11-27 10:00, after the promise" in text(answer)
    answer = tuesday.post(address("split", order), {"split-team": crew.team("二班").pk})
    assert (answer.status_code, "Choose the work." in text(answer)) == (422, True)


def test_the_job_takes_as_many_queries_with_three_lines_as_with_one(tuesday, crew, django_assert_num_queries):
    counts = []
    for extra in (0, 2):
        order = factories.in_progress(crew)
        for _n in range(extra):
            order.labour_lines.create(
                operation=factories.operation(), description="加项", hours=1, rate_fen=100, amount_fen=100
            )
            care.ask_to_move(order, words="行李", by=crew.technician, at=TUESDAY_NINE)
        as_(tuesday, crew.technician)
        with django_assert_num_queries(26):
            page = tuesday.get(address("job", order))
        counts.append(len(re.findall('class="job-line', text(page))))
    assert counts == [1, 3]


def test_an_alert_is_seen_with_a_tap(tuesday, crew):
    order = factories.in_progress(crew)
    line = order.labour_lines.get()
    care.look_for_fault(line, seen=False, words="试了", by=crew.technician, at=TUESDAY_NINE)
    alert = order.alerts.get()
    assert tuesday.post(url("see", alert.pk))["Location"] == address("order", order)
    alert.refresh_from_db()
    assert alert.seen_by == crew.service_advisor


def test_another_stores_people_reach_nothing_of_it(tuesday, crew):
    order = factories.in_progress(crew)
    clock, given, handover = Clock.objects.get(), order.assignments.get(), order.handovers.last()
    there = factories.Crew(factories.store())
    for role, name, *args in [
        ("technician", "job", order.pk), ("technician", "clock_off", clock.pk), ("technician", "accept", given.pk),
        ("foreman", "take", handover.pk), ("foreman", "replan", given.pk), ("team_leader", "put_right", clock.pk),
        ("foreman", "withdraw", handover.pk), ("foreman", "split", order.pk),
    ]:  # fmt: skip
        as_(tuesday, getattr(there, role))
        answer = tuesday.get(url(name, *args)) if name == "job" else tuesday.post(url(name, *args))
        assert answer.status_code == 404, name
