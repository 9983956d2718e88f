"""More work found: each step of F.4 from every state, nothing before the slip, and what is kept of each answer."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from dealership.catalogue.queries import PriceMissing
from dealership.customers.models import Recommendation
from dealership.staff.roles import PERMISSIONS, Role
from dealership.workflow import NotAllowed
from tests import beginnings, factories
from tests.factories import TUESDAY_NINE
from tests.workorders import extras
from tests.workorders.extras import FOUND_AT, call, state_of
from tests.worlds import undone
from workorders import queries, states, tasks
from workorders.models import AdditionalItem, Alert, CustomerContact, LabourLine, PartLine, WorkOrder
from workorders.operations import additional, diagnosis, slips, work
from workorders.states import ItemState

SOON = FOUND_AT + timedelta(minutes=3)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def crew(db):
    with translation.override("en"):
        yield factories.Crew(factories.store())


def whole(order):
    return queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()


def lines_of(item):
    line = LabourLine.objects.get(additional=item)
    return [line, *line.parts.all()]


STEPS = {step.name: step for step in states.ITEM_TRANSITIONS}
# Who answers at the first call is asked with it: from "priced" too, a clear answer is one act.
AT_ONCE = {("agree", ItemState.QUOTED), ("refuse", ItemState.QUOTED)}


@pytest.mark.parametrize("state", ItemState.values)
def test_each_step_starts_where_the_table_says_and_nowhere_else(crew, state):
    made = extras.MADE[ItemState(state)](crew)
    reached = {}
    for name in STEPS:
        by = getattr(crew, extras.WHO.get(name, Role.SERVICE_ADVISOR).value)
        with undone():
            with suppress(NotAllowed):
                extras.ACTS[name](AdditionalItem.objects.get(pk=made.pk), crew, by)
            reached[name] = state_of(made)
    starts = {name for name in STEPS if state in STEPS[name].sources or (name, state) in AT_ONCE}
    assert reached == {name: STEPS[name].target if name in starts else state for name in STEPS}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_is_refused_to_whoever_has_no_part_in_it(crew, name):
    source = ItemState(sorted(STEPS[name].sources)[0])
    item = extras.MADE[source](crew)
    holders = {role for role in Role if STEPS[name].permission in PERMISSIONS[role]}
    for role in (Role.TECHNICIAN, Role.PARTS, Role.SERVICE_ADVISOR, Role.FOREMAN):
        if role in holders:
            continue
        with pytest.raises(NotAllowed, match="role"):
            extras.ACTS[name](item, crew, getattr(crew, role.value))
    assert state_of(item) == source


@pytest.mark.clause("C21")
def test_only_advisor_and_manager_note_what_the_customer_answers(crew):
    assert {role for role in Role if "workorders.ask_customer" in PERMISSIONS[role]} == {
        Role.SERVICE_ADVISOR,
        Role.AFTER_SALES_MANAGER,
    }
    item = extras.quoted(crew)
    for name in ("foreman", "team_leader", "technician", "dispatcher"):
        with pytest.raises(NotAllowed, match="role"):
            call(item, crew, "agreed", by=getattr(crew, name))
    call(item, crew, "agreed", by=crew.after_sales_manager)
    assert state_of(item) == "approved"


@pytest.mark.clause("2.4.4.3")
def test_what_is_found_has_words_and_a_photo_and_two_desks_are_told(crew):
    order = factories.in_progress(crew)
    with pytest.raises(NotAllowed, match="photo"):
        additional.report(order, words="漏油", photos=[], by=crew.technician, at=FOUND_AT)
    with pytest.raises(NotAllowed, match="Write down"):
        additional.report(order, words=" ", photos=[factories.photo()], by=crew.technician, at=FOUND_AT)
    with pytest.raises(NotAllowed, match="role"):
        additional.report(order, words="漏油", photos=[factories.photo()], by=crew.parts, at=FOUND_AT)
    with pytest.raises(NotAllowed, match="At most"):
        additional.report(order, words="漏油", photos=[factories.photo()] * 7, by=crew.technician, at=FOUND_AT)
    item = extras.found(crew, order=order)
    told = set(Alert.objects.filter(order=order, about="extra").values_list("desk", "words"))
    assert told == {("advisor", item.words), ("foreman", item.words)}
    assert item.photos.get().size > 0


@pytest.mark.parametrize("state", ["signed", "dispatched", "finished"])
def test_nothing_is_found_on_a_car_nobody_works_on(crew, state):
    order = getattr(factories, state)(crew)
    with pytest.raises(NotAllowed, match="worked on"):
        extras.found(crew, order=order)


def test_the_work_it_was_found_at_is_one_of_the_order(crew):
    other = factories.in_progress(crew).labour_lines.get()
    with pytest.raises(NotAllowed, match="another order"):
        additional.report(
            factories.in_progress(crew), words="漏油", photos=[factories.photo()], line=other, by=crew.technician,
            at=FOUND_AT,
        )  # fmt: skip


@pytest.mark.clause("3.3.1.3")
@pytest.mark.clause("2.2.9.5")
def test_what_has_no_price_is_not_asked_and_what_is_asked_costs_nothing(crew):
    item = extras.found(crew)
    with pytest.raises(NotAllowed, match="no price yet"):
        call(item, crew, "agreed")
    unpriced = beginnings.Part.objects.create(number="U-1", name="无价件")
    with pytest.raises(PriceMissing):
        additional.quote(
            item, operation=factories.operation(), parts=[(unpriced, 1)], delay_minutes=5, by=crew.service_advisor,
            at=FOUND_AT,
        )  # fmt: skip
    assert not LabourLine.objects.filter(additional=item).exists()
    before = queries.totals(whole(item.order)).total_fen
    extras.price(item, crew)
    total = queries.totals(whole(item.order))
    assert (total.total_fen, total.asked_fen) == (before, 59800)
    call(item, crew, "agreed")
    assert queries.totals(whole(item.order)).total_fen == before + 59800


@pytest.mark.clause("2.4.4.4")
def test_the_answer_counts_only_with_the_delay_told(crew):
    item = extras.quoted(crew)
    with pytest.raises(NotAllowed, match="by how much the car will be later"):
        call(item, crew, "agreed", delay_told=False)
    with pytest.raises(NotAllowed, match="who answered"):
        call(item, crew, "agreed", spoke_to=" ")
    assert not item.contacts.exists()
    said = call(item, crew, "agreed", number="13800000000")
    item.refresh_from_db()
    assert (said.delay_told, said.finish_told_at) == (90, item.new_finish_at)
    assert item.new_finish_at == item.order.promised_at + timedelta(minutes=90)
    facts = {"order": item.order, "item": item, "at": FOUND_AT, "by": crew.service_advisor, "channel": "phone"}
    for lacking in ({"spoke_to": "王"}, {"spoke_to": "", "delay_told": 5, "finish_told_at": FOUND_AT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CustomerContact.objects.create(result="agreed", **facts, **lacking)


def test_the_delay_runs_in_opening_hours_and_after_what_else_is_agreed(crew):
    order = factories.in_progress(crew, promised_at=TUESDAY_NINE.replace(hour=16))
    first, second, third = (extras.found(crew, order=order, words=words) for words in ["制动片", "雨刮", "空调滤芯"])
    extras.price(first, crew, delay=120)  # an hour until closing, the other one in the morning
    extras.price(second, crew, delay=30)
    extras.price(third, crew, delay=10)

    def finishes_of(*items):
        return [AdditionalItem.objects.get(pk=item.pk).new_finish_at for item in items]

    quarter_to = TUESDAY_NINE.replace(hour=16)
    morning = TUESDAY_NINE + timedelta(days=1, hours=1)
    assert finishes_of(first, second, third) == [morning, quarter_to + 30 * MINUTE, quarter_to + 10 * MINUTE]
    second.refresh_from_db()
    call(second, crew, "refused", words="下次")  # what he does not want makes nothing later
    assert finishes_of(first, third) == [morning, quarter_to + 10 * MINUTE]
    first.refresh_from_db()
    call(first, crew, "agreed")
    assert finishes_of(first, third) == [morning, morning + 10 * MINUTE]
    extras.price(third, crew, delay=20)  # priced anew, it counts once
    assert finishes_of(third) == [morning + 20 * MINUTE]
    slips.issue(order, by=crew.service_advisor, at=FOUND_AT)
    slips.take(order, by=crew.foreman, at=FOUND_AT)
    assert WorkOrder.objects.get(pk=order.pk).promised_at == morning
    assert finishes_of(third) == [morning + 20 * MINUTE]
    with pytest.raises(NotAllowed, match="earlier"):
        additional.quote(third, operation=factories.operation(), delay_minutes=-1, by=crew.service_advisor, at=FOUND_AT)


@pytest.mark.clause("2.4.4.5")
def test_maybe_is_no_answer(crew):
    item = extras.quoted(crew)
    call(item, crew, "not_reached", delay_told=False, spoke_to="")
    call(item, crew, "thinks", repeat_at=SOON)
    with pytest.raises(NotAllowed, match="still to come"):
        call(item, crew, "not_reached", repeat_at=FOUND_AT)
    item.refresh_from_db()
    assert (item.state, item.repeat_at, item.called_at) == ("calling", SOON, FOUND_AT)
    assert [line.decision for line in lines_of(item)] == ["asked", "asked"]
    with pytest.raises(NotAllowed):
        slips.issue(item.order, by=crew.service_advisor, at=SOON)
    assert item.contacts.count() == 2


def test_who_was_told_another_price_has_not_agreed(crew):
    item = extras.calling(crew)
    extras.price(item, crew, each=39800)
    assert (state_of(item), item.version) == ("quoted", 2)
    assert len(lines_of(item)) == 2
    with pytest.raises(NotAllowed, match="price has changed"):
        call(item, crew, "agreed", version=1)
    assert state_of(item) == "quoted"


@pytest.mark.clause("2.2.9.5")
@pytest.mark.clause("2.4.4.8")
@pytest.mark.parametrize("state", [state for state in ItemState if state not in ("found", "withdrawn", "handed")])
def test_no_work_and_no_part_before_the_slip_is_handed_over(crew, state):
    item = extras.MADE[state](crew)
    line, part = lines_of(item)
    assert queries.obstacles_to_repair(line)
    with pytest.raises(NotAllowed):
        diagnosis.begin_repair(line, by=crew.technician, at=SOON)
    assert not queries.may_be_issued(part)
    with pytest.raises(NotAllowed):
        factories.issue_parts(item.order, to=crew.technician, by=crew.parts, at=SOON, lines=[part.pk])
    assert PartLine.objects.get(pk=part.pk).issued_at is None
    assert queries.acts_after_signing(line) == set()


@pytest.mark.clause("2.4.4.8")
def test_the_handed_slip_opens_work_and_parts_and_names_who_has_it(crew):
    item = extras.slip_issued(crew)
    promised = item.order.promised_at
    later = FOUND_AT + timedelta(minutes=4)
    slips.take(item.order, by=crew.dispatcher, at=later)
    item.refresh_from_db()
    order = WorkOrder.objects.get(pk=item.order_id)
    assert (item.receiver, item.relayed_at) == (crew.dispatcher, later)
    assert (order.promised_at, order.first_promised_at) == (item.new_finish_at, promised)
    moved = order.head_changes.get(field="promised_at", at=later)
    assert moved.by == crew.dispatcher
    line, _part = lines_of(item)
    assert queries.obstacles_to_repair(line) == []
    diagnosis.begin_repair(line, by=crew.technician, at=later)
    assert factories.issue_parts(order, to=crew.technician, by=crew.parts, at=later).lines.count() == 1


def test_the_promise_does_not_move_for_work_that_takes_no_longer(crew):
    item = extras.found(crew)
    extras.price(item, crew, delay=0)
    call(item, crew, "agreed")
    slips.issue(item.order, by=crew.service_advisor, at=SOON)
    slips.take(item.order, by=crew.foreman, at=SOON)
    order = WorkOrder.objects.get(pk=item.order_id)
    assert order.promised_at == order.first_promised_at
    assert not order.head_changes.filter(at=SOON).exists()


@pytest.mark.clause("2.4.4.7")
@pytest.mark.clause("F9")
def test_the_slip_is_numbered_and_lists_all_that_was_agreed_to(crew):
    first = extras.approved(crew)
    second = extras.approved(crew, order=first.order, words="雨刮老化")
    extras.calling(crew, order=first.order, words="轮胎偏磨")
    paper = slips.issue(first.order, by=crew.service_advisor, at=SOON)
    assert paper.kind == "supplement"
    assert "AW" in paper.number
    items, consent = paper.content["tables"]
    assert [row[0].partition(" (")[0] for row in items["rows"]] == [first.words, second.words]
    assert (items["rows"][0][3], items["totals"][0][1]) == ("¥598.00", "¥1,196.00")
    assert consent["rows"][0][1:3] == ["王建国", "by phone"]
    assert crew.technician.full_name in items["rows"][0][0]
    assert Alert.objects.filter(about="slip", desk="foreman", words=paper.number).count() == 1
    with pytest.raises(NotAllowed, match="nothing new"):
        slips.issue(first.order, by=crew.service_advisor, at=SOON)


@pytest.mark.clause("2.4.4.6")
@pytest.mark.clause("F10")
def test_a_refusal_is_told_to_somebody_in_the_workshop_at_a_time(crew):
    item = extras.refused(crew)
    with pytest.raises(NotAllowed, match="who in the workshop"):
        additional.tell_workshop(item, receiver=None, by=crew.service_advisor, at=SOON)
    with pytest.raises(NotAllowed, match="does not work in this workshop"):
        additional.tell_workshop(item, receiver=crew.cashier, by=crew.service_advisor, at=SOON)
    for wrong in (FOUND_AT - timedelta(minutes=1), SOON + timedelta(minutes=1)):
        with pytest.raises(NotAllowed, match="after the customer's answer"):
            additional.tell_workshop(item, receiver=crew.foreman, told_at=wrong, by=crew.service_advisor, at=SOON)
    additional.tell_workshop(item, receiver=crew.foreman, told_at=FOUND_AT, by=crew.service_advisor, at=SOON)
    item.refresh_from_db()
    assert (item.receiver, item.relayed_at, item.relayed_by) == (crew.foreman, FOUND_AT, crew.service_advisor)
    assert Alert.objects.filter(about="answered", desk="foreman", order=item.order).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        AdditionalItem.objects.filter(pk=item.pk).update(receiver=None)


def test_what_is_refused_is_declined_with_its_reason_and_advised_again_later(crew):
    item = extras.refused(crew)
    assert [(line.decision, line.decision_reason) for line in lines_of(item)] == [("declined", "下次再做")] * 2
    advised = Recommendation.objects.get(vehicle=item.order.visit.vehicle, words="更换前制动片")
    assert (advised.declined, advised.reason, advised.state) == (True, "下次再做", Recommendation.State.OPEN)


def test_a_no_without_a_reason_is_a_no(crew):
    item = extras.quoted(crew)
    call(item, crew, "refused")
    assert {line.decision_reason for line in lines_of(item)} == {"未说明原因"}


@pytest.mark.parametrize("made", [extras.found, extras.quoted])
def test_what_is_withdrawn_leaves_no_line_behind(crew, made):
    item = made(crew)
    before = set(item.order.labour_lines.exclude(additional=item).values_list("pk", flat=True))
    with pytest.raises(NotAllowed, match="Write down why"):
        additional.withdraw(item, reason=" ", by=crew.foreman, at=SOON)
    additional.withdraw(item, reason="看错了", by=crew.foreman, at=SOON)
    assert set(item.order.labour_lines.values_list("pk", flat=True)) == before
    assert item.order.part_lines.count() == 1
    assert Alert.objects.filter(about="extra", desk="advisor", words__contains="看错了").exists()


@pytest.mark.parametrize("state", ItemState.values)
def test_no_order_is_finished_over_an_open_item(crew, state):
    item = extras.MADE[ItemState(state)](crew)
    order = WorkOrder.objects.get(pk=item.order_id)
    for line in [item.line] if state == "handed" else []:
        work.clock_on(line, technician=crew.technician, by=crew.technician, at=SOON)
        factories.issue_parts(order, to=crew.technician, by=crew.parts, at=SOON)
    order = WorkOrder.objects.get(pk=item.order_id)
    if state in states.OPEN_ITEM:
        with pytest.raises(NotAllowed, match="was found besides"):
            work.finish(order, by=crew.technician, at=SOON)
    else:
        work.finish(order, by=crew.technician, at=SOON)
        assert order.state == "finished"


def test_the_clock_sweeps(crew, time_machine):
    extras.found(crew)
    time_machine.move_to(FOUND_AT + timedelta(hours=1))
    assert tasks.sweep_additional() == {"call": 1, "relay": 0}
