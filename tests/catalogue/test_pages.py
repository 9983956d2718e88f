"""The stock list and the form for deliveries."""

import pytest
from django.urls import reverse

from dealership.catalogue import operations
from dealership.catalogue.models import Stock, StockMovement
from dealership.staff import operations as staff
from dealership.workflow import CLOCK
from tests.catalogue.conftest import NOW, make_part

LIST = reverse("catalogue:stock")
FORM = reverse("catalogue:receive")
# session, user, stores; permissions; count, parts; whether there are other stores
LIST_QUERIES = 7


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_row_and_for_three(
    client, store, clerk, rows, django_assert_num_queries
):
    for number in range(rows):
        operations.receive_goods(store, make_part(f"P{number}"), 1, by=CLOCK, at=NOW, reference="DN-1")
    client.force_login(clerk)
    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(LIST)
    assert page.content.decode().count("<td>P") == rows


def test_the_list_shows_this_stores_quantity_and_marks_what_is_low(client, store, clerk):
    plenty, low = make_part("P-plenty", safety_stock=2), make_part("P-low", safety_stock=2)
    operations.receive_goods(store, plenty, 17, by=CLOCK, at=NOW, reference="DN-1")
    operations.receive_goods(staff.open_store(name="B", code="B"), low, 93, by=CLOCK, at=NOW, reference="DN-1")
    client.force_login(clerk)
    text = client.get(LIST).content.decode()
    assert "17 pc" in text
    assert "93 pc" not in text
    assert text.count("text-bg-warning") == 1
    only_low = client.get(LIST, {"low": "on"}).content.decode()
    assert "P-low" in only_low
    assert "P-plenty" not in only_low


def test_the_search_answers_its_part_alone_where_htmx_asks(client, clerk):
    make_part("P1", name="Oil filter")
    make_part("P2", name="Brake pads")
    client.force_login(clerk)
    answer = client.get(LIST, {"text": "brake"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "P2" in text
    assert "P1" not in text
    assert "<html" not in text
    assert "HX-Request" in answer["Vary"]


def test_the_list_goes_on_over_pages_and_keeps_the_search(client, clerk):
    for number in range(51):
        make_part(f"P{number:02}", name="Oil filter")
    client.force_login(clerk)
    first = client.get(LIST, {"text": "oil"}).content.decode()
    assert "?text=oil&amp;page=2" in first
    second = client.get(LIST, {"text": "oil", "page": "2"}).content.decode()
    assert "P50" in second
    assert "P49" not in second


def test_a_part_on_the_list_leads_to_its_delivery(client, clerk):
    make_part("P 1/2")
    client.force_login(clerk)
    assert f"{FORM}?part=P%201/2" in client.get(LIST).content.decode()
    assert 'value="P 1/2"' in client.get(FORM, {"part": "P 1/2"}).content.decode()


def test_receiving_adds_to_the_stock_and_says_so(client, clerk, part):
    client.force_login(clerk)
    answer = client.post(FORM, {"part": f" {part.number} ", "quantity": "4", "reference": "DN-7"}, follow=True)
    assert answer.redirect_chain == [(f"{FORM}?reference=DN-7", 302)]
    assert 'value="DN-7"' in answer.content.decode()  # the next part of the delivery
    assert part.name in answer.content.decode()
    movement = StockMovement.objects.get()
    assert (movement.part, movement.change, movement.reference, movement.by) == (part, 4, "DN-7", clerk)
    assert Stock.objects.get().store == clerk.store


@pytest.mark.parametrize("wrong", [{"part": "unknown-1"}, {"quantity": "0"}, {"quantity": "2.5"}, {"reference": ""}])
def test_a_wrong_delivery_is_shown_again_with_what_was_typed(client, clerk, part, wrong):
    client.force_login(clerk)
    typed = {"part": part.number, "quantity": "4", "reference": "DN-7"} | wrong
    answer = client.post(FORM, typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert all(f'value="{value}"' in text for value in typed.values() if value)
    assert "is-invalid" in text
    assert not StockMovement.objects.exists()


def test_a_delivery_sent_twice_is_refused_on_the_form(client, clerk, part):
    client.force_login(clerk)
    typed = {"part": part.number, "quantity": "4", "reference": "DN-7"}
    client.post(FORM, typed)
    again = client.post(FORM, typed)
    assert again.status_code == 422
    assert 'value="DN-7"' in again.content.decode()
    assert Stock.objects.get().quantity == 4


def test_who_may_not_receive_sees_neither_page_nor_button(client, store, clerk, advisor):
    client.force_login(advisor)
    assert client.get(LIST).status_code == 403
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, {}).status_code == 403
    client.force_login(clerk)
    assert FORM in client.get(LIST).content.decode()
