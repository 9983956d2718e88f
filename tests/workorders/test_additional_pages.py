"""The pages of additional work: what is typed wrong stays beside its field, and each role finds its press."""

from datetime import UTC, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dealership.staff.roles import Role
from tests import beginnings, factories
from tests.workorders import extras
from tests.workorders.extras import FOUND_AT, state_of
from tests.workorders.sheets import text
from tests.workorders.test_board import forms_on
from workorders.models import AdditionalItem
from workorders.states import ItemState

SOON = FOUND_AT + timedelta(minutes=3)


@pytest.fixture
def at_eleven(client, crew, time_machine):
    time_machine.move_to(SOON.astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    return client


def picture(name="a.jpg", content=None):
    return SimpleUploadedFile(name, content or factories.photo(), content_type="image/jpeg")


def page_of(item):
    return reverse("workorders:additional", args=[item.pk])


def post(client, item, name, **values):
    return client.post(reverse(f"workorders:{name}", args=[item.pk]), values)


PRESSES = {
    "found": {"service_advisor": {"price_item"}, "foreman": {"withdraw_item"}},
    "quoted": {"service_advisor": {"price_item", "contact"}, "foreman": {"withdraw_item"}},
    "calling": {"service_advisor": {"price_item", "contact"}},
    "approved": {"service_advisor": {"issue_slip"}},
    "slip_issued": {"foreman": {"take_slip"}, "dispatcher": {"take_slip"}},
    "refused": {"service_advisor": {"tell_workshop"}},
}


@pytest.mark.parametrize("state", ItemState.values)
def test_the_page_of_an_item_offers_each_role_its_press(at_eleven, crew, state):
    item = extras.MADE[ItemState(state)](crew)
    for role in [Role.SERVICE_ADVISOR, Role.FOREMAN, Role.DISPATCHER, Role.TECHNICIAN, Role.PARTS]:
        at_eleven.force_login(getattr(crew, role.value))
        shown = at_eleven.get(page_of(item))
        assert item.words in text(shown)
        wanted = PRESSES.get(state, {}).get(role.value, set())
        assert forms_on(shown) == wanted, role


def test_a_price_made_in_another_tab_is_seen_before_it_is_replaced(at_eleven, crew):
    item = extras.found(crew)
    operation, seen = factories.operation(name="更换雨刮"), item.version
    extras.price(item, crew)  # in the other tab
    first = AdditionalItem.objects.get(pk=item.pk).line.amount_fen
    typed = {"operation": f"{operation.code} · {operation.name}", "delay_minutes": "15", "version": seen}
    refused = post(at_eleven, item, "price_item", **typed)
    assert refused.status_code == 422
    assert "A colleague has priced this meanwhile" in text(refused)
    assert "更换雨刮" in text(refused)
    assert AdditionalItem.objects.get(pk=item.pk).line.amount_fen == first
    version = refused.context["price_form"]["version"].value()
    assert post(at_eleven, item, "price_item", **typed | {"version": version}).status_code == 302
    assert AdditionalItem.objects.get(pk=item.pk).line.operation == operation


def test_asking_again_lies_ahead(at_eleven, crew):
    item = extras.quoted(crew)
    again = {"result": "not_reached", "channel": "phone", "version": item.version, "repeat_at": "2020-01-01T08:00"}
    refused = post(at_eleven, item, "contact", **again)
    assert refused.status_code == 422
    assert "still to come" in str(refused.context["contact_form"].errors["repeat_at"])
    assert not item.contacts.exists()


def test_who_works_on_the_car_reads_no_price_of_an_item(at_eleven, crew):
    item = extras.quoted(crew)
    assert "¥" in text(at_eleven.get(page_of(item)))
    at_eleven.force_login(crew.technician)
    assert "¥" not in text(at_eleven.get(page_of(item)))
    assert "¥" not in text(at_eleven.get(reverse("workorders:job", args=[item.order_id])))


def test_the_technician_reports_with_his_tablet(at_eleven, crew):
    order = factories.in_progress(crew)
    at_eleven.force_login(crew.technician)
    assert "More work found" in text(at_eleven.get(reverse("workorders:order", args=[order.pk]), follow=True))
    report = reverse("workorders:report_item", args=[order.pk])
    assert at_eleven.get(report).status_code == 200
    bare = at_eleven.post(report, {"words": ""})
    assert (bare.status_code, sorted(bare.context["form"].errors)) == (422, ["photo1", "words"])
    broken = at_eleven.post(report, {"words": "漏油", "photo1": picture(content=b"no picture")})
    assert list(broken.context["form"].errors) == ["photo1"]
    assert "漏油" in text(broken)
    line = order.labour_lines.get()
    sent = {"words": "漏油", "photo1": picture(), "photo2": picture("b.jpg"), "line": line.pk}
    assert at_eleven.post(report, sent).status_code == 302
    item = AdditionalItem.objects.get()
    assert (item.found_by, item.seen_at_work, item.photos.count()) == (crew.technician, line, 2)
    shown = at_eleven.get(reverse("workorders:item_photo", args=[item.photos.first().pk]))
    assert shown["Content-Type"] == "image/jpeg"


def test_what_is_typed_wrong_stays_beside_its_field(at_eleven, crew):
    item = extras.found(crew)
    wrong = post(at_eleven, item, "price_item", operation="NIX", hours="0", delay_minutes="", part1="NIX")
    assert wrong.status_code == 422
    assert sorted(wrong.context["price_form"].errors) == ["delay_minutes", "hours", "operation", "part1"]
    unpriced = beginnings.Part.objects.create(number="U-1", name="无价件")
    work = factories.operation("B-1")
    assert "There is no price" in text(
        post(at_eleven, item, "price_item", operation="B-1", delay_minutes="30", part1=unpriced.number)
    )
    assert post(at_eleven, item, "price_item", operation=work.code, delay_minutes="30").status_code == 302
    said = {"version": 1, "channel": "phone", "spoke_to": "王建国"}
    untold = post(at_eleven, item, "contact", result="agreed", **said)
    assert (untold.status_code, list(untold.context["contact_form"].errors)) == (422, ["delay_told"])
    nothing = post(at_eleven, item, "contact", **said)
    assert list(nothing.context["contact_form"].errors) == ["result"]
    assert post(at_eleven, item, "contact", result="refused", delay_told="on", **said).status_code == 302
    nobody = post(at_eleven, item, "tell_workshop", told_at="2026-11-24T10:03")
    assert (nobody.status_code, list(nobody.context["told_form"].errors)) == (422, ["receiver"])
    told = {"receiver": crew.foreman.pk, "told_at": "2026-11-24T10:03"}
    assert post(at_eleven, item, "tell_workshop", **told).status_code == 302
    assert state_of(item) == "told"


def test_from_the_answer_to_the_workshop_on_the_orders_page(at_eleven, crew):
    item = extras.approved(crew)
    order = reverse("workorders:order", args=[item.order_id])
    assert "issue_slip" in forms_on(at_eleven.get(order))
    led = at_eleven.post(reverse("workorders:issue_slip", args=[item.order_id]))
    assert led["Location"] == order
    assert "issue_slip" not in forms_on(at_eleven.get(order))
    at_eleven.force_login(crew.foreman)
    assert "take_slip" in forms_on(at_eleven.get(order))
    assert at_eleven.post(reverse("workorders:take_slip", args=[item.order_id])).status_code == 302
    assert crew.foreman.full_name in text(at_eleven.get(order))
    assert state_of(item) == "handed"


def test_the_foreman_withdraws_with_a_reason(at_eleven, crew):
    item = extras.found(crew)
    at_eleven.force_login(crew.foreman)
    assert post(at_eleven, item, "withdraw_item", reason="").status_code == 422
    assert post(at_eleven, item, "withdraw_item", reason="看错了").status_code == 302
    assert post(at_eleven, item, "withdraw_item", reason="看错了").status_code == 409


@pytest.mark.clause("2.4.4.3")
def test_the_order_says_what_is_late(at_eleven, crew, time_machine):
    item = extras.found(crew)
    order = reverse("workorders:order", args=[item.order_id])
    assert "not called in time" not in text(at_eleven.get(order))
    assert "call by" in text(at_eleven.get(page_of(item)))
    time_machine.move_to((FOUND_AT + timedelta(minutes=16)).astimezone(UTC), tick=False)
    for page in (order, page_of(item)):
        assert "not called in time" in text(at_eleven.get(page))


@pytest.mark.parametrize("count", [1, 3])
def test_the_card_of_the_order_takes_a_fixed_number_of_queries(at_eleven, crew, count, django_assert_num_queries):
    order = factories.in_progress(crew)
    for n in range(count):
        extras.quoted(crew, order=order, words=f"发现 {n}")
    with django_assert_num_queries(29):
        at_eleven.get(reverse("workorders:order", args=[order.pk]))
