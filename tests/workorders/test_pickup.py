"""Telling the customer that his car is ready: at once, with the amount, and when he comes."""

from datetime import timedelta

import pytest

from dealership.outbox.models import Message
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import hours, queries, tasks
from workorders.models import About, Desk, ReadyNotice, WorkOrder, WorkshopRules
from workorders.operations import delivery, discounts, pickup, ready, writeup

pytestmark = pytest.mark.usefixtures("english")
SOON = TUESDAY_NINE + timedelta(hours=2)  # eleven
PEAK = TUESDAY_NINE.replace(hour=16, minute=45)


@pytest.fixture
def order(crew):
    return factories.made_ready(crew)


def heavy(order, order_class="accident"):
    WorkOrder.objects.filter(pk=order.pk).update(order_class=order_class)


def told(order, crew, at=TUESDAY_NINE, by=None, **details):
    said = {"channel": "phone", "result": "told", "spoke_to": "王建国", "number": "13800000000", "pickup_at": SOON}
    return pickup.tell(order, **said | details, by=by or crew.service_advisor, at=at)


@pytest.mark.clause("2.6.3.1")
@pytest.mark.clause("2.6.3.2")
@pytest.mark.clause("3.5.1.1")
@pytest.mark.clause("C18")
def test_the_notice_keeps_whom_how_when_and_the_amount_of_the_draft(crew, order):
    notice = told(order, crew)
    assert (notice.spoke_to, notice.channel, notice.at, notice.pickup_at) == ("王建国", "phone", TUESDAY_NINE, SOON)
    assert notice.amount_fen == queries.totals(order).customer_fen == 15000 + 4900
    assert queries.ready.told(order.visit) == notice


@pytest.mark.clause("3.5.1.1")
def test_a_discount_is_told_off_the_amount(crew, order):
    discounts.give(order, on="labour", amount_fen=500, reason="老客户", by=crew.service_advisor, at=TUESDAY_NINE)
    assert told(order, crew).amount_fen == 15000 + 4900 - 500


@pytest.mark.clause("3.5.1.1")
def test_what_others_pay_is_not_told_as_due(crew, order):
    order.labour_lines.update(payer="manufacturer", warranty="in")
    order.part_lines.update(payer="manufacturer")
    assert told(order, crew).amount_fen == 0


@pytest.mark.clause("2.6.3.2")
def test_whoever_was_told_has_said_when_he_comes(crew, order):
    for lacking, match in [
        ({"pickup_at": None}, "Agree with the customer when"),
        ({"spoke_to": " "}, "who was told"),
        ({"pickup_at": TUESDAY_NINE - timedelta(minutes=1)}, "still to come"),
        ({"channel": "pigeon"}, "how the customer was told"),
        ({"channel": "email"}, "An e-mail is sent"),
        ({"result": "sent"}, "An e-mail is sent"),
    ]:
        with pytest.raises(NotAllowed, match=match):
            told(order, crew, **lacking)
    assert not ReadyNotice.objects.exists()


def test_nobody_comes_while_the_store_is_closed(crew, order):
    with pytest.raises(NotAllowed):
        told(order, crew, pickup_at=TUESDAY_NINE.replace(hour=22))


@pytest.mark.clause("2.6.3.2")
def test_a_customer_in_the_lounge_takes_his_car_at_once(crew, order):
    told(order, crew, channel="in_person", pickup_at=TUESDAY_NINE)
    assert queries.ready.obstacles_to_showing(order, TUESDAY_NINE) == []


def test_a_car_that_is_not_ready_is_not_announced(crew):
    with pytest.raises(NotAllowed, match="not ready yet"):
        told(factories.washed(crew), crew)


def test_a_visit_is_announced_when_all_its_orders_are_ready(crew, order):
    second = WorkOrder.objects.create(
        store=crew.store, visit=order.visit, number="T-2", advisor=crew.service_advisor, opened_at=TUESDAY_NINE
    )
    with pytest.raises(NotAllowed, match="not ready yet"):
        told(order, crew)
    writeup.cancel(second, reason="不做了", by=crew.service_advisor, at=TUESDAY_NINE)
    told(order, crew)


