"""Which car is next, who gets it, when and in which bay; plans that move and promises they break."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Absence, DispatchMode, Team
from dealership.workflow import NotAllowed
from dealership.workshop.models import Bay, BayReservation
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import About, Priority
from workorders.operations import custody, dispatch, work, writeup

pytestmark = pytest.mark.usefixtures("english")
HOUR = timedelta(hours=1)


@pytest.fixture
def bay(crew):
    return Bay.objects.create(store=crew.store, name="1号工位")


def give(order, crew, team=None, bay=None, reason="试", by=None, **details):
    return dispatch.dispatch(
        order, team=team or crew.team(), bay=bay, by=by or crew.foreman, at=TUESDAY_NINE, reason=reason, **details
    )


@pytest.mark.clause("C14")
@pytest.mark.clause("2.4.2.1")
def test_the_line_is_the_foremans_priority_then_the_promise_then_the_arrival(crew):
    late = factories.signed(crew, promised_at=TUESDAY_NINE + 9 * HOUR)
    soon = factories.signed(crew, promised_at=TUESDAY_NINE + 5 * HOUR)
    earlier = factories.signed(crew, at=TUESDAY_NINE - HOUR, promised_at=TUESDAY_NINE + 9 * HOUR)
    assert list(queries.in_line(crew.store)) == [soon, earlier, late]
    dispatch.set_priority(late, priority=Priority.URGENT, by=crew.foreman, at=TUESDAY_NINE)
    dispatch.set_priority(soon, priority=Priority.LATER, by=crew.foreman, at=TUESDAY_NINE)
    assert list(queries.in_line(crew.store)) == [late, earlier, soon]
    assert (late.priority_by, late.priority_at) == (crew.foreman, TUESDAY_NINE)


@pytest.mark.clause("2.4.2.1")
@pytest.mark.parametrize("role", ["service_advisor", "dispatcher", "team_leader", "technician", "after_sales_manager"])
def test_only_the_foreman_sets_the_priority(crew, role):
    order = factories.signed(crew)
    with pytest.raises(NotAllowed):
        dispatch.set_priority(order, priority=Priority.URGENT, by=getattr(crew, role), at=TUESDAY_NINE)
    order.refresh_from_db()
    assert order.priority == Priority.NORMAL


def test_a_finished_car_has_no_priority_any_more_and_an_unknown_one_is_none(crew):
    with pytest.raises(NotAllowed, match="finished"):
        dispatch.set_priority(factories.finished(crew), priority=1, by=crew.foreman, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="one of the priorities"):
        dispatch.set_priority(factories.signed(crew), priority=9, by=crew.foreman, at=TUESDAY_NINE)


@pytest.mark.clause("2.3.6")
def test_a_car_that_is_not_in_the_workshops_hands_keeps_nobody_waiting(crew):
    factories.signed(crew, promised_at=TUESDAY_NINE + 5 * HOUR, handed=False)
    order = factories.signed(crew, promised_at=TUESDAY_NINE + 9 * HOUR)
    assert give(order, crew, reason="").reason == ""


@pytest.mark.clause("2.4.2.2")
def test_teams_are_offered_by_skill_presence_and_load(crew):
    order = factories.signed(crew)
    type(order.labour_lines.get().operation).objects.update(skill="电气")
    busy, free, away, without = (crew.team(name) for name in ["忙班", "闲班", "缺班", "机班"])
    Team.objects.filter(pk__in=[busy.pk, free.pk, away.pk]).update(skills="机修 电气")
    Team.objects.filter(pk=without.pk).update(skills="机修")
    absent = factories.person(crew.technician.roles[0], crew.store)
    away.members.set([absent])
    Absence.objects.create(user=absent, first_on=TUESDAY_NINE.date(), last_on=TUESDAY_NINE.date())
    give(factories.signed(crew, hours="3.00"), crew, team=busy)
    whole = queries.whole(type(order).objects.filter(pk=order.pk)).get()
    offers = queries.teams_offered(whole, TUESDAY_NINE)
    assert [offer.team for offer in offers] == [free, busy, away, without]
    assert [offer.lacks for offer in offers] == [(), (), (), ("电气",)]
    assert [(offer.present, offer.members) for offer in offers] == [(1, 1), (1, 1), (0, 1), (1, 1)]
    assert [offer.hours for offer in offers] == [0, Decimal("3.00"), 0, 0]


@pytest.mark.clause("2.3.5")
def test_the_plan_runs_from_now_through_the_hours_of_the_work_over_breaks(crew):
    given = give(factories.signed(crew, hours="4.00"), crew)  # 9 to 12, 13 to 17
    assert (given.starts_at, given.ends_at) == (TUESDAY_NINE, TUESDAY_NINE + 5 * HOUR)


def test_work_can_be_given_for_another_day(crew):
    tomorrow = TUESDAY_NINE + timedelta(days=1)
    given = give(factories.signed(crew), crew, starts_at=tomorrow)
    assert (given.starts_at, given.ends_at) == (tomorrow, tomorrow + HOUR)


def test_a_bay_is_kept_for_one_car_at_a_time_and_free_again_when_the_work_ends(crew, bay):
    first, second = factories.signed(crew, hours="2.00"), factories.signed(crew)
    given = give(first, crew, bay=bay)
    assert (given.reservation.bay, given.reservation.ends_at) == (bay, TUESDAY_NINE + 2 * HOUR)
    with pytest.raises(NotAllowed, match="is kept for another car"):
        give(second, crew, bay=bay)
    second.refresh_from_db()
    assert (second.state, second.bay, second.assignments.count()) == ("signed", None, 0)
    dispatch.recall(first, by=crew.foreman, at=TUESDAY_NINE)
    assert not BayReservation.objects.exists()
    give(second, crew, bay=bay)


def test_the_bay_of_the_appointment_is_given_up_for_the_one_the_foreman_chooses(crew, bay):
    made = factories.appointment(crew)
    assert made.reservation.bay == bay
    order = factories.signed(crew)
    type(order.visit).objects.filter(pk=order.visit_id).update(appointment=made)
    order = type(order).objects.get(pk=order.pk)
    given = give(order, crew, bay=bay)
    assert list(BayReservation.objects.all()) == [given.reservation]


@pytest.mark.clause("3.3.1.2")
@pytest.mark.clause("C15")
def test_in_team_mode_the_advisor_gives_work_to_his_own_team_only(crew):
    own, other, foreign = crew.team("自带班"), crew.team("普通班"), crew.team("别人班")
    colleague = factories.person(crew.service_advisor.roles[0], crew.store)
    Team.objects.filter(pk=own.pk).update(dispatch_mode=DispatchMode.TEAM, advisor=crew.service_advisor)
    Team.objects.filter(pk=foreign.pk).update(dispatch_mode=DispatchMode.TEAM, advisor=colleague)
    for team in (own, other, foreign):
        team.refresh_from_db()
    order = factories.signed(crew, handed=False)
    for team in (other, foreign):
        with pytest.raises(NotAllowed, match="Foreman or dispatcher"):
            give(order, crew, team=team, by=crew.service_advisor)
    given = give(order, crew, team=own, by=crew.service_advisor)
    assert order.state == "dispatched"
    dispatch.accept(given, by=crew.team_leader, at=TUESDAY_NINE)
    assert queries.custody(order).holder == crew.team_leader


@pytest.mark.clause("3.3.1.2")
def test_in_team_mode_the_line_is_the_advisors_own(crew):
    own = crew.team("自带班")
    Team.objects.filter(pk=own.pk).update(dispatch_mode=DispatchMode.TEAM, advisor=crew.service_advisor)
    own.refresh_from_db()
    first = factories.signed(crew, promised_at=TUESDAY_NINE + 5 * HOUR, handed=False)
    second = factories.signed(crew, promised_at=TUESDAY_NINE + 9 * HOUR, handed=False)
    with pytest.raises(NotAllowed, match=first.visit.vehicle.plate_shown):
        give(second, crew, team=own, by=crew.service_advisor, reason="")


@pytest.mark.clause("3.3.1.1")
def test_in_traditional_mode_foreman_and_dispatcher_give_the_work(crew):
    with pytest.raises(NotAllowed, match="Foreman or dispatcher"):
        give(factories.signed(crew), crew, by=crew.service_advisor)
    assert give(factories.signed(crew), crew, by=crew.dispatcher)


@pytest.mark.clause("2.4.3.1")
def test_only_the_team_takes_its_car_over_and_once(crew):
    given = give(factories.signed(crew), crew)
    stranger = factories.person(crew.team_leader.roles[0], crew.store)
    with pytest.raises(NotAllowed, match="was given to"):
        dispatch.accept(given, by=stranger, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        dispatch.accept(given, by=crew.foreman, at=TUESDAY_NINE)
    dispatch.accept(given, by=crew.technician, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="taken over already"):
        dispatch.accept(given, by=crew.team_leader, at=TUESDAY_NINE)


@pytest.fixture
def two_lines(crew):
    """An order of two pieces of work of two hours, with a team."""
    order = factories.signed_with(crew, "喷漆", hours="2.00")
    give(order, crew)
    return order


def test_a_job_is_split_over_teams_and_days(crew, two_lines):
    lead = two_lines.assignments.get()
    assert lead.ends_at == TUESDAY_NINE + 5 * HOUR
    painting = two_lines.labour_lines.get(description="喷漆")
    tomorrow = TUESDAY_NINE + timedelta(days=1)
    given = dispatch.split(
        two_lines, [painting], team=crew.team("钣喷班"), bay=None, starts_at=tomorrow, by=crew.foreman, at=TUESDAY_NINE
    )
    lead.refresh_from_db()
    assert (lead.ends_at, given.starts_at, given.ends_at) == (TUESDAY_NINE + 2 * HOUR, tomorrow, tomorrow + 2 * HOUR)
    assert queries.lines_of(given) == [painting]
    assert painting not in queries.lines_of(lead)
    assert queries.current(two_lines) == [lead, given]
    painting.refresh_from_db()
    with pytest.raises(NotAllowed, match="takes the car over first"):
        work.clock_on(painting, technician=crew.technician, rules_read=True, by=crew.technician, at=TUESDAY_NINE)


def test_the_leading_team_keeps_work_and_done_work_stays(crew, two_lines):
    everything = list(two_lines.labour_lines.all())
    split = {"team": crew.team("二班"), "bay": None, "starts_at": TUESDAY_NINE, "by": crew.foreman, "at": TUESDAY_NINE}
    for chosen, sentence in [(everything, "At least one piece"), ([], "Choose work")]:
        with pytest.raises(NotAllowed, match=sentence):
            dispatch.split(two_lines, chosen, **split)
    with pytest.raises(NotAllowed):
        dispatch.split(two_lines, everything[:1], **split | {"by": crew.service_advisor})


@pytest.mark.clause("2.4.4.2")
def test_a_plan_that_breaks_the_promise_tells_the_advisor_to_call_and_moves_no_promise(crew):
    order = factories.dispatched(crew, promised_at=TUESDAY_NINE + 7 * HOUR)
    given, promised = order.assignments.get(), order.promised_at
    assert dispatch.replan(given, starts_at=TUESDAY_NINE + 5 * HOUR, bay=None, by=crew.foreman, at=TUESDAY_NINE) is None
    tomorrow = TUESDAY_NINE + timedelta(days=1)
    late = dispatch.replan(given, starts_at=tomorrow, bay=None, by=crew.foreman, at=TUESDAY_NINE)
    order.refresh_from_db()
    assert (late, order.promised_at) == (tomorrow + HOUR, promised)
    alert = queries.unseen(crew.store, crew.service_advisor).get(about=About.REPLANNED)
    assert "11-25 10:00" in alert.words


def test_a_plan_moves_into_the_future_only_and_with_its_bay(crew, bay):
    given = give(factories.signed(crew), crew, bay=bay)
    with pytest.raises(NotAllowed, match="lies in the future"):
        dispatch.replan(given, starts_at=TUESDAY_NINE - HOUR, bay=None, by=crew.foreman, at=TUESDAY_NINE)
    dispatch.replan(given, starts_at=TUESDAY_NINE + 4 * HOUR, bay=bay, by=crew.foreman, at=TUESDAY_NINE)
    assert BayReservation.objects.get().starts_at == TUESDAY_NINE + 4 * HOUR
    dispatch.recall(given.order, by=crew.foreman, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="no longer has the order"):
        dispatch.replan(given, starts_at=TUESDAY_NINE + HOUR, bay=None, by=crew.foreman, at=TUESDAY_NINE)


def test_what_is_taken_back_from_a_team_brings_the_key_back_too(crew):
    order = factories.dispatched(crew)
    dispatch.recall(order, by=crew.foreman, at=TUESDAY_NINE)
    assert queries.custody(order).holder == crew.foreman
    given = give(order, crew, team=crew.team("二班"))
    assert [one.withdrawn_at is None for one in order.assignments.order_by("pk")] == [False, True]
    dispatch.accept(given, by=crew.team_leader, at=TUESDAY_NINE)


@pytest.mark.clause("F8")
@pytest.mark.clause("2.3.2")
def test_the_dispatch_sheet_names_every_symptom_and_every_item(crew, bay):
    order = factories.signed(crew)
    sheet = give(order, crew, bay=bay).sheet
    assert "DS" in sheet.number
    written = str(IssuedDocument.objects.get(pk=sheet.pk).content)
    line, part = order.labour_lines.get(), order.part_lines.get()
    for word in [
        "刹车有异响",
        line.description,
        line.operation.code,
        part.description,
        part.part.number,
        bay.name,
        "一班",
    ]:
        assert word in written


@pytest.mark.clause("2.3.1")
def test_the_sheet_tells_where_the_car_was_left_whatever_page_was_open(crew):
    order = factories.signed(crew, handed=False)
    given = custody.give(order, "to_workshop", parked_at="A区3号", by=crew.service_advisor, at=TUESDAY_NINE)
    custody.take(given, by=crew.foreman, at=TUESDAY_NINE)
    assert order.parked_at == ""  # as the page that was opened before knew it
    assert "A区3号" in str(give(order, crew).sheet.content)
    assert queries.custody(order).last.parked_at == "A区3号"


def test_an_order_nobody_signed_has_no_sheet(crew):
    with pytest.raises(NotAllowed):
        give(factories.draft(crew), crew)
    assert not IssuedDocument.objects.filter(kind="dispatch").exists()


def test_an_order_that_is_called_off_leaves_no_team_no_bay_and_brings_the_key_back(crew, bay):
    order = factories.signed(crew)
    dispatch.accept(give(order, crew, bay=bay), by=crew.team_leader, at=TUESDAY_NINE)
    writeup.cancel(order, reason="客户改变主意", by=crew.service_advisor, at=TUESDAY_NINE)
    assert not BayReservation.objects.exists()
    assert queries.current(order) == []
    custody.take(
        custody.give(order, "from_team", by=crew.team_leader, at=TUESDAY_NINE), by=crew.foreman, at=TUESDAY_NINE
    )
    back = custody.give(order, "to_reception", parked_at="A1", by=crew.foreman, at=TUESDAY_NINE)
    custody.take(back, by=crew.service_advisor, at=TUESDAY_NINE)
    assert queries.custody(order).holder == crew.service_advisor


def test_more_work_makes_the_plan_longer_and_the_bay_kept_longer_where_it_can_be(crew, bay):
    order = factories.signed(crew)
    given = give(order, crew, bay=bay)
    for hours, end in [("1.00", 2 * HOUR), ("2.00", 5 * HOUR)]:
        order.labour_lines.create(
            operation=factories.operation(), description="追加", hours=hours, rate_fen=100, amount_fen=100
        )
        dispatch.lengthen(order, at=TUESDAY_NINE)
        given.refresh_from_db()
        assert given.ends_at == TUESDAY_NINE + end
        assert given.reservation.ends_at == TUESDAY_NINE + end
    other = factories.signed(crew)
    give(other, crew, bay=bay, starts_at=TUESDAY_NINE + 6 * HOUR)
    order.labour_lines.create(operation=factories.operation(), description="又", hours=3, rate_fen=100, amount_fen=100)
    dispatch.lengthen(order, at=TUESDAY_NINE)
    given.refresh_from_db()
    given.reservation.refresh_from_db()
    assert given.ends_at > TUESDAY_NINE + 6 * HOUR
    assert given.reservation.ends_at == TUESDAY_NINE + 5 * HOUR
