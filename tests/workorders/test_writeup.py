"""Writing the order and having it signed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dealership.catalogue import queries as catalogue
from dealership.catalogue.queries import PriceMissing
from dealership.workflow import NotAllowed
from dealership.workshop.models import OpeningHours
from reception import operations as reception
from tests import beginnings, factories
from tests.factories import TUESDAY_NINE
from workorders import queries, reckoning
from workorders.models import WorkOrder
from workorders.operations import lines, parts, signing, writeup


def sign(order, crew, promised_at=TUESDAY_NINE + timedelta(days=1), reason="", at=TUESDAY_NINE, seen=None, **wishes):
    return factories.sign(
        order, crew.service_advisor, at, promised_at=promised_at, promise_reason=reason, seen=seen, **wishes
    )


def test_an_order_begins_only_after_the_reception_form_is_signed(crew):
    visit = factories.receiving(crew)
    with pytest.raises(NotAllowed):
        writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.mark.clause("2.2.11.12")
def test_an_order_is_opened_once_and_filled_from_the_visit(crew):
    visit = factories.taken_in(crew)
    first = writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    second = writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert first == second
    assert first.advisor == crew.service_advisor
    assert first.number.startswith(f"{crew.store.code}-WO-2026-")


@pytest.mark.clause("2.2.7.3")
def test_labour_parts_and_total_add_up_to_the_fen(crew):
    order = factories.draft(crew)
    writeup.add_labour(
        order,
        operation=factories.operation(rate_fen=9999),
        complaint=None,
        hours=Decimal("0.33"),
        by=crew.service_advisor,
        at=TUESDAY_NINE,
    )
    total = queries.totals(order)
    assert (total.labour_fen, total.parts_fen) == (15000 + 3300, 4900)  # 32.9967 rounds to 33.00
    assert total.total_fen == 23200


def test_a_line_keeps_the_price_of_its_day(crew):
    from dealership.catalogue import operations as catalogue
    from dealership.workflow import CLOCK

    order = factories.draft(crew)
    work = order.labour_lines.get().operation
    catalogue.set_price(work, 99900, TUESDAY_NINE.date() + timedelta(days=1), by=CLOCK, at=TUESDAY_NINE)
    sign(order, crew)
    assert queries.totals(order).labour_fen == 15000


def test_work_without_a_price_is_refused_with_a_sentence(crew):
    order = factories.draft(crew)
    unpriced = beginnings.LabourOperation.objects.create(code="X", name="无价", hours=Decimal(1), order_class="general")
    with pytest.raises(PriceMissing):
        writeup.add_labour(order, operation=unpriced, complaint=None, by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.mark.clause("2.3.2")
def test_every_complaint_needs_its_line_before_signing(crew):
    visit = factories.receiving(crew)
    reception.note_complaint(visit, words="空调不冷", by=crew.service_advisor)
    reception.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)
    order = writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    first = visit.complaints.first()
    writeup.add_labour(
        order, operation=factories.operation(), complaint=first, by=crew.service_advisor, at=TUESDAY_NINE
    )
    with pytest.raises(NotAllowed, match="空调不冷"):
        sign(order, crew)
    order.refresh_from_db()
    assert order.state == "draft"


@pytest.mark.clause("2.2.7.4")
def test_an_empty_order_is_not_signed(crew):
    order = writeup.open_order(factories.taken_in(crew), by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        sign(order, crew)


@pytest.mark.clause("3.2.3.2")
def test_a_signed_order_keeps_its_lines(crew):
    order = factories.signed(crew)
    with pytest.raises(NotAllowed):
        writeup.remove_line(order.labour_lines.get(), by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        writeup.add_part(order, part=factories.part(crew.store), quantity=1, by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.mark.clause("2.2.6.1")
def test_a_short_part_is_shown(crew):
    order = factories.draft(crew, part_stock=0)
    assert [one.line for one in queries.missing_parts(order)] == [order.part_lines.get()]


@pytest.mark.clause("2.2.8.1")
def test_a_promise_the_workshop_cannot_keep_needs_a_reason(crew):
    order = factories.draft(crew, hours="3.00")
    early = TUESDAY_NINE + timedelta(hours=1)
    with pytest.raises(NotAllowed):
        sign(order, crew, promised_at=early)
    sign(order, crew, promised_at=early, reason="两名技师同时作业")
    order.refresh_from_db()
    assert (order.promised_at, order.first_promised_at) == (early, early)


def test_a_promise_in_the_past_is_refused(crew):
    with pytest.raises(NotAllowed):
        sign(factories.draft(crew), crew, promised_at=TUESDAY_NINE - timedelta(hours=1), reason="x")


def test_a_cancelled_order_needs_a_reason_and_lets_another_begin(crew):
    order = factories.signed(crew)
    with pytest.raises(NotAllowed):
        writeup.cancel(order, reason=" ", by=crew.service_advisor, at=TUESDAY_NINE)
    writeup.cancel(order, reason="客户改变主意", by=crew.service_advisor, at=TUESDAY_NINE)
    again = writeup.open_order(order.visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert again != order


def test_a_line_added_on_a_stale_page_does_not_slip_under_the_signature(crew):
    stale = factories.draft(crew)
    sign(WorkOrder.objects.get(pk=stale.pk), crew)
    before = queries.totals(WorkOrder.objects.get(pk=stale.pk))
    with pytest.raises(NotAllowed):
        writeup.add_labour(
            stale, operation=factories.operation(), complaint=None, by=crew.service_advisor, at=TUESDAY_NINE
        )
    with pytest.raises(NotAllowed):
        writeup.remove_line(stale.labour_lines.get(), by=crew.service_advisor, at=TUESDAY_NINE)
    assert queries.totals(WorkOrder.objects.get(pk=stale.pk)) == before


def test_the_customer_signs_what_the_page_showed(crew):
    order = factories.draft(crew)
    shown = queries.mark_of(order)
    writeup.add_part(order, part=factories.part(crew.store), quantity=1, by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(signing.OrderChanged):
        sign(order, crew, seen=shown)
    lines.confirm_all(order, by=crew.service_advisor, at=TUESDAY_NINE)
    sign(order, crew, seen=queries.mark_of(WorkOrder.objects.get(pk=order.pk)))


def test_a_promise_next_century_is_a_slip_of_the_finger(crew):
    with pytest.raises(NotAllowed):
        sign(factories.draft(crew), crew, promised_at=TUESDAY_NINE + timedelta(days=93))


def test_a_store_without_opening_hours_still_signs(crew):
    OpeningHours.objects.all().delete()
    order = factories.draft(crew)
    assert reckoning.reckon(order, TUESDAY_NINE).finish is None
    sign(order, crew)


def test_an_order_is_not_cancelled_while_its_parts_are_out(crew):
    order = factories.dispatched(crew, part_stock=3)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        writeup.cancel(order, reason="客户改变主意", by=crew.service_advisor, at=TUESDAY_NINE)
    assert parts.take_all_back(order, reason="收回", by=crew.parts, at=TUESDAY_NINE) == 1
    assert parts.take_all_back(order, reason="收回", by=crew.parts, at=TUESDAY_NINE) == 0
    writeup.cancel(order, reason="客户改变主意", by=crew.service_advisor, at=TUESDAY_NINE)
    part = order.part_lines.get().part
    assert catalogue.availability(crew.store, [part]) == {part.pk: 3}


def test_nobody_leaves_while_an_order_is_open(crew):
    order = factories.in_progress(crew)
    with pytest.raises(NotAllowed, match=order.number):
        writeup.let_go(order.visit, reason="不修了", by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        reception.leave(order.visit, reason="不修了", by=crew.service_advisor, at=TUESDAY_NINE)


def test_a_customer_may_leave_after_the_intake_without_work(crew):
    visit = factories.taken_in(crew)
    order = writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    writeup.cancel(order, reason="太贵", by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        writeup.let_go(visit, reason=" ", by=crew.service_advisor, at=TUESDAY_NINE)
    writeup.let_go(visit, reason="太贵", by=crew.service_advisor, at=TUESDAY_NINE)
    assert visit.state == "left"
