"""The order's forms: what they do, what they keep of what was typed, and how they refuse."""

import re
from datetime import UTC, date, time, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import LabourOperation
from dealership.paperwork.models import IssuedDocument
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders.models import GatePass, Payment, WorkOrder
from workorders.operations import dispatch, writeup
from workorders.states import State

HOUR = timedelta(hours=1)
GATE = reverse("workorders:gate")
POSTS = [
    "add_labour", "add_part", "remove_line", "sign", "cancel", "dispatch", "start", "issue_parts", "finish", "inspect",
    "hand_over", "settle", "pay",
]  # fmt: skip


@pytest.fixture
def tuesday(client, crew, time_machine):
    """Let it be Tuesday at ten, and the advisor logged in, reading English."""
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    return client


@pytest.fixture
def sent(tuesday):
    """Return a function that posts one form of an order as one person."""

    def send(order, name, by=None, **values):
        if by is not None:
            tuesday.force_login(by)
        return tuesday.post(address(name, order), values)

    return send


def address(name, order):
    return reverse(f"workorders:{name}", args=[order.pk, "part", 1] if name == "remove_line" else [order.pk])


def text(answer):
    return answer.content.decode()


def state_of(order):
    return WorkOrder.objects.get(pk=order.pk).state


def wrong(answer, form="step_form"):
    """Return {field: sentences} of the form that came back."""
    assert answer.status_code == 422
    return answer.context[form].errors


def signing(**values):
    return {
        "promised_at": "2026-11-25T16:30",
        "promise_reason": "",
        "order_class": "general",
        "payment_method": "alipay",
        "old_parts": "look",
        "phone_checked": "on",
        "told": "on",
        "signer_name": "王小二",
        "signature": factories.signature_data_url(),
    } | values


def showing(**values):
    steps = dict.fromkeys(["work_explained", "old_parts_shown", "clean_shown", "covers_removed"], "on")
    return steps | {"next_service_on": "2027-05-24", "next_service_km": "22000", "advice": "前轮胎"} | values


def settling(**values):
    return {"explained": "on", "signer_name": "王小二", "signature": factories.signature_data_url()} | values


def paying(received, method="cash", key=None):
    return {"method": method, "received_fen": received, "request_key": str(key or uuid4())}


# Writing up


def test_an_order_begins_from_its_visit_once(tuesday, crew):
    visit = factories.taken_in(crew)
    of_visit, begin = (reverse(f"workorders:{name}", args=[visit.pk]) for name in ["of_visit", "begin"])
    assert begin in text(tuesday.get(of_visit))
    first, second = tuesday.post(begin), tuesday.post(begin)
    order = WorkOrder.objects.get()
    assert first["Location"] == second["Location"] == address("order", order)
    assert order.number in text(tuesday.get(of_visit))


def test_who_may_not_write_sees_that_there_is_no_order_yet(tuesday, crew):
    visit = factories.taken_in(crew)
    tuesday.force_login(crew.foreman)
    page = tuesday.get(reverse("workorders:of_visit", args=[visit.pk]))
    assert "no work order for this visit yet" in text(page)
    assert reverse("workorders:begin", args=[visit.pk]) not in text(page)


def test_no_order_begins_before_the_reception_form_is_signed(tuesday, crew):
    answer = tuesday.post(reverse("workorders:begin", args=[factories.receiving(crew).pk]))
    assert answer.status_code == 409
    assert "has not signed the reception form yet" in text(answer)


@pytest.mark.clause("2.2.7.3")
def test_work_and_parts_are_added_by_code_with_the_name_behind_it(sent, crew):
    order = factories.draft(crew)
    work, part = factories.operation("4S-01", name="四轮定位"), factories.part(crew.store, "06J-115", name="火花塞")
    answer = sent(order, "add_labour", operation=f"4S-01 · {work.name} (1.00 h)", hours="0.50")
    assert answer["Location"] == address("order", order)
    sent(order, "add_part", part="06J-115", quantity="4")
    assert order.labour_lines.filter(operation=work, hours="0.5", amount_fen=7500, complaint=None).count() == 1
    assert order.part_lines.filter(part=part, quantity=4, amount_fen=19600).count() == 1


@pytest.mark.parametrize(
    ("name", "form", "field", "values"),
    [
        ("add_labour", "labour_form", "operation", {"operation": "NIX-7", "hours": "1.25"}),
        ("add_part", "part_form", "part", {"part": "NIX-7", "quantity": "13"}),
    ],
)
def test_an_unknown_code_is_refused_beside_its_field(sent, crew, name, form, field, values):
    answer = sent(factories.draft(crew), name, **values)
    assert list(wrong(answer, form)) == [field]
    assert "“NIX-7” is not in the catalogue." in text(answer)
    for typed in values.values():
        assert f'value="{typed}"' in text(answer)


