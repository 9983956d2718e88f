"""From the passed check to a car the customer may see: key, wash, the advisor's last look, damage in our care."""

from datetime import timedelta

import pytest

from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import About, Desk, FinalCheck, LabourLine, Verdict, WorkOrder
from workorders.operations import alerts, care, custody, ready, settlement, work

pytestmark = pytest.mark.usefixtures("english")
LATER = TUESDAY_NINE + timedelta(hours=1)


@pytest.fixture
def order(crew):
    return factories.washed(crew)


def refused(order, crew, match, **look):
    with pytest.raises(NotAllowed, match=match):
        ready.make_ready(order, factories.looked(**look), by=crew.service_advisor, at=LATER)
    assert WorkOrder.objects.get(pk=order.pk).state == "passed"
    assert not FinalCheck.objects.exists()


# Key, papers and place


@pytest.mark.clause("2.6.1.1")
@pytest.mark.clause("2.6.1.2")
@pytest.mark.clause("2.6.1.3")
def test_the_foreman_gives_key_and_place_and_the_advisor_hears_that_it_is_repaired(crew):
    order = factories.passed(crew)
    with pytest.raises(NotAllowed, match="wait to be taken over"):  # the key is on its way from the team
        custody.give(order, "to_reception", parked_at="B2", by=crew.foreman, at=LATER)
    custody.take(order.handovers.last(), by=crew.foreman, at=LATER)
    with pytest.raises(NotAllowed, match="Say where the car stands"):
        custody.give(order, "to_reception", parked_at=" ", by=crew.foreman, at=LATER)
    given = custody.give(order, "to_reception", parked_at="交车区2号", by=crew.foreman, at=LATER)
    alert = queries.unseen(crew.store, crew.service_advisor).get()
    assert (alert.about, alert.words, alert.by) == (About.REPAIRED, "交车区2号", crew.foreman)
    custody.take(given, by=crew.service_advisor, at=LATER)
    assert not queries.unseen(crew.store, crew.service_advisor).exists()


def test_a_car_that_was_not_checked_is_not_given_back(crew):
    order = factories.finished(crew)
    custody.take(order.handovers.last(), by=crew.foreman, at=LATER)
    with pytest.raises(NotAllowed, match="Key and papers are with"):
        custody.give(order, "to_reception", parked_at="B2", by=crew.foreman, at=LATER)


# The wash


@pytest.mark.clause("3.4.1.2")
def test_a_car_is_washed_after_its_check_and_never_after_a_drive_that_showed_something(crew):
    with pytest.raises(NotAllowed):
        ready.wash(factories.finished(crew), by=crew.technician, at=LATER)
    order = factories.passed(crew)
    out = care.drive_out(order, km_out=order.visit.mileage + 3, by=crew.quality_inspector, at=LATER)
    with pytest.raises(NotAllowed, match="on a test drive"):
        ready.wash(order, by=crew.technician, at=LATER)
    care.drive_back(out, km_in=order.visit.mileage + 5, ok=False, result="异响", by=crew.quality_inspector, at=LATER)
    with pytest.raises(NotAllowed, match="back to the workshop, not to the wash"):
        ready.wash(order, by=crew.technician, at=LATER)


def test_a_clean_car_is_not_washed_twice_and_not_by_everybody(crew, order):
    with pytest.raises(NotAllowed, match="washed already"):
        ready.wash(order, by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="Your role"):
        ready.wash(factories.passed(crew), by=crew.cashier, at=LATER)


@pytest.mark.clause("C19")
@pytest.mark.clause("3.4.1.3")
def test_another_drive_opens_the_wash_again(crew, order):
    factories.drive_it(order, crew.service_advisor, LATER)
    refused(order, crew, "not washed since it was last driven")
    ready.wash(order, by=crew.technician, at=LATER + timedelta(minutes=1))
    ready.make_ready(order, factories.looked(), by=crew.service_advisor, at=LATER + timedelta(minutes=2))


@pytest.mark.clause("3.4.1.3")
def test_the_last_look_comes_after_the_wash_and_with_the_key_here(crew):
    order = factories.passed(crew)
    refused(order, crew, "Key and papers are not back")
    factories.bring_back(order, crew)
    refused(order, crew, "is not washed since")


