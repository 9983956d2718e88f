"""The quality check: its sheet, who may sign it, what failed and is done again, and what the customer is told."""

from datetime import timedelta

import pytest

from dealership.paperwork import operations as paperwork
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import About, CheckPoint, Desk, QualityCheck, ReworkItem
from workorders.operations import custody, pickup, promise, quality, ready, work

pytestmark = pytest.mark.usefixtures("english")
LATER = TUESDAY_NINE + timedelta(hours=1)


@pytest.fixture
def order(crew):
    return factories.finished(crew)


@pytest.fixture(autouse=True)
def points(db):
    """Two points of the sheet every store starts with, and one of every job."""
    CheckPoint.objects.all().delete()
    made = [("all", "无漏油", "no leaks"), ("maintenance", "油液液位", FLUIDS), ("body", "漆面无色差", PAINT)]
    CheckPoint.objects.bulk_create(CheckPoint(job=job, words=words, words_en=en) for job, words, en in made)


FLUIDS, PAINT = "all fluid levels right", "paint without difference of colour"


def refused(order, crew, match, **details):
    with pytest.raises(NotAllowed, match=match):
        factories.inspect(order, crew, **details)
    order.refresh_from_db()
    assert (order.state, order.checks.count()) == ("finished", 0)


# The sheet


@pytest.mark.clause("F14")
def test_the_sheet_asks_about_each_work_and_the_points_of_such_a_job(crew, order):
    asked = queries.quality.asked_of(order)
    line = order.labour_lines.get()
    assert asked[0] == queries.quality.Asked(f"line-{line.pk}", line.description, line.pk)
    words = {one.words for one in asked[1:]}
    assert words == {"no leaks", FLUIDS}
    order.order_class = "accident"
    words = {one.words for one in queries.quality.asked_of(order)}
    assert {"no leaks", PAINT} < words
    assert FLUIDS not in words


def test_a_point_taken_off_the_sheet_is_not_asked(crew, order):
    CheckPoint.objects.filter(words_en=FLUIDS).update(active=False)
    assert FLUIDS not in {one.words for one in queries.quality.asked_of(order)}


@pytest.mark.clause("2.5.4")
@pytest.mark.clause("F8")
def test_a_passed_check_is_a_signed_paper_with_round_and_drive(crew, order):
    check = factories.inspect(order, crew, at=LATER)
    signature = check.sheet.signatures.get()
    assert (signature.role, signature.signer_name) == ("inspector", crew.quality_inspector.full_name)
    assert bytes(signature.image) == factories.signature_png()
    assert paperwork.verify(check.sheet)
    content = str(check.sheet.content)
    assert "第1轮" in content
    assert order.labour_lines.get().description in content
    assert f"{order.visit.mileage + 3} km" in content
    assert (order.state, check.team) == ("passed", order.team)
    assert check.points.count() == len(queries.quality.asked_of(order))
    dispatched = order.assignments.get().sheet.signatures.get()
    assert (dispatched.role, bytes(dispatched.image)) == ("inspector", factories.signature_png())


@pytest.mark.clause("2.5.4")
def test_a_failed_check_leaves_the_dispatch_sheet_unsigned_and_the_first_that_passes_signs_it_once(crew, order):
    sheet = order.assignments.get().sheet
    factories.inspect(order, crew, "渗油", drive=False)
    assert not sheet.signatures.exists()
    factories.put_right(order, crew)
    factories.inspect(order, crew)
    assert sheet.signatures.get().taken_by == crew.quality_inspector


def test_a_check_lacking_a_point_or_a_word_passes_nothing(crew, order):
    marks = factories.marks(order)
    refused(order, crew, "is not answered yet", marks=marks[:-1])
    refused(order, crew, "Write down what is not in order", marks=factories.marks(order, " "), drive=False)
    wrong = factories.marks(order, "渗油")
    refused(order, crew, "the car does not pass", marks=wrong, drive=False)


@pytest.mark.clause("3.4.1.1")
def test_the_car_is_driven_by_somebody_who_did_not_repair_it_or_a_reason_says_why_not(crew, order):
    refused(order, crew, "Drive the car", drive=False)
    both = crew.technician
    both.groups.add(*crew.quality_inspector.groups.all())
    both = type(both).objects.get(pk=both.pk)
    factories.drive_it(order, both)
    refused(order, crew, "Drive the car", drive=False)
    check = factories.inspect(order, crew, drive=False, not_driven="轮胎停放，仅更换电瓶")
    assert check.not_driven == "轮胎停放，仅更换电瓶"
    assert "轮胎停放，仅更换电瓶" in str(check.sheet.content["notes"])


