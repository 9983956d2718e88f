"""Writing up and the workshop: what the forms do, what they keep of what was typed, and how they refuse."""

import re

import pytest
from django.urls import reverse

from dealership.catalogue.models import LabourOperation
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, address, drawn, signing, state_of, text, wrong
from workorders import queries
from workorders.models import WorkOrder
from workorders.operations import writeup


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
    assert answer["Location"] == address("order", order) + "#id_operation"
    sent(order, "add_part", part="06J-115", quantity="4")
    assert order.labour_lines.filter(operation=work, hours="0.5", amount_fen=7500, complaint=None).count() == 1
    assert order.part_lines.filter(part=part, quantity=4, amount_fen=19600).count() == 1


def test_words_that_fit_one_row_are_enough_and_words_that_fit_several_ask_which(sent, crew):
    order = factories.draft(crew)
    for name in ["前制动片", "后制动片"]:
        factories.operation(name=name)
    answer = sent(order, "add_labour", operation="制动片")
    assert "Several rows of the catalogue fit “制动片”." in wrong(answer, "labour_form")["operation"][0]
    assert sent(order, "add_labour", operation="前制动").status_code == 302
    assert order.labour_lines.filter(description="前制动片").count() == 1


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
        assert tuesday.post(url)["Location"] == address("order", order) + "#lines"
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


@pytest.mark.clause("3.2.3.2")
def test_lines_added_since_the_page_was_opened_ask_for_a_new_signature(sent, crew):
    order = factories.draft(crew)
    seen = queries.mark_of(order)
    writeup.add_part(order, part=factories.part(crew.store), quantity=1, by=crew.service_advisor, at=TUESDAY_NINE)
    answer = sent(order, "sign", **signing(seen=seen))
    assert answer.status_code == 409
    assert "has changed since this page was opened" in text(answer)
    assert 'value="王小二"' in text(answer)
    assert factories.signature_data_url() not in text(answer)
    assert state_of(order) == "draft"


@pytest.mark.clause("3.2.3.2")
@pytest.mark.parametrize(
    "then", [{"promised_at": "2026-11-26T09:00"}, {"payment_method": "cash"}, {"wash_wanted": "no"}, None],
    ids=["promise", "payment", "wash", "not said"],
)  # fmt: skip
def test_a_signature_drawn_under_something_else_is_no_signature(sent, crew, then):
    order = factories.draft(crew)
    under = "" if then is None else drawn(signing(seen=queries.mark_of(order)) | then)
    answer = sent(order, "sign", **signing(drawn=under))
    assert wrong(answer, "sign_form")["signature"] == ["The order changed; please sign again."]
    assert factories.signature_data_url() not in text(answer)
    assert 'value="2026-11-25T16:30"' in text(answer)
    assert state_of(order) == "draft"


def test_a_customer_who_leaves_without_work_is_noted_with_a_reason(tuesday, crew):
    visit = factories.taken_in(crew)
    url = reverse("workorders:let_go", args=[visit.pk])
    assert url in text(tuesday.get(reverse("workorders:of_visit", args=[visit.pk])))
    assert list(wrong(tuesday.post(url, {"reason": " "}), "form")) == ["reason"]
    assert tuesday.post(url, {"reason": "太贵"})["Location"] == reverse("reception:lane")
    assert tuesday.post(url, {"reason": "太贵"}).status_code == 409


def test_nobody_leaves_while_an_order_is_open(tuesday, crew):
    order = factories.signed(crew)
    answer = tuesday.post(reverse("workorders:let_go", args=[order.visit_id]), {"reason": "太贵"})
    assert answer.status_code == 409
    assert f"Order {order.number} is still open." in text(answer)


def test_an_order_is_cancelled_with_a_reason(sent, crew):
    order = factories.signed(crew)
    assert list(wrong(sent(order, "cancel", reason=" "), "cancel_form")) == ["reason"]
    answer = sent(order, "cancel", reason="客户改变主意")
    assert answer["Location"] == reverse("reception:intake", args=[order.visit_id])
    assert (state_of(order), order.moves.last().reason) == ("cancelled", "客户改变主意")