def test_a_customer_who_wants_no_wash_gets_none(crew):
    order = factories.passed(crew)
    WorkOrder.objects.filter(pk=order.pk).update(wash_wanted=False)
    order.refresh_from_db()
    factories.bring_back(order, crew)
    ready.make_ready(order, factories.looked(), by=crew.service_advisor, at=LATER)
    assert order.state == "ready"


# The look


@pytest.mark.clause("F15")
def test_a_car_in_order_is_ready_and_everything_looked_at_is_kept(crew, order):
    made = ready.make_ready(order, factories.looked(), by=crew.service_advisor, at=LATER)
    assert order.state == "ready"
    assert (made.verdict, made.by, made.at, made.exterior) == ("ready", crew.service_advisor, LATER, "as_on_form")
    assert all(getattr(made, name) for name in [*factories.TICKED, "nothing_left"])


@pytest.mark.parametrize(("tick", "match"), [
    pytest.param("work_done", "all work of the order is done", marks=pytest.mark.clause("3.4.1.4")),
    pytest.param("faults_gone", "that it is gone", marks=pytest.mark.clause("2.6.2.1")),
    pytest.param("interior_cleaned", "inside has to be cleaned", marks=pytest.mark.clause("2.4.6.1")),
    pytest.param("no_dust", "dust left", marks=pytest.mark.clause("2.6.2.3")),
    pytest.param("no_oil", "oil dirt left", marks=pytest.mark.clause("2.6.2.3")),
    pytest.param("no_grease", "grease left", marks=pytest.mark.clause("2.6.2.3")),
    pytest.param("nothing_left", "rags, tools, nuts and bolts", marks=pytest.mark.clause("2.6.2.4")),
])  # fmt: skip
def test_what_is_not_ticked_keeps_the_car_here(crew, order, tick, match):
    refused(order, crew, match, **{tick: False})


@pytest.mark.clause("2.4.6.2")
def test_the_outside_is_compared_with_the_reception_form(crew, order):
    refused(order, crew, "Compare the outside", exterior="")
    refused(order, crew, "Write down the new damage", exterior="new_damage")


@pytest.mark.clause("2.6.2.2")
def test_a_replaced_part_has_its_old_one_or_a_reason(crew, order):
    refused(order, crew, "Compare the old parts", old_parts_here=False)
    line = order.part_lines.get()
    with pytest.raises(NotAllowed, match="why these old parts are missing"):
        ready.make_ready(
            order, factories.looked(), missing_old_parts=[line], by=crew.service_advisor, at=LATER
        )  # fmt: skip
    look = factories.looked(old_parts_words="机油滤芯已随废油处理")
    made = ready.make_ready(order, look, missing_old_parts=[line], by=crew.service_advisor, at=LATER)
    assert made.missing_old_parts.get().part_line == line


def test_a_car_without_replaced_parts_has_no_old_ones(crew, order):
    order.part_lines.update(decision="unused")
    made = ready.make_ready(order, factories.looked(old_parts_here=False), by=crew.service_advisor, at=LATER)
    assert made.old_parts_here


@pytest.mark.clause("3.4.1.4")
def test_work_that_is_not_done_keeps_the_car_here(crew, order):
    LabourLine.objects.filter(order=order).update(done_at=None, done_by=None)
    order = queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()
    refused(order, crew, "neither done nor closed")


@pytest.mark.parametrize("role", [role for role in Role if role not in ("service_advisor", "after_sales_manager")])
def test_only_the_desk_looks_last(crew, order, role):
    with pytest.raises(NotAllowed, match="Your role"):
        ready.make_ready(order, factories.looked(), by=getattr(crew, role), at=LATER)


# Sent back


