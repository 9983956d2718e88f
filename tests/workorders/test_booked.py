"""What the order of a booked car takes over from its appointment: the work, the parts, and what was put aside."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import operations as appointments
from dealership.catalogue import operations as stock
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import LabourOperation, Price, StockReservation
from dealership.catalogue.operations import OutOfStock
from dealership.workflow import CLOCK, NotAllowed
from reception import operations as reception
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.workorders.sheets import address, text
from workorders import queries
from workorders.models import LabourLine, WorkOrder
from workorders.operations import writeup


def booked(crew, **job):
    """Book a car for so much work and take it in; return (appointment, visit)."""
    car = factories.customer_with_car(crew.service_advisor)
    made = factories.appointment(crew, car=car, job=factories.job(**job))
    return made, factories.taken_in(crew, car=car)


def with_parts(crew, part, quantity=2):
    """A booked car for which the parts desk has put its parts aside, taken in."""
    car = factories.customer_with_car(crew.service_advisor)
    made = factories.appointment(crew, car=car, job=factories.job(parts=[(part, quantity)]))
    appointments.put_aside(made.parts.get(), by=crew.parts, at=MONDAY)
    return made, factories.taken_in(crew, car=car)


def opened(visit, crew):
    return writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)


def at_the_team(order, crew):
    """Bring an order to its team without the customer's signature in between."""
    WorkOrder.objects.filter(pk=order.pk).update(
        state="dispatched",
        team=crew.team(),
        promised_at=TUESDAY_NINE,
        authorisation=order.visit.intake,
        **factories.EXPLAINED_COLUMNS,
    )
    order.refresh_from_db()
    return order


def free(crew, part):
    return catalogue.availability(crew.store, [part])[part.pk]


@pytest.mark.clause("2.2.6.1")
def test_an_order_begins_with_what_was_booked_at_the_prices_of_today(crew):
    oil, filter_ = factories.operation(name="换机油", hours="0.60"), factories.part(crew.store, name="滤清器")
    made, visit = booked(crew, operations=[oil], other=["异响"], parts=[(filter_, 2)])
    stock.set_price(oil, 20000, TUESDAY_NINE.date(), by=CLOCK, at=MONDAY)
    order = opened(visit, crew)
    [labour], [part] = order.labour_lines.all(), order.part_lines.all()
    assert (labour.operation, labour.hours, labour.amount_fen, labour.complaint) == (oil, oil.hours, 12000, None)
    assert (part.part, part.quantity, part.amount_fen) == (filter_, 2, 9800)
    assert made.parts.get().price_fen == 4900
    assert opened(visit, crew) == order
    assert order.labour_lines.count() == 1
    assert queries.left_out(order) == ["异响"]


def test_what_is_not_on_offer_or_has_no_price_any_more_is_left_out_and_named(tuesday, crew):
    gone, unpriced, kept = (factories.operation(name=name) for name in ["停售项目", "无价项目", "换机油"])
    part = factories.part(crew.store, name="无价配件")
    _made, visit = booked(crew, operations=[gone, unpriced, kept], parts=[(part, 1)])
    LabourOperation.objects.filter(pk=gone.pk).update(active=False)
    Price.objects.filter(operation=unpriced).delete()
    Price.objects.filter(part=part).delete()
    page = tuesday.post(reverse("workorders:begin", args=[visit.pk]), follow=True)
    assert "Booked, but not on the order: 停售项目、无价项目、无价配件." in text(page)
    order = WorkOrder.objects.get(visit=visit)
    assert [line.operation for line in order.labour_lines.all()] == [kept]
    assert not order.part_lines.exists()


def test_a_car_that_simply_came_begins_with_an_empty_order(tuesday, crew):
    visit = factories.taken_in(crew)
    page = tuesday.post(reverse("workorders:begin", args=[visit.pk]), follow=True)
    assert "not on the order" not in text(page)
    assert not LabourLine.objects.exists()


def test_an_order_begun_again_after_a_cancelled_one_has_what_was_booked_again(crew):
    oil = factories.operation()
    _made, visit = booked(crew, operations=[oil])
    writeup.cancel(opened(visit, crew), reason="写错了", by=crew.service_advisor, at=TUESDAY_NINE)
    assert [line.operation for line in opened(visit, crew).labour_lines.all()] == [oil]


@pytest.mark.clause("2.3.2")
def test_work_that_was_booked_answers_the_customers_words_with_one_tap(tuesday, crew):
    _made, visit = booked(crew, operations=[factories.operation()])
    order, complaint = opened(visit, crew), visit.complaints.get()
    line = order.labour_lines.get()
    url = reverse("workorders:answer", args=[order.pk, line.pk, complaint.pk])
    page = text(tuesday.get(address("order", order)))
    assert url in page
    assert "No work answers" in page
    tuesday.post(url)
    page = text(tuesday.get(address("order", order)))
    assert url not in page
    assert "No work answers" not in page
    line.refresh_from_db()
    assert line.complaint == complaint


