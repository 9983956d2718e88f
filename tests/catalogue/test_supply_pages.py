"""The list of what is on order, the form for an order, another day, and the mark on the stock list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dealership.catalogue import operations
from dealership.catalogue.models import Supply
from dealership.staff import operations as staff
from dealership.workflow import CLOCK
from tests.catalogue.conftest import make_part

LIST, FORM = reverse("catalogue:supplies"), reverse("catalogue:order")
# session, user, stores; permissions; count, supplies, their days
LIST_QUERIES = 8


def day(days):
    return timezone.localdate() + timedelta(days=days)


def order(store, part, days=3, reference="PO-1", quantity=4, ago=0):
    at = timezone.now() - timedelta(days=ago)
    return operations.order_goods(store, part, quantity, expected_on=day(days), reference=reference, by=CLOCK, at=at)


def typed(item, **other):
    return {"part": item.number, "quantity": "4", "expected_on": day(3).isoformat(), "reference": "PO-7"} | other


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_row_and_for_three(
    client, store, clerk, rows, django_assert_num_queries
):
    for number in range(rows):
        operations.expect_on(order(store, make_part(f"P{number}")), day(5), by=clerk, at=timezone.now())
    client.force_login(clerk)
    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(LIST)
    assert page.content.decode().count("<s>") == rows


def test_the_list_names_the_late_first_and_says_so_in_words(client, store, clerk):
    order(store, make_part("P-soon"))
    order(store, make_part("P-late"), days=-1, ago=3)
    order(staff.open_store(name="B", code="B"), make_part("P-theirs"))
    client.force_login(clerk)
    text = client.get(LIST, headers={"Accept-Language": "en"}).content.decode()
    assert text.index("P-late") < text.index("P-soon")
    assert text.count(">delivery late<") == 1
    assert "P-theirs" not in text


def test_an_order_is_noted_and_read_on_the_list(client, clerk, part):
    client.force_login(clerk)
    answer = client.post(FORM, typed(part), follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "PO-7" in answer.content.decode()
    supply = Supply.objects.get()
    assert (supply.part, supply.quantity, supply.expected_on, supply.ordered_by) == (part, 4, day(3), clerk)
    assert supply.store == clerk.store


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": "unknown-1"},
        {"quantity": "0"},
        {"quantity": "2.5"},
        {"reference": ""},
        {"expected_on": "2020-01-01"},
        {"expected_on": "2062-01-01"},
        {"expected_on": ""},
    ],
)
def test_a_wrong_order_is_shown_again_with_what_was_typed(client, clerk, part, wrong):
    client.force_login(clerk)
    answer = client.post(FORM, typed(part, **wrong))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert all(f'value="{value}"' in text for value in typed(part, **wrong).values() if value)
    assert "is-invalid" in text
    assert not Supply.objects.exists()


def test_an_order_sent_twice_is_refused_on_the_form(client, clerk, part):
    client.force_login(clerk)
    client.post(FORM, typed(part))
    again = client.post(FORM, typed(part))
    assert again.status_code == 422
    assert "PO-7" in str(again.context["form"].errors["reference"])
    assert Supply.objects.count() == 1


def test_another_day_is_noted_and_the_first_one_still_read(client, store, clerk, part):
    supply = order(store, part)
    client.force_login(clerk)
    page = reverse("catalogue:supply_day", args=[supply.pk])
    assert day(3).isoformat() in client.get(page).content.decode()
    answer = client.post(page, {"expected_on": day(6).isoformat()}, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    text = answer.content.decode()
    assert f"<s>{day(3):%Y-%m-%d}</s>" in text
    supply.refresh_from_db()
    assert supply.expected_on == day(6)


def test_a_day_that_is_over_is_refused_beside_its_field(client, store, clerk, part):
    supply = order(store, part)
    client.force_login(clerk)
    answer = client.post(reverse("catalogue:supply_day", args=[supply.pk]), {"expected_on": "2020-01-01"})
    assert answer.status_code == 422
    assert "expected_on" in answer.context["form"].errors
    assert 'value="2020-01-01"' in answer.content.decode()


def test_a_day_for_what_has_come_is_a_conflict(client, store, clerk, part):
    supply = order(store, part)
    operations.receive_goods(store, part, 4, by=CLOCK, at=timezone.now(), reference="DN-1")
    client.force_login(clerk)
    answer = client.post(reverse("catalogue:supply_day", args=[supply.pk]), {"expected_on": day(6).isoformat()})
    assert answer.status_code == 409
    assert client.post(reverse("catalogue:supply_cancel", args=[supply.pk])).status_code == 409


def test_what_will_not_come_leaves_the_list(client, store, clerk, part):
    supply = order(store, part)
    client.force_login(clerk)
    for _press in range(2):
        answer = client.post(reverse("catalogue:supply_cancel", args=[supply.pk]))
        assert answer.status_code == 302
    assert not client.get(LIST).context["supplies"].object_list


def test_a_supply_of_another_store_is_not_found(client, clerk, part):
    supply = order(staff.open_store(name="B", code="B"), part)
    client.force_login(clerk)
    assert client.get(reverse("catalogue:supply_day", args=[supply.pk])).status_code == 404
    assert client.post(reverse("catalogue:supply_cancel", args=[supply.pk])).status_code == 404
    assert Supply.objects.open().exists()


@pytest.mark.clause("2.2.6.1")
def test_the_stock_list_says_what_is_on_order_and_for_when(client, store, clerk, part):
    order(store, part, quantity=3)
    order(store, part, days=9, reference="PO-2", quantity=1)
    client.force_login(clerk)
    text = client.get(reverse("catalogue:stock"), headers={"Accept-Language": "en"}).content.decode()
    assert f"on order 4, {day(3).day} {day(3):%B}<" in text
    assert f"{FORM}?part={part.number}" in text


def test_who_may_not_order_sees_neither_page_nor_button(client, advisor):
    client.force_login(advisor)
    assert client.get(LIST).status_code == 403
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, {}).status_code == 403