@pytest.mark.clause("3.4.1.5")
def test_a_dirty_car_goes_back_to_the_wash(crew, order):
    with pytest.raises(NotAllowed, match="what is not clean"):
        ready.send_to_wash(order, words=" ", by=crew.service_advisor, at=LATER)
    look = ready.send_to_wash(order, words="脚垫有油渍", by=crew.service_advisor, at=LATER)
    assert (look.verdict, look.words) == (Verdict.WASH, "脚垫有油渍")
    assert "脚垫有油渍" in order.alerts.get(desk=Desk.FOREMAN, about=About.SENT_BACK).words
    refusal = queries.ready.obstacles_to_final_check(order)
    assert refusal == ["The car is not washed since it was last driven or looked at."]
    ready.wash(order, by=crew.technician, at=LATER)
    ready.make_ready(order, factories.looked(), by=crew.service_advisor, at=LATER)


@pytest.mark.clause("3.4.1.6")
@pytest.mark.clause("2.6.2.1")
@pytest.mark.parametrize("state", ["washed", "made_ready", "handed_over"])
def test_a_car_that_is_not_right_goes_back_to_the_workshop_with_its_cause(crew, state):
    order = getattr(factories, state)(crew)
    line = order.labour_lines.get()
    with pytest.raises(NotAllowed, match="what is not right"):
        ready.send_to_workshop(order, words=" ", by=crew.service_advisor, at=LATER)
    ready.send_to_workshop(order, words="低速仍有异响", line=line.pk, by=crew.service_advisor, at=LATER)
    assert order.state == "rework"
    item = order.rework_items.get()
    assert (item.words, item.line, item.quality_check, item.team) == ("低速仍有异响", line, None, order.team)
    assert order.alerts.filter(desk=Desk.FOREMAN, about=About.SENT_BACK).exists()
    assert queries.ready.wash_of(order) is None
    back = custody.give(order, "to_workshop", by=crew.service_advisor, at=LATER)
    custody.take(back, by=crew.foreman, at=LATER)
    factories.put_right(order, crew, at=LATER)
    factories.inspect(order, crew, at=LATER)
    assert order.checks.order_by("round").last().round == 2


def test_the_work_of_another_order_is_no_cause_of_this_one(crew, order):
    stranger = factories.finished(crew).labour_lines.get()
    ready.send_to_workshop(order, words="异响", line=stranger.pk, by=crew.service_advisor, at=LATER)
    assert order.rework_items.get().line is None


def test_a_paid_car_is_not_sent_back(crew):
    with pytest.raises(NotAllowed):
        ready.send_to_workshop(factories.paid(crew), words="异响", by=crew.service_advisor, at=LATER)


# Damage in our care


@pytest.mark.clause("2.4.6.2")
def test_new_damage_opens_an_incident_the_manager_decides_before_the_customer_is_told(crew, order):
    with pytest.raises(NotAllowed, match="what is damaged"):
        ready.report_damage(order, words=" ", by=crew.service_advisor, at=LATER)
    incident = ready.report_damage(order, words="右后门新划痕 5 厘米", by=crew.service_advisor, at=LATER)
    told = set(order.alerts.filter(about=About.INCIDENT).values_list("desk", flat=True))
    assert told == {Desk.MANAGER, Desk.FOREMAN}
    for exterior in ("as_on_form", "new_damage"):
        with pytest.raises(NotAllowed, match="the after-sales manager decides"):
            ready.make_ready(order, factories.looked(exterior=exterior), by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="Your role"):
        ready.decide(incident, decision="抛光", by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="what is done about it"):
        ready.decide(incident, decision=" ", by=crew.after_sales_manager, at=LATER)
    ready.decide(incident, decision="本店承担喷漆，提供代步车", by=crew.after_sales_manager, at=LATER)
    with pytest.raises(NotAllowed, match="decided about this already"):
        ready.decide(incident, decision="再议", by=crew.after_sales_manager, at=LATER)
    assert order.alerts.filter(desk=Desk.ADVISOR, about=About.INCIDENT).get().words == "本店承担喷漆，提供代步车"
    assert not order.alerts.filter(desk=Desk.MANAGER, about=About.INCIDENT, seen_at=None).exists()
    ready.make_ready(order, factories.looked(exterior="new_damage"), by=crew.service_advisor, at=LATER)