@pytest.mark.clause("3.4.1.1")
def test_a_drive_that_showed_something_keeps_the_car_from_passing(crew, order):
    factories.drive_it(order, crew.quality_inspector, ok=False)
    refused(order, crew, "showed something wrong", drive=False)
    refused(order, crew, "showed something wrong", drive=False, not_driven="已试")
    factories.inspect(order, crew, "异响", drive=False)
    assert order.state == "rework"


def test_a_car_on_the_road_passes_no_check(crew, order):
    from workorders.operations import care

    care.drive_out(order, km_out=order.visit.mileage, by=crew.quality_inspector, at=TUESDAY_NINE)
    refused(order, crew, "on a test drive right now", drive=False, not_driven="雨")


# Who


@pytest.mark.clause("C20")
@pytest.mark.parametrize("who", ["team_leader", "service_advisor"])
def test_leader_of_the_team_and_advisor_of_the_car_do_not_check_it(crew, order, who):
    person = getattr(crew, who)
    person.groups.add(*crew.quality_inspector.groups.all())
    person = type(person).objects.get(pk=person.pk)
    match = "Your own team|You worked" if who == "team_leader" else "You serve this customer"
    refused(order, crew, match, by=person, drive=False, not_driven="雨")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.QUALITY_INSPECTOR])
def test_only_an_inspector_checks(crew, order, role):
    refused(order, crew, "Your role does not allow this", by=getattr(crew, role), drive=False, not_driven="雨")


def test_a_team_taken_back_meanwhile_is_not_the_team_of_the_car(crew):
    order, second = factories.dispatched(crew, accepted=False), factories.person(Role.TEAM_LEADER, crew.store)
    from dealership.staff.models import Team
    from workorders.operations import dispatch

    other = Team.objects.create(store=crew.store, name="二班", leader=second)
    dispatch.recall(order, by=crew.foreman, at=TUESDAY_NINE)
    second.groups.add(*crew.quality_inspector.groups.all())
    second = type(second).objects.get(pk=second.pk)
    assert other.leader == second
    given = dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    dispatch.accept(given, by=crew.team_leader, at=TUESDAY_NINE)
    factories.clock_on(order, crew.technician)
    factories.issue_parts(order, to=crew.technician, by=crew.parts)
    work.finish(order, by=crew.technician, at=TUESDAY_NINE)
    assert factories.inspect(order, crew, by=second).passed


# Failed, done again, checked again


@pytest.mark.clause("2.5.1")
def test_what_failed_is_named_with_its_work_and_before_reception_and_workshop(crew, order):
    check = factories.inspect(order, crew, "放油螺栓渗油", at=LATER)
    item = ReworkItem.objects.get()
    line = order.labour_lines.get()
    assert (item.line, item.quality_check, item.team) == (line, check, order.team)
    assert item.words == f"{line.description}: 放油螺栓渗油"
    told = list(order.alerts.filter(about=About.REWORK).order_by("pk").values_list("desk", flat=True))
    assert told == [Desk.ADVISOR, Desk.FOREMAN]
    assert order.moves.last().reason == check.findings


@pytest.mark.clause("2.5.1")
def test_rework_is_not_billed(crew, order):
    before = queries.totals(order)
    factories.inspect(order, crew, "渗油")
    factories.put_right(order, crew)
    after = queries.totals(queries.whole(type(order).objects.filter(pk=order.pk)).get())
    assert (after.total_fen, after.hours) == (before.total_fen, before.hours)


def test_a_failed_check_says_what_and_how_long(crew, order):
    def fail(**said):
        hand = {"image": factories.signature_png(), "by": crew.quality_inspector, "at": LATER}
        return quality.inspect(order, passed=False, marks=[], **said, **hand)

    with pytest.raises(NotAllowed, match="what has to be done again"):
        fail(findings=" ", minutes=10)
    with pytest.raises(NotAllowed, match="how many minutes"):
        fail(findings="渗油")
    check = fail(findings="渗油", minutes=45)
    assert check.finish_at == LATER + timedelta(minutes=45)
    assert order.rework_items.get().words == "渗油"


