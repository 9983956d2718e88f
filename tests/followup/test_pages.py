"""The caller's pages: what is due, what to say, what came of it; who may not sees why."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from dealership.staff.roles import Role
from followup import operations
from followup.models import Code
from followup.states import State
from tests.followup import house
from tests.followup.house import RELEASED, china

pytestmark = pytest.mark.django_db
WEDNESDAY = china(3, 4, 17)
REACHED = {"outcome": "reached", "satisfied": "yes", "score": "5", "opinion": "很好", "note": ""}


@pytest.fixture(autouse=True)
def _on_wednesday(time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)


@pytest.fixture
def due(visit):
    operations.sweep(RELEASED)
    operations.sweep(WEDNESDAY)
    return house.task(visit)


def page_of(task, name="task"):
    return reverse(f"followup:{name}", args=[task.pk])


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("visits", [1, 3])
def test_the_worklist_asks_the_same_questions_for_one_row_and_for_three(
    visits, store, advisor, clerk, client, django_assert_num_queries
):
    for _number in range(visits):
        house.visit(store, advisor)
    operations.sweep(RELEASED)
    operations.sweep(WEDNESDAY)
    client.force_login(clerk)
    client.get(reverse("followup:worklist"))
    with django_assert_num_queries(10):
        response = client.get(reverse("followup:worklist"))
    assert len(response.context["rows"]) == visits


def test_the_worklist_shows_car_customer_number_hours_and_words(visit, clerk, client):
    house.settlement(visit, time(19), time(20))
    operations.sweep(RELEASED)
    operations.sweep(WEDNESDAY)
    client.force_login(clerk)
    shown = text(client.get(reverse("followup:worklist")))
    for part in [
        visit.vehicle.plate_shown,
        "王先生",
        f"tel:{visit.customer.phone.number}",
        "19:00–20:00",
        "03-05 19:00",
    ]:
        assert part in shown


def test_the_overdue_come_first(store, advisor, clerk, client):
    fresh = house.visit(store, advisor)
    late = house.visit(store, advisor, released_at=RELEASED - timedelta(days=5))
    for at in (RELEASED, WEDNESDAY):
        operations.sweep(at)
    client.force_login(clerk)
    rows = client.get(reverse("followup:worklist")).context["rows"]
    assert [(row["task"].visit, row["overdue"]) for row in rows if row["task"].rule.code == Code.CALL] == [
        (late, True),
        (fresh, False),
    ]


def test_the_list_holds_only_the_own_store(due, client):
    client.force_login(house.clerk(house.store("YY")))
    assert client.get(reverse("followup:worklist")).context["rows"] == []
    assert client.get(page_of(due)).status_code == 404


def test_who_has_nothing_to_do_with_it_is_sent_away(due, store, client):
    client.force_login(house.person(store, Role.CASHIER))
    for url in [reverse("followup:worklist"), page_of(due)]:
        assert client.get(url).status_code == 403
    for name in ["take", "letter", "reassign"]:
        assert client.post(page_of(due, name)).status_code == 403


@pytest.mark.clause("3.6.2.2", "3.6.2.5")
def test_a_clerk_asks_generally_with_name_day_and_work(due, clerk, client):
    client.force_login(clerk)
    script = client.get(page_of(due)).context["script"]
    assert "王先生" in script.opening
    assert "2026" in script.opening
    assert len(script.questions) == 3
    assert sum("更换水泵" in question for question in script.questions) == 1


@pytest.mark.clause("3.6.2.1")
def test_a_technician_asks_part_by_part(store, advisor, client):
    visit = house.visit(store, advisor, work=["更换水泵", "更换皮带"])
    operations.sweep(RELEASED)
    operations.sweep(WEDNESDAY)
    client.force_login(house.person(store, Role.TECHNICIAN, technical=True))
    questions = client.get(page_of(house.task(visit))).context["script"].questions
    assert len(questions) == 4
    assert [question.startswith(("更换水泵", "更换皮带")) for question in questions] == [False, True, True, False]


@pytest.mark.clause("1.2.5.2")
def test_the_care_call_asks_about_driving_and_the_next_service(due, clerk, client):
    client.force_login(clerk)
    script = client.get(page_of(house.task(due.visit, Code.CARE))).context["script"]
    assert len(script.questions) == 3
    assert not any("更换水泵" in question for question in script.questions)


def test_a_call_is_recorded_on_the_page(due, clerk, client):
    client.force_login(clerk)
    response = client.post(page_of(due), REACHED, follow=True)
    assert response.redirect_chain == [(reverse("followup:worklist"), 302)]
    due.refresh_from_db()
    assert (due.state, due.satisfied, due.score, due.opinion, due.done_by) == (State.DONE, True, 5, "很好", clerk)
    assert "很好" in text(client.get(page_of(due)))


@pytest.mark.clause("3.6.1.2")
def test_an_answer_without_satisfaction_comes_back_with_what_was_typed(due, clerk, client):
    client.force_login(clerk)
    response = client.post(page_of(due), REACHED | {"satisfied": "", "score": "", "note": "客户在开车"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"satisfied", "score"}
    assert "客户在开车" in text(response)
    assert "很好" in text(response)
    due.refresh_from_db()
    assert due.state == State.DUE


def test_a_call_in_vain_needs_no_answer_and_shows_among_the_attempts(due, clerk, client):
    client.force_login(clerk)
    response = client.post(page_of(due), {"outcome": "no_answer", "note": "占线"}, follow=True)
    assert due in [row["task"] for row in response.context["rows"]]
    assert "占线" in text(client.get(page_of(due)))


def test_a_call_somebody_else_took_meanwhile_keeps_what_was_typed(due, store, clerk, client):
    client.force_login(clerk)
    other = house.clerk(store, name="孙信息")
    operations.take(due, by=other, at=WEDNESDAY)
    response = client.post(page_of(due), REACHED)
    assert response.status_code == 409
    assert "孙信息" in text(response)
    assert "很好" in text(response)


@pytest.mark.clause("3.6.1.3")
def test_who_served_sees_why_not_and_is_refused(due, store, client):
    served = house.person(store, Role.INFORMATION_CLERK, name="周帮手")
    house.order_step(due.visit, "handed_over", served)
    client.force_login(served)
    assert due not in [row["task"] for row in client.get(reverse("followup:worklist")).context["rows"]]
    shown = client.get(page_of(due))
    assert shown.context["form"] is None
    assert "周帮手" in shown.context["obstacles"][0]
    assert client.post(page_of(due), REACHED).status_code == 409
    assert client.post(page_of(due, "take")).status_code == 409
    due.refresh_from_db()
    assert (due.state, due.assigned_to) == (State.DUE, None)


def test_taking_puts_the_name_on_the_task(due, clerk, client):
    client.force_login(clerk)
    assert client.get(page_of(due)).context["may_take"]
    response = client.post(page_of(due, "take"), follow=True)
    assert response.status_code == 200
    assert not response.context["may_take"]
    due.refresh_from_db()
    assert due.assigned_to == clerk


def test_a_letter_is_noted(store, advisor, clerk, client):
    visit = house.visit(store, advisor, customer=house.customer(email="", address_home="文化路 1 号"))
    operations.sweep(RELEASED)
    task = house.task(visit, Code.THANKS)
    client.force_login(clerk)
    shown = text(client.get(page_of(task)))
    assert "文化路 1 号" in shown
    assert page_of(task, "letter") in shown
    assert client.post(page_of(task, "letter"), {"note": "x" * 301}).status_code == 422
    client.post(page_of(task, "letter"), {"note": "平信"})
    task.refresh_from_db()
    assert task.state == State.DONE


@pytest.mark.clause("3.6.1.3")
def test_a_manager_can_choose_only_who_may_call(due, store, clerk, manager, client):
    served = house.clerk(store)
    house.order_step(due.visit, "settled", served)
    client.force_login(manager)
    offered = client.get(page_of(due)).context["reassign_form"].fields["to"].queryset
    assert list(offered) == [clerk]
    assert client.post(page_of(due, "reassign"), {"to": served.pk}).status_code == 409
    assert client.post(page_of(due, "reassign"), {"to": clerk.pk}).status_code == 302
    due.refresh_from_db()
    assert due.assigned_to == clerk


def test_a_manager_sees_what_others_have_to_do(due, manager, client):
    client.force_login(manager)
    rows = client.get(reverse("followup:worklist")).context["rows"]
    assert [(row["task"], row["theirs"]) for row in rows if row["task"] == due] == [(due, False)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", ["planned", "due", "message", "done"])
def test_every_state_of_a_task_has_its_page(due, clerk, client, state, language):
    clerk.language = language
    clerk.save()
    tasks = {"message": Code.THANKS, "planned": Code.CARE}
    if state == "done":
        operations.record_call(due, outcome="reached", satisfied=True, score=5, by=clerk, at=WEDNESDAY)
    task = house.task(due.visit, tasks.get(state, Code.CALL))
    client.force_login(clerk)
    response = client.get(page_of(task))
    assert response.status_code == 200
    assert bool(response.context["form"]) is (state == "due")