def test_who_sits_at_two_desks_reads_of_damage_once_and_the_foreman_still_reads_it(crew, order):
    manager = crew.after_sales_manager
    assert {Desk.MANAGER, Desk.FOREMAN} <= set(queries.desks_of(manager))
    ready.report_damage(order, words="右后门新划痕 5 厘米", by=crew.service_advisor, at=LATER)
    assert [queries.unseen(crew.store, manager).get()] == queries.unseen_of(order, manager)
    alerts.see(queries.unseen_of(order, manager)[0], by=manager, at=LATER)
    assert not queries.unseen(crew.store, manager).exists()
    assert queries.unseen(crew.store, crew.foreman).get().desk == Desk.FOREMAN
    ready.report_damage(order, words="前轮毂刮花", by=crew.service_advisor, at=LATER)
    assert [alert.words for alert in queries.unseen_of(order, manager)] == ["前轮毂刮花"]


def test_a_colleagues_alert_hides_nobodys_own(crew, order):
    """Whom the advisor's own alert does not reach reads what the manager is told."""
    manager = crew.after_sales_manager
    told = alerts.tell(order, Desk.ADVISOR, Desk.MANAGER, about=About.NOTICE_LATE, words="09:10", by=None, at=LATER)
    assert Desk.ADVISOR in queries.desks_of(manager)
    assert queries.unseen(crew.store, manager).get() == told[1]
    assert queries.unseen_of(order, manager) == [told[1]]
    alerts.see(told[0], by=crew.service_advisor, at=LATER)
    assert queries.unseen_of(order, manager) == [told[1]]  # the advisor's look is not the manager's
    alerts.see(told[1], by=manager, at=LATER)
    assert queries.unseen_of(order, manager) == []
    assert not queries.unseen(crew.store, manager).exists()


def test_damage_is_reported_while_the_car_is_in_our_hands(crew):
    with pytest.raises(NotAllowed):
        ready.report_damage(factories.finished(crew), words="划痕", by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed):
        ready.report_damage(factories.handed_over(crew), words="划痕", by=crew.service_advisor, at=LATER)


@pytest.mark.clause("3.4.1.5")
def test_a_car_found_dirty_is_washed_though_no_wash_was_wished(crew):
    order = factories.passed(crew)
    WorkOrder.objects.filter(pk=order.pk).update(wash_wanted=False)
    order.refresh_from_db()
    factories.bring_back(order, crew)
    ready.send_to_wash(order, words="方向盘有油渍", by=crew.service_advisor, at=LATER)
    assert queries.ready.obstacles_to_final_check(order)
    ready.wash(order, by=crew.technician, at=LATER)
    assert queries.ready.obstacles_to_final_check(order) == []


def test_a_drive_before_the_repair_keeps_no_car_from_its_wash(crew):
    order = factories.in_progress(crew)
    factories.drive_it(order, crew.technician, TUESDAY_NINE, ok=False)
    work.finish(order, by=crew.technician, at=LATER)
    factories.inspect(order, crew, drive=False, not_driven="暴雨", at=LATER)
    assert queries.ready.obstacles_to_washing(order) == []


@pytest.mark.clause("2.6.9.1")
def test_a_car_sent_back_takes_its_key_again_and_owes_it_again(crew):
    order = factories.paid(crew)
    sheet = queries.money.sheet_of(order)
    settlement.reverse(sheet, reason="返修", by=crew.after_sales_manager, at=LATER)
    order.refresh_from_db()
    ready.send_to_workshop(order, words="异响", by=crew.service_advisor, at=LATER)
    assert "key" in queries.leaving.owed_back(order.visit)


def test_the_same_damage_is_reported_once(crew, order):
    ready.report_damage(order, words="右后门划痕", by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="reported already"):
        ready.report_damage(order, words="右后门划痕", by=crew.service_advisor, at=LATER)


def test_who_runs_the_workshop_ends_a_drive_its_driver_forgot(crew):
    order = factories.finished(crew)
    out = care.drive_out(order, km_out=order.visit.mileage, by=crew.quality_inspector, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="drives this car"):
        care.drive_back(out, km_in=order.visit.mileage + 3, by=crew.technician, at=LATER)
    care.drive_back(out, km_in=order.visit.mileage + 3, by=crew.foreman, at=LATER)
