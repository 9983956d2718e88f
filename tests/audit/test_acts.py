"""Each act about money or consent leaves one event; a refused one and one rolled back leave none."""

import contextlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.transaction import TransactionManagementError

from appointments import operations as appointments
from dealership.audit import operations as audit
from dealership.audit import seals
from dealership.audit.acts import Act
from dealership.audit.models import Event
from dealership.customers import operations as customers
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind, Role, Unsigned
from dealership.workflow import NotAllowed
from tests import factories
from tests.audit.ledger import events
from tests.factories import TUESDAY_NINE, signature_png
from tests.paperwork.conftest import CONTENT
from tests.workorders import extras, test_asking, test_diagnosis
from tests.worlds import undone
from workorders import queries
from workorders.models import Way
from workorders.operations import asking, care, cashier, gate, large, lines, promise, signing, writeup
from workorders.operations.asking import Said

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def tells(act, **expected):
    """Assert that there is one event of the act and that it says this; return it."""
    [event] = events(act)
    columns = {name: getattr(event, name) for name in expected if hasattr(event, name)}
    assert columns | {name: event.facts.get(name) for name in expected if name not in columns} == expected
    return event


def pay(order, crew, received_fen, method, key):
    said = {"method": method, "received_fen": received_fen, "request_key": key}
    return cashier.pay(queries.money.sheet_of(order), **said, by=crew.cashier, at=TUESDAY_NINE)


@pytest.fixture
def paper(crew):
    return paperwork.issue(
        store=crew.store, kind=Kind.INTAKE, content=CONTENT, language="en", by=crew.service_advisor, at=TUESDAY_NINE
    )


@pytest.mark.clause("A5", "A8")
def test_a_signature_tells_paper_role_and_fingerprint(crew, paper):
    by = crew.service_advisor
    signature = paperwork.sign(
        paper, role=Role.CUSTOMER, signer_name="王芳", image=signature_png(), by=by, at=TUESDAY_NINE
    )
    event = tells(
        Act.SIGNED, about=f"paperwork.signature:{signature.pk}", number=paper.number, store=crew.store, by=by,
        at=TUESDAY_NINE, document=paper.pk, role="customer", fingerprint=paper.fingerprint, unsigned="",
        drawn=seals.keyed(signature_png()),
    )  # fmt: skip
    assert "王芳" not in seals.canonical(seals.content(event))
    with pytest.raises(NotAllowed):
        paperwork.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=signature_png(), by=by, at=TUESDAY_NINE)
    assert len(events()) == 1


@pytest.mark.clause("A5")
def test_a_refused_signature_and_one_given_later_are_two_events(crew, paper):
    outcome = paperwork.Outcome("王芳", unsigned=Unsigned.REFUSED, reason="要再看看", witness=crew.foreman)
    who = {"by": crew.service_advisor, "at": TUESDAY_NINE}
    paperwork.settle_signature(paper, outcome, role=Role.CUSTOMER, **who)
    tells(Act.NOT_SIGNED, unsigned="refused", witness=crew.foreman.pk, words=seals.keyed("要再看看"))
    with pytest.raises(NotAllowed):
        paperwork.settle_signature(paper, outcome, role=Role.CUSTOMER, **who)
    paperwork.sign_later(paper, factories.drawn("王芳"), **who)
    assert [event.act for event in events()] == [Act.NOT_SIGNED, Act.SIGNED]