@pytest.mark.clause("2.5.3")
def test_nothing_goes_to_the_next_round_before_it_was_done_again(crew, order):
    factories.inspect(order, crew, "渗油")
    with pytest.raises(NotAllowed, match="Begin the work first"):
        quality.put_right(order.rework_items.get(), words="更换垫圈", by=crew.technician, at=LATER)
    factories.clock_on(order, crew.technician)
    with pytest.raises(NotAllowed, match="To be done again, not done yet"):
        work.finish(order, by=crew.technician, at=LATER)
    item = order.rework_items.get()
    with pytest.raises(NotAllowed, match="Your role"):
        quality.put_right(item, words="更换垫圈", by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="what was done"):
        quality.put_right(item, words=" ", by=crew.technician, at=LATER)
    quality.put_right(item, words="更换垫圈", by=crew.technician, at=LATER)
    assert (item.done_by, item.done_at, item.done_words) == (crew.technician, LATER, "更换垫圈")
    with pytest.raises(NotAllowed, match="has noted this already"):
        quality.put_right(item, words="又做", by=crew.technician, at=LATER)
    work.finish(order, by=crew.technician, at=LATER)
    factories.inspect(order, crew, at=LATER)
    assert [(check.round, check.passed) for check in order.checks.all()] == [(1, False), (2, True)]


@pytest.mark.clause("2.5.3")
def test_what_was_not_in_order_is_asked_by_itself_in_the_next_round(crew, order):
    assert not any(one.again for one in queries.quality.asked_of(order))
    point = next(one for one in queries.quality.asked_of(order) if one.words == FLUIDS)
    marks = [
        quality.Marked(one, "not_ok", "缺") if one == point else quality.Marked(one, "ok")
        for one in queries.quality.asked_of(order)
    ]
    factories.inspect(order, crew, "缺", marks=marks)
    assert [one.words for one in queries.quality.asked_of(order) if one.again] == [FLUIDS]
    factories.put_right(order, crew)
    work_itself = queries.quality.asked_of(order)[0]
    factories.inspect(
        order, crew, "异响", marks=[quality.Marked(work_itself, "not_ok", "异响")]
    )  # the rest not looked at
    assert {one.words for one in queries.quality.asked_of(order) if one.again} == {FLUIDS, work_itself.words}
    factories.put_right(order, crew, at=LATER)
    factories.inspect(order, crew, at=LATER)
    assert not any(one.again for one in queries.quality.asked_of(order))


@pytest.mark.clause("2.5.3")
def test_a_drive_of_an_earlier_round_does_not_count_for_the_next(crew, order):
    factories.inspect(order, crew, "渗油", at=TUESDAY_NINE)
    factories.put_right(order, crew, at=LATER)
    with pytest.raises(NotAllowed, match="Drive the car"):
        factories.inspect(order, crew, drive=False, at=LATER)


def twice(crew, order, at=TUESDAY_NINE):
    factories.inspect(order, crew, "渗油", at=at)
    factories.put_right(order, crew, at=at)
    return factories.inspect(order, crew, at=at)


@pytest.mark.clause("2.5.3")
@pytest.mark.clause("2.6.1.1")
def test_a_re_check_is_countersigned_before_the_key_goes_back(crew, order):
    check = twice(crew, order)
    custody.take(order.handovers.last(), by=crew.foreman, at=LATER)
    with pytest.raises(NotAllowed, match="Countersign the re-check first"):
        custody.give(order, "to_reception", parked_at="A1", by=crew.foreman, at=LATER)
    for person in (crew.quality_inspector, crew.technician):
        with pytest.raises(NotAllowed, match="Your role"):
            quality.countersign(check, by=person, at=LATER)
    quality.countersign(check, by=crew.foreman, at=LATER)
    assert (check.countersigned_by, check.countersigned_at) == (crew.foreman, LATER)
    with pytest.raises(NotAllowed, match="no re-check to countersign"):
        quality.countersign(check, by=crew.foreman, at=LATER)
    custody.give(order, "to_reception", parked_at="A1", by=crew.foreman, at=LATER)


def test_nobody_countersigns_his_own_check_and_first_rounds_need_none(crew, order):
    crew.foreman.groups.add(*crew.quality_inspector.groups.all())
    both = type(crew.foreman).objects.get(pk=crew.foreman.pk)
    factories.inspect(order, crew, "渗油")
    factories.put_right(order, crew)
    check = factories.inspect(order, crew, by=both)
    with pytest.raises(NotAllowed, match="does not countersign his own"):
        quality.countersign(check, by=both, at=LATER)
    first = factories.inspect(factories.finished(crew), crew)
    with pytest.raises(NotAllowed, match="no re-check"):
        quality.countersign(first, by=crew.foreman, at=LATER)


@pytest.mark.clause("2.5.5")
def test_a_signed_check_is_on_the_foremans_list_until_he_gives_the_key_away(crew, order):
    assert not queries.quality.passed_with_workshop(crew.store).exists()
    factories.inspect(order, crew)
    assert queries.quality.passed_with_workshop(crew.store).get() == order
    factories.bring_back(order, crew)
    assert not queries.quality.passed_with_workshop(crew.store).exists()


