"""Key and papers from hand to hand: one answer to where the key is, each handover confirmed by the other side."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dealership.staff.models import Team
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import About, Handover, Leg
from workorders.operations import custody, dispatch, ready, work

pytestmark = pytest.mark.usefixtures("english")
LATER = TUESDAY_NINE + timedelta(minutes=4)


def where(order):
    held = queries.custody(order)
    return held.holder, held.leg, held.on_the_way.leg if held.on_the_way else None


@pytest.fixture
def order(crew):
    return factories.signed(crew, handed=False)


@pytest.mark.clause("2.4.1.2")
def test_the_key_is_the_advisors_until_the_foreman_confirms_that_he_has_it(crew, order):
    assert where(order) == (crew.service_advisor, None, None)
    given = custody.give(order, Leg.TO_WORKSHOP, by=crew.service_advisor, at=TUESDAY_NINE)
    assert where(order) == (crew.service_advisor, None, "to_workshop")
    with pytest.raises(NotAllowed, match="not been taken over by the workshop"):
        dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=LATER)
    custody.take(given, by=crew.foreman, at=LATER)
    assert where(order) == (crew.foreman, "to_workshop", None)
    assert queries.custody(order).since == LATER
    dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=LATER)


@pytest.mark.clause("C26")
def test_the_chain_runs_from_advisor_to_foreman_to_team_and_back(crew, order):
    factories.hand_to_workshop(order, crew)
    given = dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    assert where(order) == (crew.foreman, "to_workshop", "to_team")
    dispatch.accept(given, by=crew.team_leader, at=LATER)
    assert where(order) == (crew.team_leader, "to_team", None)
    factories.clock_on(order, crew.technician, at=LATER)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=LATER)
    order.refresh_from_db()
    work.finish(order, by=crew.technician, at=LATER)
    assert where(order) == (crew.team_leader, "to_team", "from_team")
    custody.take(order.handovers.last(), by=crew.foreman, at=LATER)
    assert where(order) == (crew.foreman, "from_team", None)
    with pytest.raises(NotAllowed, match="Key and papers are with"):
        custody.give(order, Leg.TO_RECEPTION, parked_at="B区2号", by=crew.foreman, at=LATER)
    factories.inspect(order, crew, at=LATER)
    back = custody.give(order, Leg.TO_RECEPTION, parked_at="B区2号", by=crew.foreman, at=LATER)
    custody.take(back, by=crew.service_advisor, at=LATER)
    assert where(order) == (crew.service_advisor, "to_reception", None)
    order.refresh_from_db()
    assert order.parked_at == "B区2号"


@pytest.mark.clause("F12")
@pytest.mark.clause("2.4.1.1")
@pytest.mark.clause("2.4.1.4")
@pytest.mark.clause("2.4.1.5")
def test_place_promise_and_notes_go_with_the_key(crew, order):
    given = custody.give(
        order,
        Leg.TO_WORKSHOP,
        parked_at=" 待修区3号 ",
        notes="车主对气味敏感",
        by=crew.service_advisor,
        at=TUESDAY_NINE,
    )
    custody.take(given, by=crew.foreman, at=LATER)
    order.refresh_from_db()
    kept = order.handovers.get()
    assert (kept.parked_at, order.parked_at, kept.notes) == ("待修区3号", "待修区3号", "车主对气味敏感")
    assert kept.promised_at == order.promised_at
    assert (kept.given_at, kept.taken_at, kept.taken_by) == (TUESDAY_NINE, LATER, crew.foreman)
    assert (kept.key, kept.order_paper, kept.reception_form) == (True, True, True)


def test_a_key_the_customer_kept_does_not_travel(crew, order):
    type(order.visit).objects.filter(pk=order.visit_id).update(key_received=False)
    order.visit.refresh_from_db()
    assert custody.give(order, Leg.TO_WORKSHOP, by=crew.service_advisor, at=TUESDAY_NINE).key is False


def test_nobody_hands_over_before_the_customer_has_his_copies(crew):
    order = factories.signed(crew, copies=False)
    with pytest.raises(NotAllowed, match="Key and papers are with"):
        custody.give(order, Leg.TO_WORKSHOP, by=crew.service_advisor, at=TUESDAY_NINE)


def test_what_is_on_the_way_is_not_given_twice_and_can_be_taken_back(crew, order):
    given = custody.give(order, Leg.TO_WORKSHOP, by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="wait to be taken over"):
        custody.give(order, Leg.TO_WORKSHOP, by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="Only who gave it"):
        custody.withdraw(given, by=crew.foreman, at=LATER)
    custody.withdraw(given, by=crew.service_advisor, at=LATER)
    assert where(order) == (crew.service_advisor, None, None)
    with pytest.raises(NotAllowed, match="another way"):
        custody.take(given, by=crew.foreman, at=LATER)
    factories.hand_to_workshop(order, crew, LATER)


@pytest.mark.parametrize("role", ["service_advisor", "team_leader", "technician", "dispatcher", "parts"])
def test_only_the_workshops_head_takes_the_car_from_the_reception(crew, order, role):
    given = custody.give(order, Leg.TO_WORKSHOP, by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        custody.take(given, by=getattr(crew, role), at=LATER)
    assert where(order)[0] == crew.service_advisor


def test_who_gives_the_key_does_not_confirm_it_himself(crew, order):
    both = crew.after_sales_manager
    given = custody.give(order, Leg.TO_WORKSHOP, by=both, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="somebody else confirms"):
        custody.take(given, by=both, at=LATER)


@pytest.mark.parametrize("role", ["foreman", "technician", "cashier"])
def test_only_the_desk_hands_cars_to_the_workshop(crew, order, role):
    with pytest.raises(NotAllowed):
        custody.give(order, Leg.TO_WORKSHOP, by=getattr(crew, role), at=TUESDAY_NINE)


def test_nobody_takes_the_key_away_from_a_team_at_work(crew):
    order = factories.in_progress(crew)
    for leg, role in [
        (Leg.FROM_TEAM, "technician"),
        (Leg.TO_RECEPTION, "foreman"),
        (Leg.TO_WORKSHOP, "service_advisor"),
    ]:
        with pytest.raises(NotAllowed, match="Key and papers are with"):
            custody.give(order, leg, by=getattr(crew, role), at=LATER)


def test_the_foreman_says_where_the_car_stands_when_it_goes_back(crew, order):
    factories.hand_to_workshop(order, crew)
    with pytest.raises(NotAllowed, match="Say where the car stands"):
        custody.give(order, Leg.TO_RECEPTION, by=crew.foreman, at=LATER)


@pytest.mark.clause("2.4.1.3")
def test_a_difference_the_foreman_finds_is_before_the_advisor_at_once(crew, order):
    given = custody.give(order, Leg.TO_WORKSHOP, by=crew.service_advisor, at=TUESDAY_NINE)
    custody.take(given, difference="右后门有凹陷，登记表没有", by=crew.foreman, at=LATER)
    alert = queries.unseen(crew.store, crew.service_advisor).get()
    assert (alert.about, alert.words, alert.by) == (About.DIFFERENCE, "右后门有凹陷，登记表没有", crew.foreman)
    assert not queries.unseen(crew.store, crew.foreman).exists()


@pytest.mark.clause("2.4.3.1")
def test_a_difference_the_team_finds_stops_the_work_until_the_advisor_has_answered(crew):
    order = factories.dispatched(crew, accepted=False)
    given = order.assignments.get()
    with pytest.raises(NotAllowed, match="takes the car over first"):
        factories.clock_on(order, crew.technician)
    dispatch.accept(given, difference="备胎不在", by=crew.team_leader, at=LATER)
    with pytest.raises(NotAllowed, match="备胎不在"):
        factories.clock_on(order, crew.technician)
    difference = order.differences.get()
    with pytest.raises(NotAllowed):
        custody.answer_difference(difference, answer="无关", by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="Write down what you found out"):
        custody.answer_difference(difference, answer=" ", by=crew.service_advisor, at=LATER)
    custody.answer_difference(difference, answer="车主确认备胎在家", by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="answered this already"):
        custody.answer_difference(difference, answer="又答", by=crew.service_advisor, at=LATER)
    assert factories.clock_on(order, crew.technician, at=LATER)
    assert not queries.unseen(crew.store, crew.service_advisor).exists()


def test_a_second_order_of_the_visit_needs_no_second_key(crew):
    first = factories.dispatched(crew)
    second = type(first).objects.get(pk=first.pk)
    second.pk, second.number = None, f"{first.number}-2"
    second.authorisation_id, second.state, second.team = None, "draft", None
    second.save()
    assert queries.custody(second).holder == crew.team_leader
    assert queries.obstacles_to_dispatch(second) == []


def test_every_handover_stays_as_it_was(crew):
    order = factories.finished(crew)
    legs = [(one.leg, bool(one.taken_at)) for one in Handover.objects.filter(order=order)]
    assert legs == [("to_workshop", True), ("to_team", True), ("from_team", False)]


@pytest.mark.clause("2.4.1.2")
def test_only_the_team_that_took_the_car_over_takes_its_key(crew):
    order = factories.dispatched(crew, accepted=False)
    sent, stranger = order.handovers.last(), factories.person(Role.TECHNICIAN, crew.store)
    Team.objects.create(store=crew.store, name="二班", leader=stranger)
    for person in (stranger, crew.team_leader):
        with pytest.raises(NotAllowed, match="the team that has taken the car over"):
            custody.take(sent, by=person, at=LATER)
    assert where(order) == (crew.foreman, "to_workshop", "to_team")
    dispatch.accept(order.assignments.get(), by=crew.team_leader, at=LATER)
    assert where(order) == (crew.team_leader, "to_team", None)


@pytest.fixture
def sent_back(crew):
    order = factories.finished(crew)
    custody.take(order.handovers.last(), by=crew.foreman, at=LATER)
    factories.inspect(order, crew, "异响仍在", at=LATER)
    return order


@pytest.mark.clause("C26")
def test_after_a_failed_check_the_key_goes_back_to_the_team_by_hand(crew, sent_back):
    assert queries.may_give(crew.foreman, sent_back, queries.custody(sent_back)) == Leg.TO_TEAM
    sent = custody.give(sent_back, Leg.TO_TEAM, by=crew.foreman, at=LATER)
    stranger = factories.person(Role.TEAM_LEADER, crew.store)
    with pytest.raises(NotAllowed, match="the team that has taken the car over"):
        custody.take(sent, by=stranger, at=LATER)
    custody.take(sent, by=crew.technician, at=LATER)
    assert where(sent_back) == (crew.technician, "to_team", None)


@pytest.mark.clause("C26")
def test_a_key_the_desk_took_before_its_look_failed_goes_back_over_the_foreman(crew):
    order = factories.washed(crew)
    ready.send_to_workshop(order, words="异响仍在", by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="Key and papers are with"):
        custody.give(order, Leg.TO_TEAM, by=crew.foreman, at=LATER)
    custody.take(custody.give(order, Leg.TO_WORKSHOP, by=crew.service_advisor, at=LATER), by=crew.foreman, at=LATER)
    custody.give(order, Leg.TO_TEAM, by=crew.foreman, at=LATER)
    assert where(order) == (crew.foreman, "to_workshop", "to_team")


def test_the_key_goes_back_to_the_team_on_the_page(client, crew, sent_back):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = reverse("workorders:order", args=[sent_back.pk])
    client.force_login(crew.foreman)
    assert "Give key and papers to the team" in client.get(page).content.decode()
    client.post(reverse("workorders:give", args=[sent_back.pk]), {})
    assert where(sent_back) == (crew.foreman, "from_team", "to_team")
    assert "Take key and papers back" in client.get(page).content.decode()
    client.force_login(crew.technician)
    job = reverse("workorders:job", args=[sent_back.pk])
    assert "Key and papers are here" in client.get(job).content.decode()
    client.post(reverse("workorders:take", args=[sent_back.handovers.last().pk]), {})
    assert where(sent_back) == (crew.technician, "to_team", None)


@pytest.mark.clause("2.5.1")
def test_a_failed_check_is_before_the_advisor_at_once(crew, sent_back):
    alert = queries.unseen(crew.store, crew.service_advisor).get()
    assert (alert.about, alert.by) == (About.REWORK, crew.quality_inspector)
    assert "异响仍在" in alert.words
