"""Parts of an order: put aside, asked for, picked, handed out against two signatures, taken back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dealership.catalogue.models import Stock, StockMovement
from dealership.catalogue.operations import OutOfStock
from dealership.paperwork import operations as paperwork
from dealership.paperwork.models import IssuedDocument
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE, hands, issue_parts
from tests.workorders.counter import drawn_of, fresh, kept, receive, stock, two_parts, with_team
from workorders import documents, queries
from workorders.models import Alert, Decision, IssueSlip, IssueSlipLine, PartLine
from workorders.operations import dispatch, parts, signing, work, writeup

SOON = TUESDAY_NINE + timedelta(hours=1)


def lines_of(order):
    return list(order.part_lines.order_by("pk"))


# Reservation


def test_the_customers_signature_puts_his_parts_aside(crew):
    order = two_parts(crew)
    filter_, plugs = lines_of(order)
    assert kept(order) == {}
    factories.sign(order, crew.service_advisor)
    assert kept(order) == {filter_.part.number: 1, plugs.part.number: 4}
    assert (stock(filter_), stock(plugs)) == ((5, 1), (5, 4))


def test_too_few_there_refuse_no_signature_and_what_is_there_is_kept(crew):
    order = two_parts(crew, stock=3)
    _filter, plugs = lines_of(order)
    factories.sign(order, crew.service_advisor, promise_reason="配件调货")
    assert kept(order)[plugs.part.number] == 3
    assert [one.line for one in queries.missing_parts(fresh(order))] == [plugs]


def test_others_do_not_get_what_is_put_aside(crew):
    first = factories.dispatched(crew, part_stock=1)
    part = first.part_lines.get().part
    other = factories.draft(crew, part_stock=0)
    PartLine.objects.filter(order=other).update(part=part)
    with_team(crew, other, promise_reason="配件调货")
    assert [one.line.part for one in queries.missing_parts(fresh(other))] == [part]
    with pytest.raises(OutOfStock, match="0"):
        issue_parts(other, to=crew.technician, by=crew.parts)
    assert issue_parts(first, to=crew.technician, by=crew.parts).lines.count() == 1


@pytest.mark.parametrize("way", ["cancel", "revise"])
def test_an_order_cancelled_or_written_anew_lets_its_parts_go(crew, way):
    order = two_parts(crew)
    factories.sign(order, crew.service_advisor)
    assert kept(order)
    if way == "cancel":
        writeup.cancel(order, reason="改天", by=crew.service_advisor, at=SOON)
    else:
        signing.revise(order, reason="加项", by=crew.service_advisor, at=SOON)
    assert kept(order) == {}
    assert not Stock.objects.filter(reserved__gt=0).exists()


# Asking and picking


def test_the_team_asks_and_the_parts_desk_sees_it(crew):
    order = factories.dispatched(crew)
    [line] = parts.request(order, by=crew.technician, at=SOON)
    line.refresh_from_db()
    assert (line.requested_at, line.requested_by) == (SOON, crew.technician)
    assert Alert.objects.filter(order=order, desk="parts", about="parts").get().words == "机油滤清器 × 1"
    with pytest.raises(NotAllowed, match=r"nothing more|没有"):
        parts.request(order, by=crew.technician, at=SOON)


def test_nothing_is_asked_for_before_a_team_has_the_order_nor_by_the_desk(crew):
    with pytest.raises(NotAllowed):
        parts.request(factories.signed(crew), by=crew.technician, at=SOON)
    with pytest.raises(NotAllowed):
        parts.request(factories.dispatched(crew), by=crew.service_advisor, at=SOON)


def test_what_the_parts_desk_picked_is_kept_and_noted(crew):
    order = factories.dispatched(crew)
    line = order.part_lines.get()
    parts.pick(order, [line.pk], by=crew.parts, at=SOON)
    line.refresh_from_db()
    assert (line.picked_at, line.picked_by, line.issued_at) == (SOON, crew.parts, None)
    assert parts.pick(order, [line.pk], by=crew.parts, at=SOON + timedelta(hours=1)) == []
    with pytest.raises(NotAllowed):
        parts.pick(order, [line.pk], by=crew.technician, at=SOON)


def test_what_is_not_there_is_not_picked(crew):
    order = factories.dispatched(crew, part_stock=0)
    with pytest.raises(OutOfStock):
        parts.pick(order, [order.part_lines.get().pk], by=crew.parts, at=SOON)
    assert order.part_lines.get().picked_at is None


# Handing out


@pytest.mark.clause("2.4.3.5", "F11")
def test_a_slip_takes_the_parts_off_the_stock_under_two_signatures(crew):
    order = with_team(crew, two_parts(crew))
    slip = issue_parts(order, to=crew.technician, by=crew.parts, at=SOON)
    assert slip.paper.number.split("-")[1] == "IS"
    assert [one.role for one in slip.paper.signatures.all()] == ["technician", "parts"]
    assert paperwork.verify(slip.paper)
    assert (slip.technician, slip.storekeeper, slip.posted_at) == (crew.technician, crew.parts, SOON)
    for line in lines_of(order):
        assert (line.issued_at, line.issued_to) == (SOON, crew.technician)
        assert stock(line) == (5 - line.quantity, 0)
    ledger = StockMovement.objects.filter(kind="issue").order_by("-change")
    assert [(row.change, row.reference, row.by) for row in ledger] == [
        (-1, slip.paper.number, crew.parts),
        (-4, slip.paper.number, crew.parts),
    ]


@pytest.mark.clause("F11")
def test_the_paper_says_what_lay_where_for_whom_and_at_what_price(crew):
    order = factories.dispatched(crew)
    line = order.part_lines.get()
    Stock.objects.filter(part=line.part).update(place="A-03-2")
    content = issue_parts(order, to=crew.technician, by=crew.parts).paper.content
    assert content["tables"][0]["rows"] == [[line.part.number, "机油滤清器", "A-03-2", "1 件", "¥49.00", "¥49.00"]]
    said = [value for _label, value in content["fields"]]
    assert {order.number, order.visit.vehicle.plate_shown, crew.technician.full_name, crew.parts.full_name} <= set(said)


@pytest.mark.clause("2.4.3.5")
@pytest.mark.parametrize("missing", ["drawn", "handed"])
def test_a_slip_that_is_not_signed_by_both_posts_nothing(crew, missing):
    order = factories.dispatched(crew)
    both = {"drawn": factories.signature_png(), "handed": factories.signature_png()} | {missing: b""}
    with pytest.raises(NotAllowed, match=r"sign|签"):
        parts.issue(order, parts.Hands(crew.technician, **both), by=crew.parts, at=SOON)
    assert order.part_lines.get().issued_at is None
    assert stock(order.part_lines.get())[0] == 10
    assert not IssuedDocument.objects.filter(kind="issue").exists()


def test_the_database_holds_no_slip_without_two_signatures_of_two_people(crew):
    order = factories.dispatched(crew)
    slip = issue_parts(order, to=crew.technician, by=crew.parts)
    for wrong in [
        {"technician_signature": None},
        {"storekeeper_signature": None},
        {"storekeeper": slip.technician},
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            IssueSlip.objects.filter(pk=slip.pk).update(**wrong)


def test_nobody_hands_parts_to_himself_or_to_somebody_else_s_people(crew):
    order = factories.dispatched(crew)
    both = factories.person(Role.PARTS, crew.store)
    both.groups.add(*crew.technician.groups.all())
    both = type(both).objects.get(pk=both.pk)
    there = factories.Crew(factories.store("分店"))
    for technician in [both, there.technician, crew.service_advisor]:
        with pytest.raises(NotAllowed):
            parts.issue(order, hands(technician), by=both, at=SOON)
    with pytest.raises(NotAllowed):
        parts.issue(order, hands(crew.technician), by=crew.technician, at=SOON)


def test_some_lines_are_handed_out_first_and_the_rest_on_a_second_slip(crew):
    order = with_team(crew, two_parts(crew))
    first, second = lines_of(order)
    one = issue_parts(order, to=crew.technician, by=crew.parts, lines=[second.pk])
    first.refresh_from_db()
    assert first.issued_at is None
    two = issue_parts(order, to=crew.technician, by=crew.parts)
    assert [line.line for line in two.lines.all()] == [first]
    assert one.paper.number != two.paper.number
    with pytest.raises(NotAllowed):
        issue_parts(order, to=crew.technician, by=crew.parts)


@pytest.mark.clause("2.4.3.4")
@pytest.mark.parametrize("decision", [Decision.DECLINED, Decision.ASKED])
def test_what_the_customer_has_not_agreed_to_stays_on_the_shelf(crew, decision):
    order = with_team(crew, two_parts(crew))
    wanted, other = lines_of(order)
    PartLine.objects.filter(pk=other.pk).update(decision=decision, decision_reason="太贵")
    with pytest.raises(NotAllowed, match="火花塞"):
        issue_parts(order, to=crew.technician, by=crew.parts, lines=[wanted.pk, other.pk])
    with pytest.raises(NotAllowed, match="火花塞"):
        parts.pick(order, [other.pk], by=crew.parts, at=SOON)
    assert [line.line for line in issue_parts(order, to=crew.technician, by=crew.parts).lines.all()] == [wanted]
    assert stock(other)[0] == 5


@pytest.mark.clause("2.4.3.4")
@pytest.mark.parametrize("state", ["draft", "signed", "finished", "passed"])
def test_parts_leave_only_for_an_order_a_team_has(crew, state):
    order = getattr(factories, state)(crew)
    with pytest.raises(NotAllowed):
        issue_parts(order, to=crew.technician, by=crew.parts)


def test_parts_of_another_order_are_not_handed_out_on_this_one(crew):
    order, other = factories.dispatched(crew), factories.dispatched(crew)
    with pytest.raises(NotAllowed):
        issue_parts(order, to=crew.technician, by=crew.parts, lines=[other.part_lines.get().pk])
    assert not IssueSlip.objects.exists()


def test_an_order_without_stock_takes_nothing_and_leaves_no_gap_in_the_numbers(crew):
    order = with_team(crew, two_parts(crew, stock=3), promise_reason="配件调货")
    with pytest.raises(OutOfStock):
        issue_parts(order, to=crew.technician, by=crew.parts)
    assert not order.part_lines.exclude(issued_at=None).exists()
    slip = issue_parts(order, to=crew.technician, by=crew.parts, lines=[lines_of(order)[0].pk])
    assert slip.paper.number.endswith("000001")


# Coming back


def issued(crew):
    order = with_team(crew, two_parts(crew))
    issue_parts(order, to=crew.technician, by=crew.parts)
    return order, lines_of(order)[1]


def test_what_was_not_used_goes_back_and_is_not_charged(crew):
    order, plugs = issued(crew)
    back = parts.take_back(drawn_of(plugs), 4, reason="未使用", needed=False, by=crew.parts, at=SOON)
    plugs.refresh_from_db()
    assert (plugs.decision, plugs.decision_reason, plugs.issued_at) == ("unused", "未使用", None)
    assert stock(plugs) == (5, 0)
    assert queries.totals(fresh(order)).parts_fen == 4900
    assert (back.movement.kind, back.movement.change, back.by) == ("return", 4, crew.parts)
    assert Alert.objects.filter(desk="advisor", about="parts").get().words.endswith("火花塞 × 4")
    assert [one for one in queries.obstacles_to_finishing(fresh(order)) if plugs.description in one] == []


def test_what_was_not_used_is_not_printed_as_declined(crew):
    order, plugs = issued(crew)
    parts.take_back(drawn_of(plugs), 4, reason="未使用", needed=False, by=crew.parts, at=SOON)
    tables = documents.lines(fresh(order))
    assert len(tables) == 2
    assert [row[0] for row in tables[1]["rows"]] == ["机油滤清器"]


def test_of_four_pieces_one_comes_back_unused_and_three_are_charged(crew):
    _order, plugs = issued(crew)
    before = plugs.amount_fen
    parts.take_back(drawn_of(plugs), 1, reason="多领", needed=False, by=crew.parts, at=SOON)
    plugs.refresh_from_db()
    assert (plugs.quantity, plugs.amount_fen, plugs.issued_to) == (3, before * 3 // 4, crew.technician)
    assert stock(plugs) == (2, 0)
    assert drawn_of(plugs).out == 3


def test_of_four_pieces_one_is_exchanged(crew):
    order, plugs = issued(crew)
    before = queries.totals(fresh(order)).total_fen
    parts.take_back(drawn_of(plugs), 1, reason="型号不符", needed=True, by=crew.parts, at=SOON)
    assert queries.totals(fresh(order)).total_fen == before
    again = order.part_lines.get(issued_at=None)
    assert (again.quantity, again.part, again.labour, again.decision) == (1, plugs.part, plugs.labour, "accepted")
    assert kept(order) == {plugs.part.number: 1}
    assert [one for one in queries.obstacles_to_finishing(fresh(order)) if plugs.description in one] != []
    issue_parts(order, to=crew.technician, by=crew.parts)
    assert stock(plugs) == (1, 0)


def test_a_line_that_came_back_whole_is_handed_out_again(crew):
    order, plugs = issued(crew)
    parts.take_back(drawn_of(plugs), 4, reason="先还", needed=True, by=crew.parts, at=SOON)
    slip = issue_parts(order, to=crew.technician, by=crew.parts)
    assert [(one.line, one.quantity, one.returned) for one in slip.lines.all()] == [(plugs, 4, 0)]
    assert IssueSlipLine.objects.filter(line=plugs).count() == 2


@pytest.mark.parametrize("quantity", [0, 5, -1])
def test_never_more_comes_back_than_was_handed_out(crew, quantity):
    _order, plugs = issued(crew)
    with pytest.raises(NotAllowed):
        parts.take_back(drawn_of(plugs), quantity, reason="x", needed=False, by=crew.parts, at=SOON)
    drawn = drawn_of(plugs)
    parts.take_back(drawn, 3, reason="x", needed=False, by=crew.parts, at=SOON)
    with pytest.raises(NotAllowed):
        parts.take_back(drawn, 2, reason="x", needed=False, by=crew.parts, at=SOON)
    assert stock(plugs)[0] == 4
    with pytest.raises(IntegrityError), transaction.atomic():
        IssueSlipLine.objects.filter(pk=drawn.pk).update(returned=5)


def test_nothing_comes_back_without_a_reason_from_a_wrong_hand_or_after_the_work(crew):
    order, plugs = issued(crew)
    drawn = drawn_of(plugs)
    with pytest.raises(NotAllowed):
        parts.take_back(drawn, 1, reason="  ", needed=False, by=crew.parts, at=SOON)
    with pytest.raises(NotAllowed):
        parts.take_back(drawn, 1, reason="x", needed=False, by=crew.technician, at=SOON)
    factories.clock_on(order, crew.technician, at=SOON)
    work.finish(order, by=crew.technician, at=SOON)
    with pytest.raises(NotAllowed):
        parts.take_back(drawn, 1, reason="x", needed=False, by=crew.parts, at=SOON)


def test_a_line_taken_off_after_all_came_back_leaves_its_slip(crew):
    order, plugs = issued(crew)
    parts.take_all_back(order, reason="收回", by=crew.parts, at=SOON)
    dispatch.recall(order, by=crew.foreman, at=SOON)
    signing.revise(order, reason="少做", by=crew.service_advisor, at=SOON)
    writeup.remove_line(plugs, by=crew.service_advisor, at=SOON)
    assert [one.part.name for one in IssueSlipLine.objects.filter(line=None)] == ["火花塞"]


# Waiting for goods


def test_goods_that_come_are_kept_for_the_first_who_waits_and_he_is_told(crew):
    late = factories.draft(crew, part_stock=0)
    soon = factories.draft(crew, part_stock=0)
    part = late.part_lines.get().part
    PartLine.objects.filter(order=soon).update(part=part)
    factories.sign(late, crew.service_advisor, promise_reason="x", promised_at=TUESDAY_NINE + timedelta(hours=30))
    factories.sign(soon, crew.service_advisor, promise_reason="x", promised_at=TUESDAY_NINE + timedelta(hours=5))
    receive(crew, part, 1)
    assert (kept(soon), kept(late)) == ({part.number: 1}, {})
    told = Alert.objects.get(about="parts")
    assert (told.order, told.desk) == (soon, "advisor")
    assert part.name in told.words
