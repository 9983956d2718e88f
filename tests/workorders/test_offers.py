"""What the car needs besides: offered at write-up, accepted with one tap, declined with a reason (2.2.7.2)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dealership.customers import operations as customers
from dealership.customers.models import Recommendation
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.workorders.sheets import address, text
from tests.workorders.test_lines import told
from workorders import queries
from workorders.models import LabourLine, Offer, WorkOrder
from workorders.operations import lines, offers, writeup

TODAY = TUESDAY_NINE.date()


def advised(crew, vehicle, words="刹车片", **details):
    details = {"declined": True, "reason": "太贵", "source": "上次", "remind_on": TODAY} | details
    return customers.recommend(vehicle, words=words, by=crew.service_advisor, at=MONDAY, **details)


def planned(crew, vehicle, item="更换空调滤芯", **details):
    details = {"code": "", "due_on": TODAY + timedelta(days=20)} | details
    return customers.plan_line(vehicle, item=item, by=crew.service_advisor, at=MONDAY, **details)


def offered(order):
    return queries.to_offer(queries.whole(WorkOrder.objects.filter(pk=order.pk)).get(), TODAY)


@pytest.mark.clause("2.2.7.2")
def test_brake_pads_deferred_last_time_are_suggested_on_the_next_visit(tuesday, crew):
    car = factories.customer_with_car(crew.service_advisor)
    first = factories.draft(crew, car=car)
    pads = writeup.add_labour(first, operation=factories.operation(name="更换前刹车片"), complaint=None, **told(crew))
    lines.decide(pads, accepted=False, reason="下次再换", **told(crew))
    assert offered(first) == []
    writeup.cancel(first, reason="改天", **told(crew))
    factories.reception.decline(first.visit, reason="改天", **told(crew))
    order = factories.draft(crew, car=car)
    [suggested] = offered(order)
    assert (suggested.words, suggested.operation) == ("更换前刹车片", pads.operation)
    assert "下次再换" in text(tuesday.get(address("order", order)))


def test_maintenance_that_is_due_about_now_is_offered_and_later_work_is_not(crew):
    order = factories.draft(crew)
    vehicle = order.visit.vehicle
    soon = planned(crew, vehicle)
    planned(crew, vehicle, item="火花塞", due_on=TODAY + timedelta(days=90))
    by_km = planned(crew, vehicle, item="变速箱油", due_on=None, due_km=order.visit.mileage + 500)
    planned(crew, vehicle, item="皮带", due_on=None, due_km=order.visit.mileage + 50_000)
    on_the_order = order.labour_lines.get().operation
    planned(crew, vehicle, item="机油", code=on_the_order.code)
    assert {one.thing for one in offered(order)} == {soon, by_km}


def test_accepted_it_is_a_line_with_its_usual_parts_in_one_tap(tuesday, crew):
    order = factories.draft(crew)
    work, pads = factories.operation(name="刹车片"), factories.part(crew.store, name="前片")
    work.usual_parts.create(part=pads, quantity=2)
    said = advised(crew, order.visit.vehicle)
    url = reverse("workorders:offer", args=[order.pk, "advice", said.pk])
    assert url in text(tuesday.get(address("order", order)))
    for _press in range(2):
        assert tuesday.post(url, {"answer": "accepted"})["Location"] == address("order", order)
    line = order.labour_lines.get(operation=work)
    assert (line.recommendation, line.fault, line.parts.get().quantity) == (said, "determined", 2)
    assert Offer.objects.get().answer == "accepted"
    writeup.remove_line(line, **told(crew))
    assert [one.open for one in offered(order)] == [True]
    assert Recommendation.objects.get().state == "open"


def test_declined_again_the_advice_has_the_new_reason_and_day(tuesday, crew):
    order = factories.draft(crew)
    said = advised(crew, order.visit.vehicle)
    url = reverse("workorders:offer", args=[order.pk, "advice", said.pk])
    answer = tuesday.post(url, {"answer": "declined", "reason": ""})
    assert answer.status_code == 422
    assert "Write down why the customer does not want it." in text(answer)
    tuesday.post(url, {"answer": "declined", "reason": "年底再说"})
    said.refresh_from_db()
    assert (said.reason, said.remind_on, said.said_by) == ("年底再说", TODAY + timedelta(days=30), crew.service_advisor)
    kept = Offer.objects.get()
    assert (kept.answer, kept.reason, kept.by) == ("declined", "年底再说", crew.service_advisor)
    assert [one.open for one in offered(order)] == [False]


def test_due_maintenance_that_is_declined_is_advice_with_its_reason(crew):
    order = factories.draft(crew)
    due = planned(crew, order.visit.vehicle)
    offers.decline(order, due, reason="自己换", **told(crew))
    said = Recommendation.objects.get()
    assert (said.words, said.reason, said.declined) == (due.item, "自己换", True)


def test_an_accepted_offer_declined_on_its_line_is_declined_everywhere(crew):
    order = factories.draft(crew)
    factories.operation(name="刹车片")
    said = advised(crew, order.visit.vehicle)
    line = offers.accept(order, said, **told(crew))
    with pytest.raises(NotAllowed):
        offers.decline(order, said, reason="x", **told(crew))
    lines.decide(LabourLine.objects.get(pk=line.pk), accepted=False, reason="改主意", **told(crew))
    said.refresh_from_db()
    assert (said.state, said.reason, Offer.objects.get().answer) == ("open", "改主意", "declined")


def test_what_the_catalogue_does_not_know_asks_for_the_work(tuesday, crew):
    order = factories.draft(crew)
    said = advised(crew, order.visit.vehicle, words="后轮胎花纹偏浅")
    url = reverse("workorders:offer", args=[order.pk, "advice", said.pk])
    answer = tuesday.post(url, {"answer": "accepted"})
    assert answer.status_code == 422
    assert "Choose the work of the catalogue that is meant." in text(answer)
    answer = tuesday.post(url, {"answer": "accepted", "operation": "NIX-8"})
    assert 'value="NIX-8"' in text(answer)
    tyres = factories.operation("TYR", name="更换轮胎")
    assert tuesday.post(url, {"answer": "accepted", "operation": "TYR"}).status_code == 302
    assert order.labour_lines.get(operation=tyres).recommendation == said


def test_not_offered_comes_back_on_the_next_visit(crew):
    order = factories.draft(crew)
    said = advised(crew, order.visit.vehicle)
    offers.pass_over(order, said, **told(crew))
    assert [one.open for one in offered(order)] == [False]
    said.refresh_from_db()
    assert (said.state, said.reason) == ("open", "太贵")


def test_advice_for_another_car_is_not_found_and_nothing_is_offered_after_signing(tuesday, crew):
    order = factories.draft(crew)
    _customer, other = factories.customer_with_car(crew.service_advisor)
    url = reverse("workorders:offer", args=[order.pk, "advice", advised(crew, other).pk])
    assert tuesday.post(url, {"answer": "not_offered"}).status_code == 404
    signed = factories.signed(crew)
    mine = advised(crew, signed.visit.vehicle, words="雨刮")
    url = reverse("workorders:offer", args=[signed.pk, "advice", mine.pk])
    assert tuesday.post(url, {"answer": "not_offered"}).status_code == 409
    with pytest.raises(NotAllowed):
        offers.accept(signed, mine, **told(crew))


@pytest.mark.parametrize("count", [1, 3])
def test_offers_take_four_queries(crew, count, django_assert_num_queries):
    order = factories.draft(crew)
    for number in range(count):
        advised(crew, order.visit.vehicle, words=f"建议{number}")
        planned(crew, order.visit.vehicle, item=f"项目{number}")
    loaded = queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()
    with django_assert_num_queries(4):
        assert len(queries.to_offer(loaded, TODAY)) == 2 * count


def test_a_missing_reason_is_said_beside_the_reason_and_the_answer_once(tuesday, crew):
    order = factories.draft(crew)
    said = advised(crew, order.visit.vehicle, words="后轮胎花纹偏浅")
    url = reverse("workorders:offer", args=[order.pk, "advice", said.pk])
    page = text(tuesday.post(url, {"answer": "declined", "reason": ""}))
    assert f'class="form-control is-invalid" id="no-advice-{said.pk}"' in page
    assert f'class="form-control" id="work-advice-{said.pk}"' in page
    page = text(tuesday.post(url, {"answer": "accepted"}))
    assert f'class="form-control is-invalid" id="work-advice-{said.pk}"' in page
    tuesday.post(url, {"answer": "declined", "reason": "下次再说"})
    assert text(tuesday.get(address("order", order))).count("下次再说") == 1