def test_work_without_a_price_is_refused_with_a_sentence(sent, crew):
    LabourOperation.objects.create(code="FREE", name="无价项目", hours=1, order_class="general")
    answer = sent(factories.draft(crew), "add_labour", operation="FREE")
    assert "There is no price for" in wrong(answer, "labour_form")["operation"][0]
    assert 'value="FREE"' in text(answer)


@pytest.mark.parametrize("kind", ["labour", "part"])
def test_a_line_removed_twice_is_gone_once(tuesday, crew, kind):
    order = factories.draft(crew)
    line = getattr(order, f"{kind}_lines").get()
    url = reverse("workorders:remove_line", args=[order.pk, kind, line.pk])
    for _press in range(2):
        assert tuesday.post(url)["Location"] == address("order", order)
    assert not getattr(order, f"{kind}_lines").exists()


def test_a_line_of_another_order_stays(tuesday, crew):
    mine, other = factories.draft(crew), factories.draft(crew)
    line = other.part_lines.get()
    tuesday.post(reverse("workorders:remove_line", args=[mine.pk, "part", line.pk]))
    assert other.part_lines.get() == line


@pytest.mark.parametrize(
    ("kind", "field", "typed", "shown"),
    [("operations", "operation", "定位", "4S-01 · 四轮定位"), ("parts", "part", "115", "06J-115 · 火花塞 (10)")],
)
def test_the_catalogue_suggests_while_somebody_types(tuesday, crew, kind, field, typed, shown):
    factories.operation("4S-01", name="四轮定位")
    factories.part(crew.store, "06J-115", name="火花塞")
    url = reverse("workorders:suggest", args=[kind])
    assert shown in text(tuesday.get(url, {field: typed}))
    for nothing in ["", "   ", "\0", "没有"]:
        assert "<option" not in text(tuesday.get(url, {field: nothing}))


@pytest.mark.clause("2.2.11.15")
def test_the_signature_sends_the_order_to_the_workshop(sent, crew):
    order = factories.draft(crew)
    answer = sent(order, "sign", **signing())
    assert answer["Location"] == address("order", order)
    order.refresh_from_db()
    assert (order.state, order.order_class, order.payment_method, order.old_parts) == (
        "signed", "general", "alipay", "look",
    )  # fmt: skip
    assert order.promised_at == TUESDAY_NINE.replace(day=25, hour=16, minute=30)  # the store's own half past four
    assert order.authorisation.signatures.get().signer_name == "王小二"


@pytest.mark.clause("2.2.9.1")
@pytest.mark.parametrize("left_out", ["promised_at", "phone_checked", "told", "signer_name", "signature", "old_parts"])
def test_nothing_of_the_signing_is_left_out_and_nothing_typed_is_lost(sent, crew, left_out):
    order = factories.draft(crew)
    values = signing(promise_reason="客户等候")
    del values[left_out]
    answer = sent(order, "sign", **values)
    assert list(wrong(answer, "sign_form")) == [left_out]
    for typed in ["promised_at", "promise_reason", "signer_name", "signature"]:
        assert typed == left_out or f'value="{values[typed]}"' in text(answer)
    assert state_of(order) == "draft"


@pytest.mark.clause("2.2.8.1")
def test_a_promise_the_workshop_cannot_keep_asks_for_its_reason(sent, crew):
    order = factories.draft(crew, hours="3.00")
    early = signing(promised_at="2026-11-24T10:30")
    answer = sent(order, "sign", **early)
    assert "The workshop will need until" in wrong(answer, "sign_form")["promised_at"][0]
    assert 'value="2026-11-24T10:30"' in text(answer)
    assert sent(order, "sign", **early | {"promise_reason": "两人同时作业"}).status_code == 302
    assert WorkOrder.objects.get().promise_reason == "两人同时作业"


@pytest.mark.clause("2.2.7.4")
def test_an_order_without_work_is_not_signed_and_the_page_says_so_once(sent, crew):
    order = writeup.open_order(factories.taken_in(crew), by=crew.service_advisor, at=TUESDAY_NINE)
    answer = sent(order, "sign", **signing())
    assert wrong(answer, "sign_form")["__all__"] == ["The order has no work yet."]
    assert state_of(order) == "draft"