@pytest.mark.clause("A8")
def test_a_whole_visit_tells_each_act_once_and_in_order(crew):
    order = factories.released(crew)
    sheet = queries.money.sheet_of(order).sheet
    of_order = [event for event in events() if event.number in (order.number, sheet.number) and event.act != Act.SIGNED]
    assert [event.act for event in of_order] == [Act.ORDER_AUTHORISED, Act.SETTLED, Act.PAID]
    paper = order.authorisation
    tells(
        Act.ORDER_AUTHORISED, way="signature", paper=paper.pk, fingerprint=paper.fingerprint, amount_fen=19900,
        promised_at=seals.moment(order.promised_at),
    )  # fmt: skip
    tells(Act.SETTLED, labour_fen=15000, parts_fen=4900, total_fen=19900, sheet=sheet.pk, by=crew.service_advisor)
    tells(Act.PAID, method="cash", amount_fen=19900, received_fen=19900, change_fen=0, by=crew.cashier)
    issued = order.visit.gate_passes.get()
    tells(Act.PASS_ISSUED, about=f"workorders.gatepass:{issued.pk}", number=issued.paper.number)
    tells(Act.PASS_USED, about=f"workorders.gatepass:{issued.pk}", visit=order.visit_id)
    signed = [(event.facts["document"], event.facts["role"]) for event in events(Act.SIGNED)]
    assert len(signed) == len(set(signed))
    assert {(pk, "customer") for pk in [order.visit.intake_id, paper.pk, sheet.pk]} <= set(signed)


@pytest.mark.clause("2.6.8.2")
def test_a_payment_sent_twice_is_one_event_and_change_is_told(crew):
    order = factories.settled(crew)
    key = uuid4()
    for _press in range(2):
        cashier.pay(
            queries.money.sheet_of(order),
            method="cash",
            received_fen=20000,
            request_key=key,
            by=crew.cashier,
            at=TUESDAY_NINE,
        )
    tells(Act.PAID, amount_fen=19900, received_fen=20000, change_fen=100)
    assert len(events(Act.PASS_ISSUED)) == 1  # printed with the sheet


