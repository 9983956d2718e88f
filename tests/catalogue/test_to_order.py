"""The minimum stock list: what to order so that every part has its safety stock."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dealership.catalogue import operations, queries
from dealership.workflow import CLOCK
from tests.catalogue.conftest import NOW, make_part

TO_ORDER = reverse("catalogue:to_order")


def have(store, part, there=0, coming=0):
    if there:
        operations.receive_goods(store, part, there, by=CLOCK, at=NOW, reference="DN-1")
    if coming:
        day = NOW.date() + timedelta(days=3)
        operations.order_goods(store, part, coming, expected_on=day, reference="PO-1", by=CLOCK, at=NOW)


@pytest.mark.parametrize(
    ("safety", "there", "coming", "lack"),
    [(10, 0, 0, 10), (10, 4, 3, 3), (10, 4, 6, None), (10, 12, 0, None), (None, 0, 0, None), (0, 0, 0, None)],
)
def test_what_is_there_and_on_order_is_taken_off_the_safety_stock(store, safety, there, coming, lack):
    part = make_part(safety_stock=safety)
    have(store, part, there, coming)
    assert [one.lack for one in queries.to_order(store)] == ([] if lack is None else [lack])


def test_the_list_leads_to_the_order_with_part_and_quantity(client, store, clerk):
    part = make_part("P 1/2", safety_stock=8)
    have(store, part, 3)
    client.force_login(clerk)
    page = client.get(TO_ORDER).content.decode()
    link = f"{reverse('catalogue:order')}?part=P%201/2&amp;quantity=5"
    assert link in page
    form = client.get(link.replace("&amp;", "&")).content.decode()
    assert 'value="P 1/2"' in form
    assert 'value="5"' in form


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_row_and_for_three(client, clerk, rows, django_assert_num_queries):
    for n in range(rows):
        make_part(f"P{n}", safety_stock=1)
    client.force_login(clerk)
    with django_assert_num_queries(7):
        page = client.get(TO_ORDER)
    assert len(page.context["parts"]) == rows


def test_only_who_orders_goods_sees_it(client, advisor):
    client.force_login(advisor)
    assert client.get(TO_ORDER).status_code == 403
