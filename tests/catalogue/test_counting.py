"""Correcting the stock after counting."""

import pytest
from django.urls import reverse

from dealership.catalogue import operations
from dealership.catalogue.models import Stock, StockMovement
from dealership.workflow import CLOCK
from tests.catalogue.conftest import NOW, make_part

LIST = reverse("catalogue:stock")
COUNT = reverse("catalogue:count")


@pytest.fixture
def counting(client, manager):
    manager.language = "en"
    manager.save()
    client.force_login(manager)
    return client


@pytest.fixture
def five(store, part):
    operations.receive_goods(store, part, 5, by=CLOCK, at=NOW, reference="DN-1")
    return part


@pytest.mark.parametrize(("counted", "change"), [("3", -2), ("9", 4), ("0", -5)])
def test_the_stock_becomes_what_was_counted(counting, manager, five, counted, change):
    answer = counting.post(COUNT, {"part": f"{five.number} ", "counted": counted, "reference": "盘点"}, follow=True)
    assert answer.redirect_chain == [(COUNT, 302)]
    assert f"{counted} counted, corrected by {change:+d}." in answer.content.decode()
    assert Stock.objects.get().quantity == int(counted)
    movement = StockMovement.objects.get(kind="correction")
    assert (movement.change, movement.reference, movement.by) == (change, "盘点", manager)


def test_a_count_that_agrees_writes_nothing_and_says_so(counting, five):
    typed = {"part": five.number, "counted": "5", "reference": "盘点"}
    answer = counting.post(COUNT, typed, follow=True)
    assert "5 counted, the stock agrees." in answer.content.decode()
    assert not StockMovement.objects.filter(kind="correction").exists()


def test_a_count_sent_twice_is_written_once(counting, five):
    for _ in range(2):
        counting.post(COUNT, {"part": five.number, "counted": "4", "reference": "盘点"})
    assert StockMovement.objects.filter(kind="correction").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": "unknown-1"},
        {"part": "a\0"},
        {"counted": ""},
        {"counted": "-1"},
        {"counted": "2.5"},
        {"counted": "100001"},
        {"reference": ""},
        {"reference": "x" * 81},
    ],
)
def test_a_wrong_count_is_shown_again_with_what_was_typed(counting, five, wrong):
    typed = {"part": five.number, "counted": "3", "reference": "盘点"} | wrong
    answer = counting.post(COUNT, typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert all(f'value="{value}"' in text for value in typed.values() if value)
    assert "is-invalid" in text
    assert Stock.objects.get().quantity == 5


def test_a_part_on_the_list_leads_to_its_count(counting):
    make_part("P 1/2")
    page = counting.get(LIST).content.decode()
    assert f"{COUNT}?part=P%201/2" in page
    assert 'value="P 1/2"' in counting.get(COUNT, {"part": "P 1/2"}).content.decode()


def test_the_list_is_searched_whatever_is_typed(counting, five):
    assert counting.get(LIST, {"text": "oil\0"}).status_code == 200
    assert counting.get(COUNT, {"part": "\0"}).status_code == 200


def test_who_may_not_count_sees_neither_page_nor_button(client, advisor, counting, part):
    assert COUNT in counting.get(LIST).content.decode()
    client.force_login(advisor)
    assert client.get(COUNT).status_code == 403
    assert client.post(COUNT, {"part": part.number, "counted": "1", "reference": "x"}).status_code == 403
    assert not StockMovement.objects.exists()