@pytest.mark.parametrize("role", [role for role in Role if role not in ("service_advisor", "after_sales_manager")])
def test_only_the_desk_tells_the_customer(crew, order, role):
    with pytest.raises(NotAllowed, match="Your role"):
        told(order, crew, by=getattr(crew, role))


# Damage in our care


@pytest.mark.clause("2.4.6.2")
def test_nobody_is_told_before_the_manager_has_decided_about_new_damage(crew, order):
    incident = ready.report_damage(order, words="右后门划痕", by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="manager decides about it first"):
        told(order, crew)
    ready.decide(incident, decision="抛光，今天完成", by=crew.after_sales_manager, at=TUESDAY_NINE)
    assert told(order, crew)


@pytest.mark.clause("2.4.6.2")
def test_a_car_found_damaged_after_the_call_is_not_shown_before_the_decision(crew, order):
    told(order, crew)
    incident = ready.report_damage(order, words="右后门划痕", by=crew.service_advisor, at=SOON)
    with pytest.raises(NotAllowed, match="manager decides about it first"):
        delivery.hand_over(order, **factories.shown(order), by=crew.service_advisor, at=SOON)
    ready.decide(incident, decision="抛光，今天完成", by=crew.after_sales_manager, at=SOON)
    assert delivery.hand_over(order, **factories.shown(order), by=crew.service_advisor, at=SOON)


# Shown only to who was told


@pytest.mark.clause("2.6.3.1")
@pytest.mark.parametrize("result", [None, "not_reached"])
def test_the_car_is_not_shown_before_its_customer_was_told(crew, order, result):
    if result:
        pickup.tell(order, channel="phone", result=result, by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="Tell the customer first"):
        delivery.hand_over(order, **factories.shown(order), by=crew.service_advisor, at=SOON)


def test_a_notice_of_before_the_rework_does_not_count_after_it(crew, order):
    told(order, crew)
    ready.send_to_workshop(order, words="异响", by=crew.service_advisor, at=SOON)
    assert queries.ready.told(order.visit) is None


# Heavy jobs and peak hours


@pytest.mark.clause("2.6.3.3")
@pytest.mark.clause("C22")
@pytest.mark.parametrize("order_class", ["accident", "major"])
def test_a_heavy_job_is_not_fetched_in_the_peak(crew, order, order_class):
    heavy(order, order_class)
    with pytest.raises(NotAllowed, match=r"peak hours \(16:30-18:00\)"):
        told(order, crew, pickup_at=PEAK)
    told(order, crew, pickup_at=PEAK.replace(hour=16, minute=29))


def test_a_light_job_is(crew, order):
    assert told(order, crew, pickup_at=PEAK, peak_reason="不需要").peak_reason == ""


@pytest.mark.clause("C22")
def test_the_manager_may_with_a_reason(crew, order):
    heavy(order)
    with pytest.raises(NotAllowed, match="why it is done all the same"):
        told(order, crew, pickup_at=PEAK, by=crew.after_sales_manager)
    notice = told(order, crew, pickup_at=PEAK, peak_reason="客户赶飞机", by=crew.after_sales_manager)
    assert notice.peak_reason == "客户赶飞机"
    assert queries.ready.obstacles_to_showing(order, PEAK) == []


@pytest.mark.clause("2.6.3.3")
def test_a_heavy_job_whose_customer_comes_in_the_peak_is_not_shown_then(crew, order):
    heavy(order)
    told(order, crew, pickup_at=SOON)
    assert queries.ready.obstacles_to_showing(order, SOON) == []
    assert "peak hours" in queries.ready.obstacles_to_showing(order, PEAK)[0]


