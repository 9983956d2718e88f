"""The question on the first page, on the order's page and on its own; who may answer it."""

from datetime import UTC

import pytest
from django.urls import reverse
from django.utils import translation

from dealership.staff.roles import Role
from tests import factories
from tests.workorders.plans import clock, plan, planned, said, wrong
from tests.workorders.sheets import address, text
from workorders.models import ProgressQuestion
from workorders.operations import progress, work

TODAY = reverse("overview:today")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


ANSWERS = {
    Role.SERVICE_ADVISOR, Role.FOREMAN, Role.TEAM_LEADER, Role.TECHNICIAN, Role.AFTER_SALES_MANAGER,
}  # fmt: skip


@pytest.fixture
def order(crew):
    """Planned from nine to twelve: to be asked from 11:06 to 11:24."""
    made = planned(crew, "09:00", "12:00", promised_at=clock("16:30"))
    progress.replan(made, at=clock("09:00"))
    return made


@pytest.fixture
def at(tuesday, time_machine):
    def move(moment):
        time_machine.move_to(clock(moment).astimezone(UTC), tick=False)
        return tuesday

    return move


def typed(crew, **values):
    return {"asked_of": crew.technician.pk, "finish_at": "2026-11-24T12:00", "abnormal": "no"} | values


@pytest.mark.clause("2.4.5.2")
def test_the_advisor_is_asked_in_time_and_red_after_it(at, crew, order):
    assert "Ask how far the work is" not in text(at("11:05").get(TODAY))
    for moment, colour in [("11:06", "amber"), ("11:25", "red")]:
        page = at(moment).get(TODAY)
        section = next(s for s in page.context["sections"] if s.title == "Ask how far the work is")
        assert [(row.url, row.urgency) for row in section.rows] == [(address("progress", order), colour)]
        card = text(page.client.get(address("order", order)))
        assert f'class="promise {colour}">11:06–11:24' in card


def test_another_advisors_cars_are_his(at, crew, order):
    colleague = factories.person(Role.SERVICE_ADVISOR, crew.store)
    client = at("11:10")
    client.force_login(colleague)
    assert "Ask how far the work is" not in text(client.get(TODAY))


@pytest.mark.clause("2.4.5.3")
def test_the_answer_is_noted_and_stands_on_the_order(at, crew, order):
    client = at("11:10")
    page = client.get(address("progress", order))
    assert f'<option value="{crew.team_leader.pk}" selected>' in text(page)
    assert 'value="2026-11-24T12:00"' in text(page)
    answer = client.post(address("answer_progress", order), typed(crew), follow=True)
    assert "The answer is noted." in text(answer)
    assert f"{crew.technician.full_name}: finish expected" in text(answer)
    assert f"noted by</span> {crew.service_advisor.full_name}" in text(answer).replace("noted by ", "noted by</span> ")
    assert "Note how far the work is" not in text(answer)


def test_on_the_tablet_the_technician_answers_for_himself(at, crew):
    order = factories.in_progress(crew)
    plan(order, crew, clock("09:00"), clock("12:00"))
    progress.replan(order, at=clock("09:00"))
    client = at("10:00")
    client.force_login(crew.technician)
    assert f'<option value="{crew.technician.pk}" selected>' in text(client.get(address("progress", order)))
    client.post(address("answer_progress", order), typed(crew))
    kept = ProgressQuestion.objects.get()
    assert kept.answered_by == kept.asked_of == crew.technician


@pytest.mark.clause("2.4.5.4")
def test_what_is_wrong_without_measure_comes_back_with_what_was_typed(at, crew, order):
    answer = at("11:10").post(address("answer_progress", order), typed(crew, abnormal="yes", words="螺栓断"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"measure", "measure_by"}
    assert 'value="螺栓断"' in text(answer)
    assert ProgressQuestion.objects.get().answered_at is None


@pytest.mark.parametrize(("values", "field"), [
    ({"finish_at": "2026-11-24T11:09"}, "finish_at"),
    ({"finish_at": ""}, "finish_at"),
    ({"abnormal": ""}, "abnormal"),
    ({"asked_of": ""}, "asked_of"),
    ({"abnormal": "yes", "words": "", "measure": "x"}, "words"),
])  # fmt: skip
def test_a_gap_is_named_beside_its_field(at, crew, order, values, field):
    answer = at("11:10").post(address("answer_progress", order), typed(crew, **values))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


@pytest.mark.clause("2.4.5.4")
def test_a_finish_after_the_promise_says_to_reach_the_customer(at, crew, order):
    client = at("11:10")
    answer = client.post(address("answer_progress", order), typed(crew, finish_at="2026-11-24T17:00"), follow=True)
    assert "reach the customer before another time is promised" in text(answer)
    assert "The finish is after the promise." in text(answer)
    assert "the workshop expects 17:00" in text(client.get(reverse("workorders:risks")))


def test_what_is_wrong_stands_on_the_order(at, crew, order):
    progress.answer(order, **wrong(crew, at=clock("11:10")))
    page = text(at("11:15").get(address("order", order)))
    assert "缸盖螺栓断" in page
    assert f"调第二名技师一起做 · {crew.foreman.full_name}" in page


def test_who_comes_second_is_told_who_was_first(at, crew, order):
    progress.answer(order, **said(crew, at=clock("11:09")))
    client = at("11:10")
    answer = client.post(address("answer_progress", order), typed(crew))
    assert answer.status_code == 409
    assert f"{crew.service_advisor.full_name} noted the answer at 11:09 already" in text(answer)
    assert client.get(address("progress", order)).status_code == 409


@pytest.mark.parametrize("role", Role)
def test_who_may_answer(at, crew, order, role):
    client = at("11:10")
    client.force_login(getattr(crew, role.value))
    expected = 200 if role in ANSWERS else 403
    assert client.get(address("progress", order)).status_code == expected


def test_another_stores_question_is_not_found(at, crew):
    theirs = planned(factories.Crew(factories.store("分店")), "09:00", "12:00")
    client = at("11:10")
    assert client.get(address("progress", theirs)).status_code == 404
    assert client.post(address("answer_progress", theirs), typed(crew)).status_code == 404


def test_nothing_is_asked_once_the_car_is_checked(at, crew):
    order = factories.in_progress(crew)
    progress.replan(order, at=clock("09:30"))
    work.finish(order, by=crew.technician, at=clock("10:00"))
    progress.sweep(clock("10:01"))
    client = at("10:05")
    assert "not with a team" in text(client.get(address("progress", order)))
    assert "Ask the workshop" not in text(client.get(address("order", order)))


def test_the_form_takes_as_many_queries_for_one_as_for_three_people(at, crew, order, django_assert_num_queries):
    client = at("11:10")
    client.get(address("progress", order))
    counts = []
    for _number in range(2):
        with django_assert_num_queries(12):
            counts.append(text(client.get(address("progress", order))).count("<option"))
        for _other in range(2):
            factories.person(Role.TECHNICIAN, crew.store)
    assert counts[1] == counts[0] + 4