@pytest.mark.clause("2.5.1")
def test_rounds_are_counted_per_team(crew, order):
    twice(crew, order)
    factories.passed(crew)
    counted = queries.quality.failed_by_team(crew.store, TUESDAY_NINE, LATER)
    assert counted == [("一班", 3, 1)]
    assert queries.quality.failed_by_team(crew.store, LATER, LATER + timedelta(days=1)) == []


# The customer and the promise


def promised(order, at):
    type(order).objects.filter(pk=order.pk).update(promised_at=at)
    order.refresh_from_db()


@pytest.mark.clause("2.5.2")
@pytest.mark.clause("3.4.1.6")
def test_rework_beyond_the_promise_is_told_before_the_customer_hears_that_the_car_is_ready(crew, order):
    promised(order, TUESDAY_NINE + timedelta(minutes=30))
    check = factories.inspect(order, crew, "渗油", at=TUESDAY_NINE + timedelta(minutes=20))  # 20 minutes: 9:40
    assert queries.quality.delay_untold(order, TUESDAY_NINE)
    assert "tell the customer" not in check.findings
    assert "请告知客户" in order.alerts.get(desk=Desk.ADVISOR, about=About.REWORK).words
    factories.put_right(order, crew, at=TUESDAY_NINE + timedelta(minutes=40))
    factories.inspect(order, crew, at=TUESDAY_NINE + timedelta(minutes=45))
    factories.bring_back(order, crew, at=LATER)
    ready.wash(order, by=crew.technician, at=LATER)
    ready.make_ready(order, factories.looked(), by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="tell the customer of the delay first"):
        factories.tell_ready(order, crew, at=LATER)
    promise.move(
        order, LATER + timedelta(hours=1), channel="phone", result="agreed", spoke_to="王建国",
        by=crew.service_advisor, at=LATER,
    )  # fmt: skip
    factories.tell_ready(order, crew, at=LATER)


@pytest.mark.clause("2.5.2")
@pytest.mark.parametrize("result", ["not_reached", "agreed"])
def test_only_a_customer_who_was_told_has_been_told(crew, order, result):
    promised(order, TUESDAY_NINE + timedelta(minutes=10))
    factories.inspect(order, crew, "渗油", at=TUESDAY_NINE)
    promise.move(
        order, LATER + timedelta(hours=1), channel="phone", result=result, spoke_to="王建国",
        by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=1),
    )  # fmt: skip
    order.refresh_from_db()
    assert queries.quality.delay_untold(order, LATER) == (result != "agreed")


def test_rework_within_the_promise_owes_nobody_a_call(crew, order):
    factories.inspect(order, crew, "渗油", at=TUESDAY_NINE)  # promised for the day after tomorrow
    assert not queries.quality.delay_untold(order, LATER)
    assert queries.quality.delay_untold(order, order.promised_at + timedelta(minutes=1))
    factories.put_right(order, crew, at=LATER)
    factories.inspect(order, crew, at=LATER)
    assert not queries.quality.delay_untold(order, order.promised_at + timedelta(days=1))


@pytest.mark.clause("3.4.1.6")
def test_a_car_the_advisor_sent_back_breaks_the_promise_too(crew):
    order = factories.washed(crew)
    promised(order, TUESDAY_NINE + timedelta(minutes=30))
    ready.send_to_workshop(order, words="异响", by=crew.service_advisor, at=TUESDAY_NINE + timedelta(minutes=10))
    assert not queries.quality.delay_untold(order, TUESDAY_NINE + timedelta(minutes=20))
    factories.put_right(order, crew, at=LATER)
    factories.inspect(order, crew, at=LATER)
    assert queries.quality.obstacles_of_delay(order, LATER)


def test_a_promise_without_failed_check_owes_nothing(crew):
    order = factories.made_ready(crew)
    promised(order, TUESDAY_NINE - timedelta(hours=1))
    assert queries.quality.obstacles_of_delay(order, LATER) == []
    assert pickup.tell(
        order, channel="phone", result="not_reached", by=crew.service_advisor, at=LATER
    ).pickup_at is None  # fmt: skip


def test_a_check_of_another_store_is_not_counted(crew, order):
    factories.inspect(order, crew)
    there = factories.Crew(factories.store("分店"))
    assert queries.quality.failed_by_team(there.store, TUESDAY_NINE, LATER) == []
    assert QualityCheck.objects.count() == 1
