"""Correcting the stock after counting: a sheet of several parts, the differences first, then the ledger."""

import pytest
from django.urls import reverse

from dealership.catalogue import operations
from dealership.catalogue.models import Stock, StockMovement
from dealership.workflow import CLOCK, NotAllowed
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


def sheet(part, counted, seen=5, **values):
    return {f"counted-{part.pk}": counted, f"seen-{part.pk}": seen, "reference": "盘点"} | values


def send(client, part, values, **details):
    return client.post(f"{COUNT}?text={part.number}", values, **details)


def corrections():
    return list(StockMovement.objects.filter(kind="correction").values_list("change", flat=True))


@pytest.mark.parametrize(("counted", "change"), [("3", -2), ("9", 4), ("0", -5)])
def test_the_difference_is_shown_first_and_posted_with_a_second_press(counting, manager, five, counted, change):
    shown = send(counting, five, sheet(five, counted))
    assert shown.status_code == 200
    assert f"{change:+d}</td>" in shown.content.decode()
    assert corrections() == []
    sure = shown.context["sheet"].mark
    answer = send(counting, five, sheet(five, counted, sure=sure), follow=True)
    assert f"{five.name} {change:+d}" in answer.content.decode()
    assert Stock.objects.get().quantity == int(counted)
    movement = StockMovement.objects.get(kind="correction")
    assert (movement.change, movement.reference, movement.by) == (change, "盘点", manager)


def test_other_figures_than_those_looked_at_are_shown_again(counting, five):
    sure = send(counting, five, sheet(five, "4")).context["sheet"].mark
    assert send(counting, five, sheet(five, "3", sure=sure)).status_code == 200
    assert corrections() == []


def test_a_count_that_agrees_writes_nothing_and_says_so(counting, five):
    answer = send(counting, five, sheet(five, "5"), follow=True)
    assert "1 part counted, the stock agrees." in answer.content.decode()
    assert corrections() == []


def test_what_moved_while_it_was_counted_is_asked_again_and_nothing_is_overwritten(counting, store, five):
    other = make_part("04152-OTHER")
    operations.receive_goods(store, other, 7, by=CLOCK, at=NOW, reference="DN-1")
    typed = sheet(five, "4") | sheet(other, "6", seen=7)
    sure = counting.post(f"{COUNT}?text=04152", typed).context["sheet"].mark
    operations.issue(store, five, 1, reference="IS-1", by=CLOCK, at=NOW)
    answer = counting.post(f"{COUNT}?text=04152", typed | {"sure": sure})
    assert answer.status_code == 409
    assert "Moved while it was counted, please count again: Oil filter." in answer.content.decode()
    rows = {row["part"]: (row["seen"].value(), row["counted"].value()) for row in answer.context["sheet"].rows()}
    assert rows == {five: ("4", ""), other: ("7", "6")}
    assert corrections() == []


def test_several_parts_are_counted_on_one_sheet_and_an_empty_box_is_not(counting, store, five):
    others = [make_part(f"04152-{n}") for n in "ABC"]
    typed = sheet(five, "4") | sheet(others[0], "2", seen=0) | sheet(others[1], "", seen=0)
    sure = counting.post(f"{COUNT}?text=04152", typed).context["sheet"].mark
    counting.post(f"{COUNT}?text=04152", typed | {"sure": sure})
    assert sorted(corrections()) == [-1, 2]


def test_a_shelf_is_found_by_its_place(counting, store, five):
    operations.put_in_place(store, five, "A-03-2", by=CLOCK, at=NOW)
    make_part("P-elsewhere")
    page = counting.get(COUNT, {"place": "a-03"})
    assert [row["part"] for row in page.context["sheet"].rows()] == [five]
    assert "A-03-2" in page.content.decode()


@pytest.mark.parametrize("wrong", ["", "-1", "2.5", "100001"])
def test_a_wrong_figure_is_shown_again_with_what_was_typed(counting, five, wrong):
    answer = send(counting, five, sheet(five, wrong))
    assert answer.status_code == 422
    assert 'value="盘点"' in answer.content.decode()
    assert Stock.objects.get().quantity == 5


def test_no_reason_no_correction(counting, manager, store, five):
    assert send(counting, five, sheet(five, "4", reference="")).status_code == 422
    with pytest.raises(NotAllowed):
        operations.count(store, [operations.Counted(five, 5, 4)], reference=" ", by=manager, at=NOW)


def test_a_part_on_the_list_leads_to_its_count(counting):
    make_part("P 1/2")
    assert f"{COUNT}?text=P%201/2" in counting.get(LIST).content.decode()
    page = counting.get(COUNT, {"text": "P 1/2"})
    assert [row["part"].number for row in page.context["sheet"].rows()] == ["P 1/2"]


def test_no_sheet_before_anything_was_searched_and_any_text_can_be(counting, five):
    assert counting.get(COUNT).context["sheet"] is None
    assert counting.get(COUNT, {"text": "\0"}).status_code == 200
    assert counting.get(LIST, {"text": "oil\0"}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sheet_takes_the_same_queries_for_one_row_and_for_three(counting, rows, django_assert_num_queries):
    for n in range(rows):
        make_part(f"P{n}")
    with django_assert_num_queries(6):
        page = counting.get(COUNT, {"text": "P"})
    assert len(page.context["sheet"].rows()) == rows


def test_who_may_not_count_sees_neither_page_nor_button(client, advisor, counting, part):
    assert COUNT in counting.get(LIST).content.decode()
    client.force_login(advisor)
    assert client.get(COUNT).status_code == 403
    assert send(client, part, sheet(part, "1", seen=0)).status_code == 403
    with pytest.raises(NotAllowed):
        operations.count(advisor.store, [operations.Counted(part, 0, 1)], reference="x", by=advisor, at=NOW)
    assert not StockMovement.objects.exists()