def test_an_order_is_cancelled_with_a_reason(sent, crew):
    order = factories.signed(crew)
    assert list(wrong(sent(order, "cancel", reason=" "), "cancel_form")) == ["reason"]
    answer = sent(order, "cancel", reason="客户改变主意")
    assert answer["Location"] == reverse("reception:intake", args=[order.visit_id])
    assert (state_of(order), order.moves.last().reason) == ("cancelled", "客户改变主意")


# Workshop


@pytest.mark.clause("2.3.6")
def test_dispatch_out_of_order_asks_the_reason_beside_the_field(sent, crew):
    first = factories.signed(crew, promised_at=TUESDAY_NINE + 5 * HOUR)
    second = factories.signed(crew, promised_at=TUESDAY_NINE + 9 * HOUR)
    team = str(crew.team().pk)
    answer = sent(second, "dispatch", crew.foreman, team=team)
    assert first.visit.vehicle.plate_shown in wrong(answer)["reason"][0]
    assert re.search(rf'<input[^>]* value="{team}"[^>]* checked', text(answer))
    answer = sent(second, "dispatch", team=team, reason="配件先到")
    assert answer["Location"] == reverse("workorders:board")
    second.refresh_from_db()
    assert (second.state, second.team, second.moves.last().reason) == ("dispatched", crew.team(), "配件先到")


def test_dispatch_needs_a_team_of_the_store(sent, crew):
    theirs = factories.Crew(factories.store("分店")).team()
    answer = sent(factories.signed(crew), "dispatch", crew.foreman, team=str(theirs.pk))
    assert list(wrong(answer)) == ["team"]


def test_work_starts_with_its_technician(sent, crew):
    order = factories.dispatched(crew)
    assert list(wrong(sent(order, "start", crew.technician, technician=str(crew.cashier.pk)))) == ["technician"]
    answer = sent(order, "start", technician=str(crew.technician.pk))
    assert answer["Location"] == address("order", order)
    order.refresh_from_db()
    assert (order.state, order.technician) == ("in_progress", crew.technician)


@pytest.mark.clause("2.4.3.4")
def test_parts_are_handed_out_and_the_stock_falls(sent, crew):
    order = factories.dispatched(crew, part_stock=3)
    line = order.part_lines.get()
    sent(order, "issue_parts", crew.parts)
    line.refresh_from_db()
    assert (line.issued_at, line.issued_to) == (TUESDAY_NINE + HOUR, crew.team().leader)  # nobody has started yet
    assert catalogue.availability(crew.store, [line.part]) == {line.part_id: 2}


def test_too_small_a_stock_is_said_and_nothing_is_handed_out(sent, crew):
    order = factories.dispatched(crew, part_stock=0)
    answer = sent(order, "issue_parts", crew.parts)
    assert answer.status_code == 409
    assert order.part_lines.get().description in text(answer)
    assert order.part_lines.get().issued_at is None


def test_work_with_parts_open_is_not_finished(sent, crew):
    order = factories.dispatched(crew)
    dispatch.start(order, technician=crew.technician, by=crew.technician, at=TUESDAY_NINE)
    answer = sent(order, "finish", crew.technician)
    assert answer.status_code == 409
    assert f"“{order.part_lines.get().description}” was not handed out yet." in text(answer)
    dispatch.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    assert sent(order, "finish")["Location"] == reverse("workorders:board")
    assert state_of(order) == "finished"


@pytest.mark.clause("2.5.3")
def test_a_failed_check_asks_for_findings(sent, crew):
    order = factories.finished(crew)
    assert list(wrong(sent(order, "inspect", crew.quality_inspector))) == ["passed"]
    assert list(wrong(sent(order, "inspect", passed="no", findings=" "))) == ["findings"]
    answer = sent(order, "inspect", passed="no", findings="异响仍在")
    assert answer["Location"] == reverse("workorders:board")
    assert (state_of(order), order.checks.get().findings) == ("rework", "异响仍在")


@pytest.mark.clause("2.5.1")
def test_a_passed_check_makes_the_car_ready(sent, crew):
    order = factories.finished(crew)
    sent(order, "inspect", crew.quality_inspector, passed="yes")
    assert (state_of(order), order.checks.get().passed) == ("passed", True)


@pytest.mark.clause("3.4.1.1")
def test_whoever_worked_on_the_car_is_told_he_does_not_check_it(sent, crew):
    order = factories.finished(crew)
    crew.technician.groups.add(*crew.quality_inspector.groups.all())
    answer = sent(order, "inspect", crew.technician, passed="yes", findings="没问题")
    assert "somebody else has to check it" in wrong(answer)["findings"][0]
    assert "没问题" in text(answer)
    assert state_of(order) == "finished"


