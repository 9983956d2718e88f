"""The customer's answer: his signature, his word by phone, his refusal; and writing a signed order anew."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import translation

from dealership.paperwork import operations as paperwork
from dealership.paperwork.models import IssuedDocument
from dealership.workflow import NotAllowed
from tests import beginnings, factories
from tests.factories import EXPLAINED, TUESDAY_NINE, WISHES
from tests.workorders.sheets import HOUR, address, signing, state_of, text, wrong
from workorders import queries
from workorders.models import Authorisation, WorkOrder
from workorders.operations import dispatch, lines, parts, writeup
from workorders.operations import signing as signings
from workorders.operations.signing import Answer

PROMISE = {"promised_at": TUESDAY_NINE + timedelta(days=2), "promise_reason": ""}


def by_phone(crew, **differing):
    facts = {
        "unsigned": "absent", "reason": "车由司机送来", "witness": crew.parts, "number": "+8613812345678",
        "called_at": TUESDAY_NINE - timedelta(minutes=10),
    }  # fmt: skip
    return Answer("王芳", **facts | differing)


def refusal(crew, **differing):
    return Answer("王建国", **{"unsigned": "refused", "reason": "嫌贵", "witness": crew.parts} | differing)


def settle(order, answer, crew, **changes):
    facts = PROMISE | EXPLAINED | WISHES | changes
    return signings.settle(order, answer, by=crew.service_advisor, at=TUESDAY_NINE, **facts)


def test_an_absent_customer_authorises_by_phone_and_the_paper_says_how(crew):
    order = factories.draft(crew)
    with translation.override("en"):
        paper = settle(order, by_phone(crew), crew)
    order.refresh_from_db()
    assert (order.state, order.authorisation) == ("signed", paper)
    kept = order.authorisations.get()
    assert (kept.way, kept.name, kept.number, kept.witness, kept.by) == (
        "phone", "王芳", "+8613812345678", crew.parts, crew.service_advisor,
    )  # fmt: skip
    assert kept.called_at == TUESDAY_NINE - timedelta(minutes=10)
    row = paper.signatures.get()
    assert (row.unsigned, row.witness) == ("absent", crew.parts)
    for words in ["Authorised by phone", "+8613812345678", "车由司机送来"]:
        assert words in row.reason


@pytest.mark.parametrize(
    "differing",
    [{"number": ""}, {"called_at": None}, {"called_at": TUESDAY_NINE + HOUR}, {"reason": " "}, {"witness": None}],
    ids=["no number", "no time", "not yet", "no reason", "no witness"],
)
def test_a_word_by_phone_without_its_facts_authorises_nothing(crew, differing):
    order = factories.draft(crew)
    with pytest.raises(NotAllowed):
        settle(order, by_phone(crew, **differing), crew)
    assert state_of(order) == "draft"
    assert not IssuedDocument.objects.filter(kind="order").exists()


def test_neither_the_advisor_nor_a_stranger_is_the_witness(crew):
    order = factories.draft(crew)
    gone, colleague = crew.technician, factories.person(beginnings.Role.SERVICE_ADVISOR, crew.store)
    gone.is_active = False
    gone.save()
    for witness in [crew.service_advisor, gone, factories.Crew(factories.store("分店")).parts]:
        with pytest.raises(NotAllowed):
            settle(order, by_phone(crew, witness=witness), crew)
    with pytest.raises(NotAllowed):  # whoever writes it down for the advisor does not make the advisor a witness
        signings.settle(
            order, by_phone(crew, witness=crew.service_advisor), by=colleague, at=TUESDAY_NINE,
            **PROMISE | EXPLAINED | WISHES,
        )  # fmt: skip
    assert list(queries.witnesses(order, colleague).filter(pk__in=[colleague.pk, order.advisor_id])) == []


@pytest.mark.clause("2.2.11.15")
def test_who_will_not_sign_has_authorised_nothing(crew):
    order = factories.draft(crew)
    paper = signings.settle(order, refusal(crew), by=crew.service_advisor, at=TUESDAY_NINE)
    order = queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()
    assert (order.state, order.authorisation) == ("draft", None)
    kept = queries.refusal_of(order)
    assert (kept.paper, kept.reason, kept.witness) == (paper, "嫌贵", crew.parts)
    with pytest.raises(NotAllowed):
        dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE, reason="x")


def test_who_refused_may_sign_later_and_that_paper_counts(crew):
    order = factories.draft(crew)
    first = settle(order, refusal(crew), crew)
    second = factories.sign(order, crew.service_advisor, TUESDAY_NINE + HOUR)
    assert (order.state, order.authorisation, second.number) == ("signed", second, f"{first.number}-2")
    assert [answer.way for answer in order.authorisations.filter(superseded_at=None)] == ["signature"]
    assert first.number in second.content["notes"][0]


def test_a_refusal_without_reason_or_witness_is_not_kept(crew):
    order = factories.draft(crew)
    for differing in [{"reason": ""}, {"witness": None}, {"witness": crew.service_advisor}]:
        with pytest.raises(NotAllowed):
            settle(order, refusal(crew, **differing), crew)
    assert not Authorisation.objects.exists()


@pytest.mark.clause("2.2.0.2", "2.2.7.4")
def test_an_empty_order_is_neither_signed_nor_printed(crew):
    order = writeup.open_order(factories.taken_in(crew), by=crew.service_advisor, at=TUESDAY_NINE)
    for answer in [Answer("王建国", factories.signature_png()), by_phone(crew), refusal(crew)]:
        with pytest.raises(NotAllowed):
            settle(order, answer, crew)
    assert not IssuedDocument.objects.filter(kind="order").exists()


def test_the_database_keeps_no_word_by_phone_without_its_witness(crew):
    order = factories.signed(crew)
    with pytest.raises(IntegrityError):
        order.authorisations.update(way="phone")


@pytest.mark.clause("3.2.3.2")
def test_a_signed_order_written_anew_keeps_its_paper_and_gets_another(crew):
    order = factories.signed(crew, promised_at=TUESDAY_NINE + 26 * HOUR)
    first = order.authorisation
    before = paperwork.fingerprint(first)
    signings.revise(order, reason="客户要求加做四轮定位", by=crew.service_advisor, at=TUESDAY_NINE)
    assert order.state == "draft"
    writeup.add_labour(
        order, operation=factories.operation(name="四轮定位"), complaint=None, by=crew.service_advisor, at=TUESDAY_NINE
    )
    lines.confirm_all(order, by=crew.service_advisor, at=TUESDAY_NINE)
    second = factories.sign(order, crew.service_advisor, TUESDAY_NINE + HOUR, TUESDAY_NINE + 50 * HOUR)
    assert (second.number, order.authorisation) == (f"{order.number}-2", second)
    first.refresh_from_db()
    assert paperwork.fingerprint(first) == before
    assert paperwork.verify(first)
    assert paperwork.verify(second)
    assert "四轮定位" not in str(first.content)
    assert (order.first_promised_at, order.promised_at) == (TUESDAY_NINE + 26 * HOUR, TUESDAY_NINE + 50 * HOUR)
    assert [answer.superseded_at is None for answer in order.authorisations.order_by("pk")] == [False, True]
    assert order.moves.filter(to_state="draft").last().reason == "客户要求加做四轮定位"


def test_what_is_written_anew_is_read_out_and_handed_over_again(crew):
    order = factories.signed(crew)
    signings.revise(order, reason="x", by=crew.service_advisor, at=TUESDAY_NINE)
    with translation.override("en"), pytest.raises(NotAllowed, match="Read out"):
        factories.sign(order, crew.service_advisor, items_told=False)
    factories.sign(order, crew.service_advisor)
    with pytest.raises(NotAllowed):
        dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)


def test_an_order_is_written_anew_with_a_reason_and_before_a_team_has_it(crew):
    order = factories.signed(crew)
    with pytest.raises(NotAllowed):
        signings.revise(order, reason=" ", by=crew.service_advisor, at=TUESDAY_NINE)
    dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        signings.revise(order, reason="x", by=crew.service_advisor, at=TUESDAY_NINE)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    dispatch.recall(order, by=crew.foreman, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):  # its parts are still out
        signings.revise(order, reason="x", by=crew.service_advisor, at=TUESDAY_NINE)
    parts.take_all_back(order, reason="收回", by=crew.parts, at=TUESDAY_NINE)
    signings.revise(order, reason="x", by=crew.service_advisor, at=TUESDAY_NINE)


def unsigned(crew, way, **values):
    facts = {"unsigned": way, "reason": "车由司机送来", "witness": str(crew.parts.pk), "signature": ""}
    called = {"number": "138 1234 5678", "called_at": "2026-11-24T09:50"} if way == "absent" else {}
    return signing(**facts | called | values)


def test_the_page_takes_an_authorisation_by_phone(sent, crew):
    order = factories.draft(crew)
    assert sent(order, "sign", **unsigned(crew, "absent"))["Location"] == address("order", order)
    kept = order.authorisations.get()
    assert (state_of(order), kept.way, kept.number) == ("signed", "phone", "+8613812345678")
    assert kept.called_at == TUESDAY_NINE + timedelta(minutes=50)


@pytest.mark.parametrize("left_out", ["number", "called_at", "reason", "witness"])
def test_what_is_missing_of_a_call_is_said_beside_its_field_and_nothing_typed_is_lost(sent, crew, left_out):
    order = factories.draft(crew)
    answer = sent(order, "sign", **unsigned(crew, "absent", **{left_out: ""}))
    assert list(wrong(answer, "sign_form")) == [left_out]
    for name, kept in [("number", "138 1234 5678"), ("called_at", "2026-11-24T09:50"), ("reason", "车由司机送来")]:
        assert name == left_out or f'value="{kept}"' in text(answer)
    assert state_of(order) == "draft"


def test_a_drawn_box_and_a_refusal_are_not_both_meant(sent, crew):
    order = factories.draft(crew)
    answer = sent(order, "sign", **unsigned(crew, "refused", signature=factories.signature_data_url()))
    assert list(wrong(answer, "sign_form")) == ["unsigned"]


def test_the_page_notes_a_refusal_and_says_so_until_it_is_signed(tuesday, sent, crew):
    order = factories.draft(crew)
    assert sent(order, "sign", **unsigned(crew, "refused", told="", phone_checked="")).status_code == 302
    assert state_of(order) == "draft"
    assert "王小二 did not sign: 车由司机送来" in text(tuesday.get(address("order", order)))
    assert sent(order, "sign", **signing()).status_code == 302
    assert "did not sign" not in text(tuesday.get(address("order", order)))


def test_the_page_takes_a_signed_order_back_with_a_reason(sent, crew):
    order = factories.signed(crew)
    assert list(wrong(sent(order, "revise", reason=" "), "revise_form")) == ["reason"]
    assert sent(order, "revise", reason="加项")["Location"] == address("order", order)
    assert state_of(order) == "draft"


def test_an_order_the_customer_refused_is_put_before_him_anew_and_not_signed_afterwards(client, crew):
    order = factories.draft(crew)
    refusal = Answer("王芳", unsigned="refused", reason="太贵", witness=crew.parts)
    with translation.override("en"):
        paper = settle(order, refusal, crew)
    with pytest.raises(NotAllowed):
        paperwork.sign_later(paper, factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE + HOUR)
    assert not paper.signatures.filter(unsigned="").exists()
    client.force_login(crew.service_advisor)
    page = client.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert reverse("paperwork:sign", args=[paper.pk]) not in page
