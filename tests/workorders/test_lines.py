"""What is said about each line before the customer signs: fault, warranty, payer, decision, reading out."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dealership.catalogue.models import LabourOperation
from dealership.customers.models import Recommendation
from dealership.workflow import NotAllowed
from tests import beginnings, factories
from tests.factories import TUESDAY_NINE
from tests.workorders.gates import scan
from tests.workorders.sheets import HOUR
from tests.workorders.test_writeup import sign
from workorders import queries
from workorders.models import LabourLine, WorkOrder
from workorders.operations import lines, signing, work, writeup


def told(crew):
    return {"by": crew.service_advisor, "at": TUESDAY_NINE}


def operation(kind="general", **details):
    made = factories.operation(**details)
    LabourOperation.objects.filter(pk=made.pk).update(order_class=kind)
    made.refresh_from_db()
    return made


def repair(crew, kind="general", name="检查前制动"):
    """An order whose only work answers a complaint nobody has looked into, with a part; nothing is read out yet."""
    visit = factories.taken_in(crew)
    order = writeup.open_order(visit, **told(crew))
    work = operation(kind, name=name)
    line = writeup.add_labour(order, operation=work, complaint=visit.complaints.get(), **told(crew))
    writeup.add_part(order, part=factories.part(crew.store), quantity=1, **told(crew))
    return order, line


def obstacles(order):
    return queries.obstacles_of_lines(queries.whole(WorkOrder.objects.filter(pk=order.pk)).get())


@pytest.mark.parametrize(
    ("kind", "fault", "warranty", "payer"),
    [
        ("maintenance", "determined", "out", "customer"),
        ("first", "determined", "out", "customer"),
        ("general", "", "", "customer"),
        ("major", "", "", "customer"),
        ("warranty", "", "in", "manufacturer"),
        ("accident", "determined", "out", "insurer"),
        ("comeback", "", "out", "goodwill"),
    ],
)
def test_only_the_repair_of_a_complaint_asks(crew, kind, fault, warranty, payer):
    order, line = repair(crew, kind)
    assert (line.fault, line.warranty, line.payer) == (fault, warranty, payer)
    named = writeup.add_labour(order, operation=line.operation, complaint=None, **told(crew))
    assert (named.fault, named.payer) == ("determined", payer)
    assert named.warranty in ("in", "out")


@pytest.mark.parametrize(("ends_in", "warranty"), [(-1, "out"), (0, ""), (None, "")])
def test_a_car_known_to_be_out_of_warranty_is_not_asked_about(crew, ends_in, warranty):
    visit = factories.taken_in(crew)
    if ends_in is not None:
        visit.vehicle.warranty_until = TUESDAY_NINE.date() + timedelta(days=ends_in)
        visit.vehicle.save()
    order = writeup.open_order(visit, **told(crew))
    line = writeup.add_labour(order, operation=operation(), complaint=visit.complaints.get(), **told(crew))
    assert (line.fault, line.warranty) == ("", warranty)


def test_maintenance_needs_nothing_but_reading_out(crew):
    order = factories.draft(crew)
    assert obstacles(order) == []
    order.labour_lines.update(confirmed_at=None)
    assert len(obstacles(order)) == 1


def test_work_that_comes_to_answer_a_complaint_asks_from_then_on(crew):
    order = writeup.open_order(factories.taken_in(crew), **told(crew))
    line = writeup.add_labour(order, operation=operation(), complaint=None, **told(crew))
    assert line.fault == "determined"
    writeup.answer(line, order.visit.complaints.get(), by=crew.service_advisor)
    assert (line.fault, line.warranty) == ("", "")


@pytest.mark.clause("2.2.4.1")
def test_a_fault_is_determined_or_not_before_the_customer_signs(crew):
    order, line = repair(crew)
    lines.decide_warranty(line, warranty="out", **told(crew))
    lines.confirm_all(order, **told(crew))
    assert [line.description in sentence for sentence in obstacles(order)] == [True]
    with pytest.raises(NotAllowed, match=line.description):
        sign(order, crew)
    lines.say_fault(line, fault="determined", **told(crew))
    lines.confirm_all(order, **told(crew))
    sign(order, crew)


@pytest.mark.clause("2.2.4.2")
def test_an_item_without_warranty_decision_is_not_signed_and_unclear_is_a_decision(crew):
    order, line = repair(crew)
    lines.say_fault(line, fault="determined", **told(crew))
    lines.confirm_all(order, **told(crew))
    with pytest.raises(NotAllowed, match=line.description):
        sign(order, crew)
    lines.decide_warranty(line, warranty="unclear", reason="要拆开看磨损面", **told(crew))
    lines.confirm_all(order, **told(crew))
    sign(order, crew)


@pytest.mark.clause("2.2.4.3")
def test_unclear_needs_the_reason_the_customer_is_told(crew):
    _order, line = repair(crew)
    with pytest.raises(NotAllowed):
        lines.decide_warranty(line, warranty="unclear", reason=" ", **told(crew))
    line.refresh_from_db()
    assert line.warranty == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        LabourLine.objects.filter(pk=line.pk).update(warranty="unclear")


@pytest.mark.clause("2.2.4.5")
def test_an_undetermined_fault_is_told_and_signed_as_a_diagnosis_without_final_price(crew):
    order, line = repair(crew)
    lines.decide_warranty(line, warranty="out", **told(crew))
    lines.say_fault(line, fault="undetermined", **told(crew))
    lines.confirm_all(order, **told(crew))
    with pytest.raises(NotAllowed, match=line.description):
        sign(order, crew)
    lines.say_fault(line, fault="undetermined", told=True, **told(crew))
    lines.confirm_all(order, **told(crew))
    sign(order, crew)
    total = queries.totals(WorkOrder.objects.get(pk=order.pk))
    assert (total.pending, total.total_fen, total.hours) == (True, 0, line.hours)


def test_in_warranty_the_manufacturer_pays_and_out_of_it_the_customer_again(crew):
    order, line = repair(crew)
    lines.decide_warranty(line, warranty="in", **told(crew))
    lines.say_fault(line, fault="determined", **told(crew))
    total = queries.totals(order)
    assert (total.by_payer, total.customer_fen, total.total_fen) == ({"manufacturer": 19900}, 0, 19900)
    with pytest.raises(NotAllowed):
        lines.set_payer(line, payer="goodwill", **told(crew))
    lines.decide_warranty(line, warranty="out", **told(crew))
    assert queries.totals(order).by_payer == {"customer": 19900}


def test_a_part_is_paid_with_its_work_unless_somebody_is_written_on_it(crew):
    order, line = repair(crew)
    lines.say_fault(line, fault="determined", **told(crew))
    lines.set_payer(line, payer="insurer", **told(crew))
    part = order.part_lines.get()
    assert (part.labour, part.pays) == (line, "insurer")
    lines.set_payer(part, payer="goodwill", **told(crew))
    assert queries.totals(order).by_payer == {"insurer": 15000, "goodwill": 4900}


def test_of_several_works_a_part_is_for_the_one_that_usually_takes_it(crew):
    order = factories.draft(crew)
    pads = factories.part(crew.store, name="刹车片")
    brakes = operation(name="换刹车片")
    brakes.usual_parts.create(part=pads)
    line = writeup.add_labour(order, operation=brakes, complaint=None, **told(crew))
    assert writeup.add_part(order, part=pads, quantity=1, **told(crew)).labour == line
    other = factories.part(crew.store, name="雨刮")
    assert writeup.add_part(order, part=other, quantity=1, **told(crew)).labour is None


def test_a_part_share_beyond_the_approved_amount_is_the_customers(crew):
    order, line = repair(crew)
    LabourLine.objects.filter(pk=line.pk).update(
        fault="determined", warranty="in", payer="manufacturer", share_fen=16000
    )
    total = queries.totals(WorkOrder.objects.get(pk=order.pk))
    assert total.by_payer == {"manufacturer": 16000, "customer": 3900}
    assert total.total_fen == 19900


@pytest.mark.clause("3.2.4.1")
def test_of_three_items_the_one_the_customer_refuses_is_advice(crew):
    order = factories.draft(crew)
    names = ["更换雨刮", "前轮刹车片"]
    _wiper, pads = (
        writeup.add_labour(order, operation=factories.operation(name=name), complaint=None, **told(crew))
        for name in names
    )
    lines.decide(pads, accepted=False, reason="下个月再说", **told(crew))
    lines.confirm_all(order, **told(crew))
    sign(order, crew)
    assert LabourLine.objects.wanted().filter(order=order).count() == 2
    said = Recommendation.objects.get(vehicle=order.visit.vehicle)
    assert (said.words, said.declined, said.reason, said.source, said.state) == (
        "前轮刹车片", True, "下个月再说", order.number, "open",
    )  # fmt: skip
    assert said.remind_on == TUESDAY_NINE.date() + timedelta(days=30)


def test_a_declined_line_costs_nothing_takes_no_hours_and_gets_no_part(crew):
    order = factories.draft(crew)
    line = writeup.add_labour(order, operation=factories.operation(), complaint=None, **told(crew))
    part = writeup.add_part(order, part=factories.part(crew.store), quantity=1, labour=line, **told(crew))
    before, load = queries.totals(order), queries.load(crew.store)
    lines.decide(line, accepted=False, reason="太贵", **told(crew))
    total = queries.totals(WorkOrder.objects.get(pk=order.pk))
    assert total.total_fen == before.total_fen - 15000 - 4900
    assert total.hours == before.hours - line.hours
    lines.confirm_all(order, **told(crew))
    sign(order, crew)
    assert queries.load(crew.store) - load == total.hours
    signing.give_copies(WorkOrder.objects.get(pk=order.pk), **told(crew))
    factories.give_to_team(WorkOrder.objects.get(pk=order.pk), crew)
    assert factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE).lines.count() == 1
    part.refresh_from_db()
    assert (part.decision, part.issued_at) == ("declined", None)
    order = WorkOrder.objects.get(pk=order.pk)
    factories.clock_on(order, crew.technician)
    work.finish(order, by=crew.technician, at=TUESDAY_NINE)


def test_a_decline_needs_a_reason_and_can_be_taken_back_at_the_desk(crew):
    order = factories.draft(crew)
    line = order.labour_lines.get()
    with pytest.raises(NotAllowed):
        lines.decide(line, accepted=False, reason="  ", **told(crew))
    lines.decide(line, accepted=False, reason="太贵", **told(crew))
    assert obstacles(order) != []
    lines.decide(line, accepted=True, **told(crew))
    assert Recommendation.objects.get().state == "dropped"
    assert order.part_lines.get().wanted
    lines.decide(line, accepted=False, reason="还是算了", **told(crew))
    again = Recommendation.objects.get()
    assert (again.state, again.reason) == ("open", "还是算了")


def test_an_order_of_which_everything_was_declined_is_not_signed(crew):
    order = factories.draft(crew)
    lines.decide(order.labour_lines.get(), accepted=False, reason="太贵", **told(crew))
    with pytest.raises(NotAllowed):
        sign(order, crew)


def test_a_removed_line_leaves_no_advice(crew):
    order = factories.draft(crew)
    line = order.labour_lines.get()
    lines.decide(line, accepted=False, reason="录错了", **told(crew))
    writeup.remove_line(line, **told(crew))
    assert Recommendation.objects.get().state == "dropped"
    assert order.part_lines.get().labour is None


def test_advice_that_was_carried_out_is_advised_no_more(crew):
    order = factories.paid(crew)
    line = order.labour_lines.get()
    said = beginnings.customers.recommend(
        order.visit.vehicle, words="刹车片", declined=True, reason="太贵", source="上次", remind_on=TUESDAY_NINE.date(),
        **told(crew),
    )  # fmt: skip
    LabourLine.objects.filter(pk=line.pk).update(recommendation=said)
    scan(order, crew.service_advisor, TUESDAY_NINE + HOUR)
    said.refresh_from_db()
    assert said.state == "done"


@pytest.mark.clause("2.2.11.11")
def test_an_item_not_confirmed_at_the_desk_is_not_signed(crew):
    order = factories.draft(crew)
    late = writeup.add_labour(order, operation=factories.operation(name="加装脚垫"), complaint=None, **told(crew))
    with pytest.raises(NotAllowed, match="加装脚垫"):
        sign(order, crew)
    lines.confirm(late, **told(crew))
    sign(order, crew)


def test_what_changes_after_it_was_read_out_is_read_out_again(crew):
    order = factories.draft(crew)
    line = order.labour_lines.get()
    for change in [
        lambda: lines.set_payer(line, payer="goodwill", **told(crew)),
        lambda: lines.say_fault(line, fault="determined", **told(crew)),
        lambda: lines.decide_warranty(line, warranty="in", **told(crew)),
    ]:
        lines.confirm_all(order, **told(crew))
        change()
        line.refresh_from_db()
        assert line.confirmed_at is None


def test_only_what_was_on_the_page_is_confirmed(crew):
    order = factories.draft(crew)
    seen = queries.mark_of(order)
    late = writeup.add_labour(order, operation=factories.operation(), complaint=None, **told(crew))
    with pytest.raises(NotAllowed):
        lines.confirm_all(order, seen=seen, **told(crew))
    late.refresh_from_db()
    assert late.confirmed_at is None


def test_after_the_signature_nothing_is_said_about_a_line_any_more(crew):
    line = factories.signed(crew).labour_lines.get()
    for late in [
        lambda: lines.say_fault(line, fault="determined", **told(crew)),
        lambda: lines.decide_warranty(line, warranty="in", **told(crew)),
        lambda: lines.set_payer(line, payer="goodwill", **told(crew)),
        lambda: lines.decide(line, accepted=False, reason="x", **told(crew)),
        lambda: lines.confirm(line, **told(crew)),
    ]:
        with pytest.raises(NotAllowed):
            late()


def test_what_is_missing_is_said_in_the_order_of_work(crew):
    order, _line = repair(crew)
    order.visit.complaints.create(position=2, words="空调不冷")
    sentences = obstacles(order)
    assert len(sentences) == 4
    assert "空调不冷" in sentences[0]
    assert ["检查前制动" in sentence for sentence in sentences[1:3]] == [True, True]
    assert "检查前制动、机油滤清器" in sentences[3]


def test_a_part_is_put_under_the_work_it_is_for(sent, crew):
    order = factories.draft(crew)
    second = writeup.add_labour(order, operation=factories.operation(), complaint=None, **told(crew))
    part = factories.part(crew.store)
    sent(order, "add_part", part=part.number, quantity="1", labour=str(second.pk))
    assert order.part_lines.get(part=part).labour == second