def test_the_peak_is_the_stores_own_setting(crew, order):
    heavy(order)
    WorkshopRules.objects.create(store=crew.store, peak_windows="10:00-12:00、17:00–18:00")
    with pytest.raises(NotAllowed, match="peak hours"):
        told(order, crew, pickup_at=SOON)
    told(order, crew, pickup_at=PEAK)
    WorkshopRules.objects.update(peak_windows="")
    told(order, crew, pickup_at=SOON)


@pytest.mark.parametrize("text", ["16:30", "18:00-16:30", "25:00-26:00", "16:30-18:00 x", "a"])
def test_a_window_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        hours.windows(text)


def test_windows_are_read_as_people_type_them():
    spans = hours.windows("11:00-12:00， 16：30～18:00")
    assert [(opens.hour, ends.hour) for opens, ends in spans] == [(11, 12), (16, 18)]
    assert hours.windows(" ") == []


# By e-mail


@pytest.fixture
def by_letter(crew):
    car = factories.customer_with_car(crew.service_advisor, TUESDAY_NINE, email="wang@example.cn")
    return factories.made_ready(crew, car=car)


@pytest.mark.clause("2.6.3.1")
@pytest.mark.clause("3.5.1.1")
def test_a_letter_leaves_at_once_with_the_amount(crew, by_letter):
    notice = pickup.tell(by_letter, channel="email", result="sent", by=crew.service_advisor, at=TUESDAY_NINE)
    pickup.tell(by_letter, channel="email", result="sent", by=crew.service_advisor, at=TUESDAY_NINE)  # once is enough
    message = Message.objects.get(dedupe_key__startswith=f"workorders.ready:{notice.visit_id}:")
    assert (message.recipient, message.due_at, message.language) == ("wang@example.cn", TUESDAY_NINE, "zh-hans")
    assert "¥199.00" in message.body
    assert by_letter.visit.vehicle.plate_shown in message.subject
    assert queries.ready.told(by_letter.visit) is None  # nobody has agreed on a time yet


def test_who_has_no_address_gets_no_letter(crew, order):
    with pytest.raises(NotAllowed, match="no e-mail address"):
        pickup.tell(order, channel="email", result="sent", by=crew.service_advisor, at=TUESDAY_NINE)


# Late


@pytest.mark.clause("2.6.3.1")
@pytest.mark.parametrize(("minutes", "count"), [(15, 0), (16, 1)])
def test_a_customer_not_told_in_time_is_before_advisor_and_manager_once(crew, order, minutes, count):
    assert pickup.sweep(TUESDAY_NINE + timedelta(minutes=minutes)) == {"notices": count}
    assert pickup.sweep(TUESDAY_NINE + timedelta(minutes=minutes + 9)) == {"notices": 1 - count}
    assert pickup.sweep(TUESDAY_NINE + timedelta(minutes=minutes + 30)) == {"notices": 0}
    desks = set(order.alerts.filter(about=About.NOTICE_LATE).values_list("desk", flat=True))
    assert desks == {Desk.ADVISOR, Desk.MANAGER}
    told(order, crew, at=TUESDAY_NINE + timedelta(hours=1))
    assert not order.alerts.filter(about=About.NOTICE_LATE, seen_at=None).exists()


def test_a_try_in_time_is_no_alert(crew, order):
    pickup.tell(order, channel="phone", result="not_reached", by=crew.service_advisor, at=TUESDAY_NINE)
    assert pickup.sweep(TUESDAY_NINE + timedelta(hours=1)) == {"notices": 0}


def test_a_car_shown_or_sent_back_meanwhile_is_no_alert(crew, order):
    ready.send_to_workshop(order, words="异响", by=crew.service_advisor, at=TUESDAY_NINE)
    assert tasks.sweep_ready() == {"notices": 0}


@pytest.mark.clause("2.6.3.1")
def test_the_delay_from_look_to_first_word_is_measured(crew, order):
    told(order, crew, at=TUESDAY_NINE + timedelta(minutes=7))
    assert queries.ready.delays(order.final_checks.all()) == [timedelta(minutes=7)]
