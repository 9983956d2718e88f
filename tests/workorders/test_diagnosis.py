"""A fault that has to be found first: diagnosis, price in detail, the customer's yes, and only then the repair."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from dealership.customers.models import Recommendation
from dealership.workflow import NotAllowed
from tests import beginnings, factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import text
from tests.workorders.test_lines import repair, told
from workorders import documents, queries
from workorders.models import LabourLine, WorkOrder
from workorders.operations import diagnosis, lines, signing, work, writeup

SOON = TUESDAY_NINE + timedelta(hours=1)


def at_team(order, crew):
    lines.confirm_all(order, **told(crew))
    factories.sign(order, crew.service_advisor)
    signing.give_copies(order, by=crew.service_advisor, at=TUESDAY_NINE)
    factories.give_to_team(order, crew)
    return WorkOrder.objects.get(pk=order.pk)


def unknown(crew):
    """A signed order with the team whose only fault is still to be found; its part waits for the price."""
    order, line = repair(crew)
    lines.decide_warranty(line, warranty="out", **told(crew))
    lines.say_fault(line, fault="undetermined", told=True, **told(crew))
    return at_team(order, crew), line


def found(crew):
    order, line = unknown(crew)
    diagnosis.record(line, diagnosis="前制动片磨穿", by=crew.technician, at=SOON)
    return order, line


def quoted(crew):
    order, line = found(crew)
    pads = factories.part(crew.store, name="制动片", price_fen=29800)
    diagnosis.quote(line, hours=Decimal("1.5"), parts=[(pads, 1)], by=crew.service_advisor, at=SOON)
    return order, line


def begin(order, crew):
    factories.clock_on(order, crew.technician, at=SOON)
    order.refresh_from_db()


def test_the_diagnosis_may_begin_and_its_parts_wait_for_the_price(crew):
    order, _line = unknown(crew)
    begin(order, crew)
    assert order.state == "in_progress"
    assert queries.issuable(order) == []
    with pytest.raises(NotAllowed, match="检查前制动"):
        work.finish(order, by=crew.technician, at=SOON)


@pytest.mark.clause("2.2.7.5")
def test_after_the_diagnosis_no_repair_begins_without_a_price_in_detail(crew):
    order, line = found(crew)
    with pytest.raises(NotAllowed, match="检查前制动"):
        begin(order, crew)
    with pytest.raises(NotAllowed, match="检查前制动"):
        diagnosis.begin_repair(line, by=crew.technician, at=SOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        LabourLine.objects.filter(pk=line.pk).update(repair_begun_at=SOON)


@pytest.mark.clause("2.2.9.5")
def test_a_price_the_customer_has_not_agreed_to_begins_no_repair_gives_no_part_and_is_not_billed(crew):
    order, line = quoted(crew)
    with pytest.raises(NotAllowed):
        diagnosis.begin_repair(line, by=crew.technician, at=SOON)
    assert queries.issuable(order) == []
    assert queries.totals(WorkOrder.objects.get(pk=order.pk)).labour_fen == 0


def test_the_customers_yes_opens_the_repair(crew):
    order, line = quoted(crew)
    lines.decide(line, accepted=True, **told(crew))
    total = queries.totals(WorkOrder.objects.get(pk=order.pk))
    assert (total.labour_fen, total.parts_fen, total.pending) == (22500, 4900 + 29800, False)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=SOON)
    begin(order, crew)  # who clocks on after the diagnosis begins the repair
    line.refresh_from_db()
    assert (line.repair_begun_at, line.repair_begun_by) == (SOON, crew.technician)
    work.finish(order, by=crew.technician, at=SOON)
    assert order.state == "finished"


def test_the_customers_no_is_advice_and_the_order_goes_on_without_it(crew):
    order, line = quoted(crew)
    assert queries.block_of(line)
    with pytest.raises(NotAllowed):
        lines.decide(line, accepted=False, reason="", **told(crew))
    lines.decide(line, accepted=False, reason="太贵", **told(crew))
    assert Recommendation.objects.get().reason == "太贵"
    assert not order.part_lines.filter(description="制动片").get().wanted
    work.finish(order, by=crew.technician, at=SOON)  # nothing is left to be clocked
    assert order.state == "finished"


def test_the_page_says_the_whole_price_and_offers_what_was_priced_to_change(tuesday, crew):
    order, line = quoted(crew)
    page = text(tuesday.get(reverse("workorders:examine", args=[order.pk, line.pk])))
    assert "¥572.00" in page  # 225.00, the pads at 298.00 and the filter of the order at 49.00
    pads = order.part_lines.get(description="制动片").part
    assert f'value="{pads.number} · 制动片"' in page
    total = queries.totals(WorkOrder.objects.get(pk=order.pk))
    assert (total.total_fen, total.asked_fen) == (4900, 22500 + 29800)


def test_priced_again_before_the_answer_the_new_price_stands(crew):
    order, line = quoted(crew)
    diagnosis.quote(line, hours=Decimal("1"), parts=[], by=crew.service_advisor, at=SOON)
    assert not order.part_lines.filter(description="制动片").exists()
    lines.decide(line, accepted=True, **told(crew))
    with pytest.raises(NotAllowed):
        diagnosis.quote(line, hours=Decimal("9"), parts=[], by=crew.service_advisor, at=SOON)
    line.refresh_from_db()
    assert (line.hours, line.amount_fen) == (Decimal("1"), 15000)


@pytest.mark.parametrize("act", ["record", "quote", "begin_repair"])
def test_who_may_not_is_refused(crew, act):
    _order, line = unknown(crew)
    facts = {"record": {"diagnosis": "x"}, "quote": {"hours": Decimal(1), "parts": []}, "begin_repair": {}}[act]
    with pytest.raises(NotAllowed):
        getattr(diagnosis, act)(line, **facts, by=crew.cashier, at=SOON)


def test_an_ordinary_work_needs_no_diagnosis(crew):
    line = factories.signed(crew).labour_lines.get()
    with pytest.raises(NotAllowed):
        diagnosis.record(line, diagnosis="x", by=crew.technician, at=SOON)


def test_other_work_on_the_order_begins_while_one_waits(crew):
    order, line = repair(crew)
    lines.decide_warranty(line, warranty="out", **told(crew))
    lines.say_fault(line, fault="undetermined", told=True, **told(crew))
    writeup.add_labour(order, operation=factories.operation(), complaint=None, **told(crew))
    order = at_team(order, crew)
    diagnosis.record(line, diagnosis="前制动片磨穿", by=crew.technician, at=SOON)
    begin(order, crew)
    with pytest.raises(NotAllowed, match="检查前制动"):
        work.finish(order, by=crew.technician, at=SOON)


@pytest.mark.clause("2.2.4.5")
@pytest.mark.clause("2.2.7.5")
def test_the_paper_says_after_diagnosis_instead_of_a_price(crew):
    order, _line = unknown(crew)
    labour = documents.lines(queries.whole(WorkOrder.objects.filter(pk=order.pk)).get())[0]
    assert labour["rows"][0][-1] == documents.after_diagnosis()


@pytest.mark.clause("2.2.4.5")
def test_paper_and_page_are_named_a_diagnosis_until_the_price_is_known(tuesday, crew):
    order, line = unknown(crew)
    usual = factories.signed(crew)
    with translation.override("zh-hans"):
        assert [documents.title(one) for one in [order, usual]] == ["任务委托书（诊断）", "任务委托书"]
    assert order.authorisation.title == documents.title(order) != usual.authorisation.title
    badge = '<span class="badge text-bg-warning fs-6">Diagnosis</span>'
    page = reverse("workorders:order", args=[order.pk])
    assert badge in text(tuesday.get(page))
    diagnosis.record(line, diagnosis="前制动片磨穿", by=crew.technician, at=SOON)
    diagnosis.quote(line, hours=Decimal("1.5"), parts=[], by=crew.service_advisor, at=SOON)
    assert badge not in text(tuesday.get(page))


def test_the_page_goes_from_diagnosis_to_the_customers_answer(tuesday, crew):
    order, line = unknown(crew)
    page = reverse("workorders:examine", args=[order.pk, line.pk])
    assert page in text(tuesday.get(reverse("workorders:order", args=[order.pk])))

    def post(name, **values):
        return tuesday.post(reverse(f"workorders:{name}", args=[order.pk, line.pk]), values)

    empty = post("diagnose", diagnosis=" ")
    assert (empty.status_code, list(empty.context["diagnose_form"].errors)) == (422, ["diagnosis"])
    assert post("diagnose", diagnosis="前制动片磨穿")["Location"] == page
    pads = factories.part(crew.store, "BP-1", name="制动片")
    wrong = post("quote", hours="0", part1="NIX", quantity1="1")
    assert (wrong.status_code, sorted(wrong.context["quote_form"].errors)) == (422, ["hours", "part1"])
    assert 'value="NIX"' in text(wrong)
    unpriced = beginnings.Part.objects.create(number="UNP-1", name="无价件")
    assert "There is no price" in text(post("quote", hours="1", part1=unpriced.number))
    assert post("quote", hours="1.5", part1="BP-1", quantity1="2")["Location"] == page
    assert order.part_lines.get(part=pads).quantity == 2
    shown = text(tuesday.get(page))
    assert "Agrees" in shown
    assert "has not agreed to the price of “检查前制动” yet" in shown
    assert "Begin the repair" not in shown
    say = reverse("workorders:say_labour", args=[order.pk, line.pk, "decision"])
    assert tuesday.post(say, {"decision": "accepted"}).status_code == 302
    tuesday.force_login(crew.technician)
    assert "Begin the repair" in text(tuesday.get(page))
    assert post("repair").status_code == 302
    line.refresh_from_db()
    assert line.repair_begun_by == crew.technician


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_diagnosis_takes_six_queries(tuesday, crew, count, django_assert_num_queries):
    order, line = quoted(crew)
    for _more in range(count - 1):
        order.part_lines.create(
            part=factories.part(crew.store), labour=line, description="x", quantity=1, unit_price_fen=1, amount_fen=1
        )
    with django_assert_num_queries(6):
        tuesday.get(reverse("workorders:examine", args=[order.pk, line.pk]))