# Delivery


@pytest.mark.clause("2.6.4.3", "2.6.4.7", "2.6.4.10")
@pytest.mark.parametrize("left_out", [name for name in showing() if name != "advice"])
def test_no_step_of_the_hand_over_is_left_out(sent, crew, left_out):
    order = factories.passed(crew)
    answer = sent(order, "hand_over", **{name: value for name, value in showing().items() if name != left_out})
    assert list(wrong(answer)) == [left_out]
    assert "前轮胎" in text(answer)
    assert state_of(order) == "passed"


def test_the_hand_over_keeps_the_next_service_and_the_advice(sent, crew):
    order = factories.passed(crew)
    assert sent(order, "hand_over", **showing())["Location"] == address("order", order)
    order.refresh_from_db()
    assert (order.state, order.advice) == ("handed_over", "前轮胎")
    assert (order.next_service_on, order.next_service_km) == (date(2027, 5, 24), 22000)


@pytest.mark.clause("2.6.6.3")
@pytest.mark.parametrize(("opens", "ends"), [("19:00", ""), ("", "20:00"), ("20:00", "19:00"), ("19:00", "19:00")])
def test_a_window_for_calls_is_filled_in_whole(sent, crew, opens, ends):
    order = factories.handed_over(crew)
    answer = sent(order, "settle", **settling(call_from=opens, call_until=ends))
    assert list(wrong(answer)) == ["call_until"]
    assert 'value="王小二"' in text(answer)
    assert state_of(order) == "handed_over"


@pytest.mark.clause("2.6.7.2")
def test_the_settlement_is_signed_with_its_window_for_calls(sent, crew):
    order = factories.handed_over(crew)
    assert list(wrong(sent(order, "settle", signer_name="王小二"))) == ["explained", "signature"]
    assert sent(order, "settle", **settling(call_from="19:00", call_until="20:00")).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.settlement.total_fen) == ("settled", 19900)
    assert (order.settlement.call_from, order.settlement.call_until) == (time(19), time(20))


@pytest.mark.clause("2.6.8.2")
def test_cash_is_taken_in_yuan_with_cents_and_gives_change(sent, crew):
    order = factories.settled(crew)
    answer = sent(order, "pay", crew.cashier, **paying("99.55"))
    assert answer["Location"] == address("order", order)
    assert (Payment.objects.get().amount_fen, state_of(order)) == (9955, "settled")
    page = sent(order, "pay", **paying("200"))
    assert page.status_code == 302
    assert Payment.objects.last().change_fen == 9955
    assert state_of(order) == "paid"


def test_the_cashier_reads_the_change_first(tuesday, crew):
    tuesday.force_login(crew.cashier)
    order = factories.settled(crew)
    assert 'value="199.00"' in text(tuesday.get(address("order", order)))
    page = tuesday.post(address("pay", order), paying("200.50"), follow=True)
    assert "Taken: ¥199.00. Change: ¥1.50." in text(page)


@pytest.mark.parametrize("received", ["", "0", "-1", "1.005", "很多", "99999999999"])
def test_an_amount_that_is_none_is_refused_beside_its_field(sent, crew, received):
    answer = sent(factories.settled(crew), "pay", crew.cashier, **paying(received))
    assert list(wrong(answer)) == ["received_fen"]
    assert not Payment.objects.exists()


def test_a_card_pays_no_more_than_is_due(sent, crew):
    key = uuid4()
    answer = sent(factories.settled(crew), "pay", crew.cashier, **paying("199.01", "card", key))
    assert "Only ¥199.00 is due." in wrong(answer)["received_fen"][0]
    assert 'value="199.01"' in text(answer)
    assert f'value="{key}"' in text(answer)  # sent again it is still the same payment
    assert not Payment.objects.exists()


@pytest.mark.parametrize("received", ["50", "199"])
def test_a_payment_sent_twice_is_one_payment(sent, crew, received):
    order, values = factories.settled(crew), paying(received)
    first, second = sent(order, "pay", crew.cashier, **values), sent(order, "pay", **values)
    assert first.status_code == second.status_code == 302
    assert Payment.objects.count() == 1


def test_nothing_is_paid_before_the_settlement(sent, crew):
    answer = sent(factories.handed_over(crew), "pay", crew.cashier, **paying("199"))
    assert answer.status_code == 409
    assert "the settlement is not signed" in text(answer)