def test_a_refused_payment_and_a_pass_used_twice_tell_nothing(crew):
    order, pay = factories.settled(crew), {"request_key": uuid4(), "by": crew.cashier, "at": TUESDAY_NINE}
    before = len(events())
    for received in [0, 20000]:
        with pytest.raises(NotAllowed):
            cashier.pay(queries.money.sheet_of(order), method="card", received_fen=received, **pay)
    assert len(events()) == before
    cashier.pay(queries.money.sheet_of(order), method="card", received_fen=19900, **pay)
    issued = order.visit.gate_passes.get()
    factories.give_back(order, crew)
    gate.release(issued.code, by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        gate.release(issued.code, by=crew.service_advisor, at=TUESDAY_NINE)
    assert len(events(Act.PAID)) == len(events(Act.PASS_USED)) == 1


def test_what_is_rolled_back_leaves_no_event(crew):
    order = factories.settled(crew)
    before = len(events())
    with undone():
        cashier.pay(
            queries.money.sheet_of(order),
            method="card",
            received_fen=19900,
            request_key=uuid4(),
            by=crew.cashier,
            at=TUESDAY_NINE,
        )
        assert len(events()) == before + 1
    assert len(events()) == before


@pytest.mark.clause("A8")
def test_an_order_authorised_by_phone_refused_and_written_anew(crew):
    order, by = factories.draft(crew), crew.service_advisor
    answers = {
        "refused": signing.Answer("王建国", unsigned="refused", reason="太贵", witness=crew.foreman),
        "phone": signing.Answer(
            "王建国", unsigned="absent", reason="在外地", witness=crew.foreman, number="13800000001",
            called_at=TUESDAY_NINE,
        ),
    }  # fmt: skip
    wishes = factories.EXPLAINED | factories.WISHES | {"promised_at": TUESDAY_NINE + 48 * HOUR, "promise_reason": ""}
    for answer in answers.values():
        signing.settle(order, answer, by=by, at=TUESDAY_NINE, **wishes)
    tells(Act.ORDER_REFUSED, way=Way.REFUSED, witness=crew.foreman.pk, words=seals.keyed("太贵"))
    event = tells(Act.ORDER_AUTHORISED, way=Way.PHONE, called=seals.keyed("13800000001"), amount_fen=19900)
    assert "13800000001" not in seals.canonical(seals.content(event))
    order.refresh_from_db()
    signing.revise(order, reason="加项", by=by, at=TUESDAY_NINE)
    tells(Act.ORDER_REVISED, about=f"workorders.workorder:{order.pk}", words=seals.keyed("加项"))
    writeup.cancel(order, reason="改天", by=by, at=TUESDAY_NINE)
    tells(Act.ORDER_CANCELLED, words=seals.keyed("改天"), number=order.number)
    with pytest.raises(NotAllowed):
        writeup.cancel(order, reason="改天", by=by, at=TUESDAY_NINE)
    assert len(events(Act.ORDER_CANCELLED)) == 1


@pytest.mark.clause("2.4.4.4")
@pytest.mark.parametrize(("said", "act"), [("agreed", Act.ITEM_AGREED), ("refused", Act.ITEM_REFUSED)])
def test_the_answer_to_an_additional_item_tells_price_delay_and_channel(crew, said, act):
    item = extras.quoted(crew)
    extras.call(item, crew, said)
    item.refresh_from_db()
    tells(
        act, item=item.pk, version=item.version, channel="phone", delay_told=item.delay_minutes,
        finish_told_at=seals.moment(item.answer.finish_told_at), by=crew.service_advisor,
        amount_fen=item.line.amount_fen + sum(part.amount_fen for part in item.line.parts.all()),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        extras.call(item, crew, said)
    assert len(events(Act.ITEM_AGREED, Act.ITEM_REFUSED)) == 1


@pytest.mark.clause("2.4.4.4")
def test_what_the_customer_answers_by_his_link_is_told_of_nobody_here_and_once(crew):
    made, items = test_asking.sent(crew, count=2)
    answers = {item.pk: Said(item == items[0], "" if item == items[0] else "太贵") for item in items}
    for _press in range(2):
        with contextlib.suppress(NotAllowed):
            asking.spend(made, answers=answers, signer_name="王建国", image=signature_png(), at=TUESDAY_NINE + 2 * HOUR)
    tells(Act.ITEM_AGREED, by=None, channel="link", item=items[0].pk)
    tells(Act.ITEM_REFUSED, by=None, channel="link", item=items[1].pk, words=seals.keyed("太贵"))


@pytest.mark.clause("2.4.4.2")
def test_another_promise_is_told_once_the_customer_was(crew):
    order, later = factories.dispatched(crew), TUESDAY_NINE + 72 * HOUR
    before = order.promised_at
    call = {"channel": "phone", "by": crew.service_advisor, "at": TUESDAY_NINE}
    promise.move(order, later, result="not_reached", **call)
    assert events(Act.PROMISE_ACCEPTED, Act.PROMISE_REFUSED) == []
    promise.move(order, later, result="refused", spoke_to="王建国", **call)
    tells(Act.PROMISE_REFUSED, before=seals.moment(before), finish_told_at=seals.moment(later), channel="phone")


@pytest.mark.clause("6.2.3")
def test_the_managers_part_tells_whether_he_approved(crew):
    order = factories.draft(crew, hours="80.00")
    large.join(order, approved=True, words="已沟通", by=crew.after_sales_manager, at=TUESDAY_NINE)
    tells(Act.MANAGER_JOINED, approved=True, total_fen=80 * 15000 + 4900, words=seals.keyed("已沟通"))
    with pytest.raises(NotAllowed):
        large.join(order, approved=False, words="再议", by=crew.after_sales_manager, at=TUESDAY_NINE)
    assert len(events(Act.MANAGER_JOINED)) == 1


def test_a_deposit_is_told_once(crew):
    made = factories.appointment(crew)
    appointments.take_deposit(made, amount_fen=50000, by=crew.service_advisor, at=TUESDAY_NINE)
    tells(Act.DEPOSIT_TAKEN, about=f"appointments.appointment:{made.pk}", amount_fen=50000)
    with pytest.raises(NotAllowed):
        appointments.take_deposit(made, amount_fen=50000, by=crew.service_advisor, at=TUESDAY_NINE)
    assert len(events(Act.DEPOSIT_TAKEN)) == 1


@pytest.mark.clause("A3", "A8")
def test_consent_and_merging_belong_to_the_whole_group(crew):
    by = crew.service_advisor
    one, other = (factories.customer_with_car(by)[0] for _n in range(2))
    for granted in [True, False]:
        customers.record_consent(
            one, purpose="marketing", channel="sms", granted=granted, by=by, at=TUESDAY_NINE, source="电话"
        )
    for act in [Act.CONSENT_GIVEN, Act.CONSENT_WITHDRAWN]:
        tells(act, store=None, customer=one.pk, purpose="marketing", channel="sms", words=seals.keyed("电话"))
    customers.merge(one, other, by=crew.after_sales_manager, at=TUESDAY_NINE)
    tells(Act.MERGED, store=None, survivor=one.pk, duplicate=other.pk)
    with pytest.raises(customers.CannotMerge):
        customers.merge(one, other, by=crew.after_sales_manager, at=TUESDAY_NINE)
    assert len(events()) == 3


@pytest.mark.clause("A3")
@pytest.mark.parametrize("personal", ["王建国", "京A12345", "+8613800000001", "Wang Jianguo", 1.5, {"name": "x"}, b"x"])
def test_what_may_name_a_person_is_no_fact(crew, personal):
    with pytest.raises(seals.NotAFact):
        audit.record(Act.DAY_CLOSED, about=crew.store, store=crew.store, by=None, at=TUESDAY_NINE, name=personal)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_written_within_the_transaction_of_its_act(crew):
    with pytest.raises(TransactionManagementError):
        audit.record(Act.DAY_CLOSED, about=crew.store, by=None, at=TUESDAY_NINE)


@pytest.mark.clause("3.2.4.1")
@pytest.mark.parametrize(("accepted", "act"), [(True, Act.REPAIR_AGREED), (False, Act.REPAIR_REFUSED)])
def test_the_answer_to_the_price_after_a_diagnosis_is_told(crew, accepted, act):
    """No paper is signed for it; at the desk, before the signature, the signed paper tells it."""
    order, line = test_diagnosis.quoted(crew)
    assert events(Act.REPAIR_AGREED, Act.REPAIR_REFUSED) == []
    lines.decide(line, accepted=accepted, reason="" if accepted else "太贵", by=crew.service_advisor, at=TUESDAY_NINE)
    line.refresh_from_db()
    parts = sum(line.parts.values_list("amount_fen", flat=True))
    event = tells(
        act, about=f"workorders.labourline:{line.pk}", number=order.number, amount_fen=line.amount_fen + parts
    )
    assert event.facts.get("words") == (None if accepted else seals.keyed("太贵"))


@pytest.mark.clause("2.4.3.8")
@pytest.mark.parametrize(("agreed", "act"), [(True, Act.BELONGINGS_AGREED), (False, Act.BELONGINGS_REFUSED)])
def test_what_the_customer_says_to_the_moving_of_his_things_is_told_once(crew, agreed, act):
    asked = care.ask_to_move(factories.in_progress(crew), words="行李", by=crew.technician, at=TUESDAY_NINE)
    answer = {"who": "车主电话", "by": crew.service_advisor, "at": TUESDAY_NINE}
    care.answer_request(asked, agreed=agreed, **answer)
    tells(act, about=f"workorders.belongingsrequest:{asked.pk}", number=asked.order.number)
    with pytest.raises(NotAllowed):
        care.answer_request(asked, agreed=not agreed, **answer)
    assert len(events(Act.BELONGINGS_AGREED, Act.BELONGINGS_REFUSED)) == 1
