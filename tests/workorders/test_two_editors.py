"""Two people on one draft: what only one changed stays, what both changed is put to the second (R10)."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from tests import beginnings, factories
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import address, drawn, signing, state_of, text
from workorders import head, queries
from workorders.models import HeadChange, WorkOrder
from workorders.operations import head as heads
from workorders.operations import lines, writeup
from workorders.operations import signing as signings

HTMX = {"HX-Request": "true"}


@pytest.fixture
def colleague(crew):
    return factories.person(beginnings.Role.SERVICE_ADVISOR, crew.store, "李娜")


class Page:
    """The order's page as it was opened: it sends all it shows, with what was changed on it."""

    def __init__(self, client, order):
        form = client.get(address("order", order)).context["sign_form"]
        self.client, self.order = client, order
        self.shown = {name: form[name].value() for name in form.fields}
        self.shown["promised_at"] = self.shown["offered"]

    def send(self, name="save_head", headers=HTMX, **typed):
        shown = {key: value for key, value in (self.shown | typed).items() if value not in (None, False, "")}
        values = {key: "on" if value is True else value for key, value in shown.items()}
        empty = {key: "" for key in ["other_contact", "other_phone", "promise_reason"] if key not in values}
        values = {"drawn": drawn(values | empty)} | values | empty
        return self.client.post(reverse(f"workorders:{name}", args=[self.order.pk]), values, headers=headers)


def now(order):
    return queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()


def hidden(answer):
    """Return what the page of a conflict would send on."""
    form = re.search(r'<form method="post" action="[^"]+/head">.*?</form>', text(answer), re.DOTALL)[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def test_fields_two_people_changed_apart_are_both_kept(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine, theirs = Page(tuesday, order), Page(tuesday, order)
    tuesday.force_login(colleague)
    assert theirs.send(payment_method="card").status_code == 200
    tuesday.force_login(crew.service_advisor)
    answer = mine.send(old_parts="look")
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#head"  # shows what the other one changed
    kept = now(order)
    assert (kept.payment_method, kept.old_parts) == ("card", "look")


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "without scripts"])
def test_the_same_field_changed_by_two_is_put_to_the_second(tuesday, crew, colleague, headers):
    order = factories.draft(crew)
    mine, theirs = Page(tuesday, order), Page(tuesday, order)
    tuesday.force_login(colleague)
    theirs.send(payment_method="card", other_contact="王芳")
    tuesday.force_login(crew.service_advisor)
    answer = mine.send(headers=headers, payment_method="alipay", other_contact="王强", old_parts="look")
    assert answer.status_code == 409
    for words in ["李娜 changed the same", "Alipay", "card", "王强", "王芳"]:
        assert words in text(answer)
    kept = now(order)
    assert (kept.payment_method, kept.other_contact, kept.old_parts) == ("card", "王芳", "")
    return_with = hidden(answer)
    assert {name: return_with[name] for name in ["payment_method", "other_contact", "old_parts"]} == {
        "payment_method": "alipay", "other_contact": "王强", "old_parts": "look",
    }  # fmt: skip