@pytest.mark.clause("2.3.6")
def test_dispatch_out_of_order_asks_the_reason_beside_the_field(sent, crew):
    first = factories.signed(crew, promised_at=TUESDAY_NINE + 5 * HOUR)
    second = factories.signed(crew, promised_at=TUESDAY_NINE + 9 * HOUR)
    team = str(crew.team().pk)
    answer = sent(second, "dispatch", crew.foreman, team=team)
    assert first.visit.vehicle.plate_shown in wrong(answer, "dispatch_form")["reason"][0]
    assert re.search(rf'<button class="btn btn-success team-offer" name="team" value="{team}"', text(answer))
    answer = sent(second, "dispatch", team=team, reason="配件先到")
    assert answer["Location"] == reverse("workorders:board")
    second.refresh_from_db()
    assert (second.state, second.team, second.moves.last().reason) == ("dispatched", crew.team(), "配件先到")


def test_dispatch_needs_a_team_of_the_store(sent, crew):
    theirs = factories.Crew(factories.store("分店")).team()
    answer = sent(factories.signed(crew), "dispatch", crew.foreman, team=str(theirs.pk))
    assert list(wrong(answer, "dispatch_form")) == ["team"]


def test_an_order_taken_back_from_a_team_waits_again(sent, crew):
    order = factories.dispatched(crew)
    assert sent(order, "recall", crew.dispatcher)["Location"] == address("order", order)
    order.refresh_from_db()
    assert (order.state, order.team, order.bay) == ("signed", None, None)


def test_work_with_parts_open_is_not_finished(sent, crew):
    order = factories.dispatched(crew)
    factories.clock_on(order, crew.technician)
    answer = sent(order, "finish", crew.technician)
    assert answer.status_code == 409
    assert f"“{order.part_lines.get().description}” was not handed out yet." in text(answer)
    factories.issue_parts(order, to=crew.technician, by=crew.parts, at=TUESDAY_NINE)
    assert sent(order, "finish")["Location"] == reverse("workorders:board")
    assert state_of(order) == "finished"


@pytest.mark.clause("2.2.8.1")
@pytest.mark.parametrize("htmx", [{"HX-Request": "true"}, {}], ids=["while it is typed", "without scripts"])
def test_a_promise_that_has_passed_is_refused_at_once(tuesday, crew, htmx):
    """While it is typed the field stays as it is under the hand; the sentence stands first of what is missing."""
    order = factories.draft(crew)
    answer = tuesday.post(address("save_head", order), {"promised_at": "2020-01-01T08:00"}, headers=htmx)
    assert answer.status_code == 422
    assert "Promise a time that is still to come." in text(answer)
    assert ("2020-01-01" in text(answer)) != bool(htmx)
    assert ('id="id_promised_at"' in text(answer)) != bool(htmx)
    order.refresh_from_db()
    assert order.promised_at is None


def test_a_promise_that_passed_since_does_not_keep_the_rest_from_being_saved(tuesday, crew):
    order = factories.draft(crew)
    WorkOrder.objects.filter(pk=order.pk).update(promised_at=TUESDAY_NINE)
    typed = {"promised_at": "2026-11-24T09:00", "payment_method": "card"}
    assert tuesday.post(address("save_head", order), typed, headers={"HX-Request": "true"}).status_code == 200
    order.refresh_from_db()
    assert order.payment_method == "card"


def test_one_tap_takes_the_time_the_workshop_can_keep(tuesday, crew):
    order = factories.draft(crew)
    page = text(tuesday.get(address("order", order)))
    assert "The workshop can have it by 11:00." in page
    assert 'name="take" value="2026-11-24T11:00"' in page
    taken = {"take": "2026-11-24T11:00", "promised_at": "2020-01-01T08:00", "offered": "2026-11-24T11:00"}
    answer = tuesday.post(address("save_head", order), taken, headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == "#head"
    assert "The workshop can have it by" in text(answer)
    order.refresh_from_db()
    assert order.promised_at == TUESDAY_NINE + 2 * HOUR


def test_a_new_line_leads_to_the_field_for_the_next(tuesday, crew):
    order = factories.draft(crew)
    work, part = factories.operation(), factories.part(crew.store)
    answer = tuesday.post(address("add_labour", order), {"operation": work.code})
    assert answer["Location"] == address("order", order) + "#id_operation"
    answer = tuesday.post(address("add_part", order), {"part": part.number, "quantity": "1"})
    assert answer["Location"] == address("order", order) + "#id_part"
    page = text(tuesday.get(address("order", order)))
    assert 'id="id_operation"' in page
    assert 'id="id_part"' in page