def test_a_line_answers_the_words_of_its_own_visit_once_and_before_the_signature(tuesday, crew):
    order = factories.draft(crew)
    line, mine = order.labour_lines.get(), order.visit.complaints.get()
    theirs = factories.taken_in(crew).complaints.get()
    other = order.visit.complaints.create(position=2, words="空调不冷")
    with pytest.raises(NotAllowed):
        writeup.answer(line, theirs, by=crew.service_advisor)
    assert tuesday.post(reverse("workorders:answer", args=[order.pk, line.pk, theirs.pk])).status_code == 404
    writeup.answer(line, other, by=crew.service_advisor)
    line.refresh_from_db()
    assert line.complaint == mine
    signed = factories.signed(crew)
    LabourLine.objects.update(complaint=None)
    with pytest.raises(NotAllowed):
        writeup.answer(signed.labour_lines.get(), signed.visit.complaints.get(), by=crew.service_advisor)


@pytest.mark.clause("2.1.6")
def test_parts_put_aside_go_to_the_car_they_were_put_aside_for(crew):
    part = factories.part(crew.store, stock=2)
    _made, visit = with_parts(crew, part)
    assert free(crew, part) == 0
    order, other = opened(visit, crew), factories.dispatched(crew)
    assert queries.missing_parts(order) == []
    other.part_lines.update(part=part, quantity=1)
    assert [one.line for one in queries.missing_parts(other)] == [other.part_lines.get()]
    with pytest.raises(OutOfStock):
        factories.issue_parts(other, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    slip = factories.issue_parts(at_the_team(order, crew), to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    assert slip.lines.count() == 1
    assert StockReservation.objects.get(part=part).ended_at == TUESDAY_NINE  # the one of the appointment, no second


def test_the_rest_of_what_was_put_aside_is_free_when_the_order_is_cancelled(crew):
    part = factories.part(crew.store, stock=3)
    _made, visit = with_parts(crew, part)
    order = opened(visit, crew)
    assert free(crew, part) == 1
    writeup.cancel(order, reason="客户改变主意", by=crew.service_advisor, at=TUESDAY_NINE)
    assert free(crew, part) == 3


@pytest.mark.parametrize("end", ["release", "let_go", "leave"])
def test_nothing_stays_put_aside_for_a_car_that_has_left(crew, end):
    part = factories.part(crew.store, stock=3)
    if end == "leave":
        car = factories.customer_with_car(crew.service_advisor)
        made = factories.appointment(crew, car=car, job=factories.job(parts=[(part, 2)]))
        appointments.put_aside(made.parts.get(), by=crew.parts, at=MONDAY)
        reception.leave(factories.arrived(crew, car=car), reason="没空等", by=crew.service_advisor, at=TUESDAY_NINE)
    else:
        made, visit = with_parts(crew, part)
        act = reception.release if end == "release" else writeup.let_go
        act(visit, by=crew.service_advisor, at=TUESDAY_NINE, **({} if end == "release" else {"reason": "不修了"}))
    assert free(crew, part) == 3
    assert not StockReservation.objects.filter(ended_at=None).exists()
    assert made.parts.get().reservation is not None  # that it was prepared stays noted


def test_only_what_was_used_of_the_parts_leaves_the_stock(crew):
    part = factories.part(crew.store, stock=3)
    made, visit = with_parts(crew, part, quantity=2)
    order = opened(visit, crew)
    order.part_lines.update(quantity=1)
    factories.issue_parts(at_the_team(order, crew), to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    assert free(crew, part) == 1
    appointments.finish(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(hours=3))
    assert free(crew, part) == 2


@pytest.mark.parametrize(("said", "answers"), [("刹车有异响", True), ("别的", False)])
def test_booked_work_answers_the_words_it_was_booked_with(crew, said, answers):
    work = factories.operation()
    car = factories.customer_with_car(crew.service_advisor)
    factories.appointment(crew, car=car, reason=said, cause="fault", job=factories.job(operations=[work]))
    order = opened(factories.taken_in(crew, car=car), crew)
    assert order.labour_lines.get().complaint == (order.visit.complaints.get() if answers else None)


def test_booked_work_answers_nothing_where_the_customer_says_more(crew):
    work = factories.operation()
    car = factories.customer_with_car(crew.service_advisor)
    factories.appointment(crew, car=car, reason="刹车有异响", cause="fault", job=factories.job(operations=[work]))
    visit = factories.receiving(crew, car=car)
    reception.note_complaint(visit, words="空调不凉", by=crew.service_advisor)
    reception.sign_intake(visit, outcome=factories.drawn(visit.customer.name), by=crew.service_advisor, at=TUESDAY_NINE)
    assert opened(visit, crew).labour_lines.get().complaint is None