@pytest.mark.clause("2.6.5.2")
def test_the_gate_opens_once(tuesday, crew):
    order = factories.paid(crew)
    code = order.settlement.gate_passes.get().code
    assert tuesday.get(GATE).status_code == 200
    page = tuesday.post(GATE, {"code": f" {code.upper()} "}, follow=True)
    assert f"Open the gate for {order.visit.vehicle}." in text(page)
    assert state_of(order) == "closed"
    again = tuesday.post(GATE, {"code": code})
    assert "used already" in wrong(again, "form")["code"][0]
    assert f'value="{code}"' in text(again)


def test_an_unknown_pass_and_a_pass_of_another_store_open_nothing(tuesday, crew):
    theirs = factories.paid(factories.Crew(factories.store("分店"))).settlement.gate_passes.get()
    for code in ["0000", theirs.code]:
        answer = tuesday.post(GATE, {"code": code})
        assert "No gate pass of this store" in wrong(answer, "form")["code"][0]
    assert GatePass.objects.get().used_at is None


# Everybody's


@pytest.mark.parametrize("name", POSTS)
def test_another_stores_order_is_not_found_and_a_wrong_role_is_refused(tuesday, crew, name):
    mine, theirs = factories.signed(crew), factories.signed(factories.Crew(factories.store("分店")))
    for role in Role:
        tuesday.force_login(getattr(crew, role.value))
        answer = tuesday.post(address(name, theirs))
        assert answer.status_code in (403, 404), role
        assert tuesday.get(address(name, mine)).status_code in (403, 405), role
    tuesday.force_login(crew.claims)
    assert tuesday.post(address(name, mine)).status_code == 403


LATE = [
    ("add_labour", "signed", "service_advisor", {"operation": "x"}),
    ("add_part", "signed", "service_advisor", {"part": "x"}),
    ("remove_line", "signed", "service_advisor", {}),
    ("sign", "signed", "service_advisor", signing()),
    ("sign", "dispatched", "service_advisor", signing(told="")),
    ("cancel", "finished", "service_advisor", {"reason": "x"}),
    ("dispatch", "dispatched", "foreman", {}),
    ("start", "finished", "technician", {}),
    ("finish", "finished", "technician", {}),
    ("inspect", "passed", "quality_inspector", {"passed": "yes"}),
    ("hand_over", "handed_over", "service_advisor", showing()),
    ("settle", "settled", "service_advisor", settling()),
    ("pay", "paid", "cashier", paying("199")),
]


@pytest.mark.parametrize(
    ("name", "state", "role", "values"), LATE, ids=lambda value: value if value == str(value) else ""
)
@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "{who} moved this to “{state}” 1 hour ago."), ("zh-hans", "{who}在1小时前已将状态改为“{state}”。")],
)
def test_a_stale_form_is_told_who_moved_the_order_where(tuesday, crew, name, state, role, values, language, sentence):
    order = getattr(factories, state)(crew)
    tuesday.force_login(getattr(crew, role))
    answer = tuesday.post(address(name, order), values, headers={"Accept-Language": language})
    assert answer.status_code == 409
    with translation.override(language):
        told = sentence.format(who=order.moves.last().by.full_name, state=State(state).label)
    assert told in text(answer)
    assert state_of(order) == state


def test_two_advisors_signing_one_order_issue_one_paper(sent, crew):
    """Both pages were open before either was signed."""
    order = factories.draft(crew)
    stale = WorkOrder.objects.get(pk=order.pk)
    sent(order, "sign", **signing())
    with pytest.raises(NotAllowed, match=crew.service_advisor.full_name):
        writeup.sign(
            stale,
            promised_at=TUESDAY_NINE + 30 * HOUR,
            promise_reason="",
            signer_name="王建国",
            image=factories.signature_png(),
            by=crew.service_advisor,
            at=TUESDAY_NINE + HOUR,
        )
    assert IssuedDocument.objects.filter(number=order.number).count() == 1


def test_who_loses_a_race_is_told_so_too(sent, crew, monkeypatch):
    """Somebody else starts the work between this request's look at the order and its act."""
    order, start = factories.dispatched(crew), dispatch.start

    def start_second(late, **facts):
        start(WorkOrder.objects.get(pk=late.pk), **facts | {"by": crew.foreman})
        start(late, **facts)

    monkeypatch.setattr(dispatch, "start", start_second)
    answer = sent(order, "start", crew.technician, technician=str(crew.technician.pk))
    assert answer.status_code == 409
    assert f"{crew.foreman.full_name} moved this to" in text(answer)