def test_taking_mine_changes_what_i_typed_and_nothing_else(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine, theirs = Page(tuesday, order), Page(tuesday, order)
    tuesday.force_login(colleague)
    theirs.send(payment_method="card", wash_wanted="no", methods_told=True, other_contact="王芳")
    tuesday.force_login(crew.service_advisor)
    answer = mine.send(payment_method="alipay", promised_at="2026-11-26T10:00", calls_told=True)
    back = tuesday.post(reverse("workorders:save_head", args=[order.pk]), hidden(answer))
    assert back["Location"] == address("order", order)
    kept = now(order)
    assert (kept.payment_method, kept.wash_wanted, kept.other_contact) == ("alipay", False, "王芳")
    assert kept.promised_at == TUESDAY_NINE.replace(day=26, hour=10)
    assert head.value(kept, "methods_told")
    assert head.value(kept, "calls_told")


def test_a_third_change_between_is_put_to_me_again(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine, theirs = Page(tuesday, order), Page(tuesday, order)
    tuesday.force_login(colleague)
    theirs.send(payment_method="card")
    answer = mine.send(payment_method="alipay")
    heads.save(order, payment_method="cash", by=colleague, at=TUESDAY_NINE)
    assert tuesday.post(reverse("workorders:save_head", args=[order.pk]), hidden(answer)).status_code == 409


def test_the_same_answer_of_two_people_is_no_conflict(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine, theirs = Page(tuesday, order), Page(tuesday, order)
    theirs.send(payment_method="card")
    assert mine.send(payment_method="card").status_code == 200


def test_two_pages_of_one_person_are_two_editors(tuesday, crew):
    order = factories.draft(crew)
    one, other = Page(tuesday, order), Page(tuesday, order)
    one.send(payment_method="card")
    assert other.send(payment_method="alipay").status_code == 409


def test_a_page_is_never_told_of_its_own_changes_even_if_an_answer_got_lost(tuesday, crew):
    order = factories.draft(crew)
    mine = Page(tuesday, order)
    for method in ["card", "alipay", "card"]:  # sent each time as if the page were still at its first version
        assert mine.send(payment_method=method).status_code == 200
        assert now(order).payment_method == method
    mine.send(payment_method="")
    assert HeadChange.objects.filter(order=order, field="payment_method").count() == 3


def test_lines_moves_and_signatures_of_others_are_no_false_alarm(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine = Page(tuesday, order)
    writeup.add_part(order, part=factories.part(crew.store), quantity=1, by=colleague, at=TUESDAY_NINE)
    lines.confirm_all(order, by=colleague, at=TUESDAY_NINE)
    factories.sign(order, colleague)
    version = now(order).version
    signings.revise(order, reason="x", by=colleague, at=TUESDAY_NINE)
    assert now(order).version == version
    assert mine.send(other_contact="王芳").status_code == 200


def test_who_signs_on_an_old_page_sees_mine_and_theirs_and_nothing_is_issued(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine = Page(tuesday, order)
    heads.save(order, payment_method="card", by=colleague, at=TUESDAY_NINE)
    answer = mine.send("sign", headers={}, **signing())
    assert answer.status_code == 409
    assert "Take mine" in text(answer)
    assert state_of(order) == "draft"
    assert hidden(answer)["payment_method"] == "alipay"
    mine.shown |= {"version": now(order).version, "page": uuid4().hex}
    assert mine.send("sign", headers={}, **signing(payment_method="card")).status_code == 302
    assert now(order).payment_method == "card"


@pytest.mark.clause("3.2.3.2")
def test_what_a_colleague_changed_unseen_is_shown_before_it_is_signed(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine = Page(tuesday, order)
    heads.save(order, wash_wanted=False, by=colleague, at=TUESDAY_NINE)
    answer = mine.send("sign", headers={}, **signing())
    assert answer.status_code == 409
    assert "The order changed; please sign again." in text(answer)
    form = answer.context["sign_form"]
    assert (form["wash_wanted"].value(), form["signature"].value(), form["version"].value()) == (
        "no", "", str(now(order).version),
    )  # fmt: skip
    assert state_of(order) == "draft"
    mine.shown |= {"version": form["version"].value()}
    assert mine.send("sign", headers={}, **signing(wash_wanted="no")).status_code == 302


def test_a_head_shown_anew_does_not_vouch_for_lines_the_page_does_not_show(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine = Page(tuesday, order)
    writeup.add_part(order, part=factories.part(crew.store), quantity=1, by=colleague, at=TUESDAY_NINE)
    heads.save(order, payment_method="card", by=colleague, at=TUESDAY_NINE)
    answer = mine.send(told=True)
    assert f'name="seen" value="{mine.shown["seen"]}"' in text(answer)
    assert mine.shown["seen"] != queries.mark_of(now(order))


def test_a_signed_order_takes_no_more_of_an_open_page(tuesday, crew, colleague):
    order = factories.draft(crew)
    mine = Page(tuesday, order)
    factories.sign(order, colleague)
    answer = mine.send(payment_method="card")
    assert answer.status_code == 409
    assert "moved this to" in text(answer)
    assert now(order).payment_method == "cash"
