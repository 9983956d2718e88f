"""Short parts: which car waits for what, when it comes, what that does to the promise, and who is told."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from dealership.catalogue import operations as catalogue
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders.counter import fresh, receive, with_team
from tests.workorders.sheets import text
from workorders import queries
from workorders.models import Alert, PartLine, WorkOrder

TODAY = TUESDAY_NINE.date()
SHORT = reverse("workorders:short_parts")


def waiting(crew, part=None, promised_in=timedelta(days=2), **details):
    """Return an order with a team whose only part is not there."""
    order = factories.draft(crew, part_stock=0)
    if part:
        PartLine.objects.filter(order=order).update(part=part)
    return with_team(crew, order, promised_at=TUESDAY_NINE + promised_in, promise_reason="配件调货", **details)


def order_goods(crew, part, day, quantity=1, reference="PO-1"):
    return catalogue.order_goods(
        crew.store, part, quantity, expected_on=day, reference=reference, by=crew.parts, at=TUESDAY_NINE
    )


def shorts(crew):
    return queries.shorts(queries.with_open_parts(queries.in_workshop(crew.store)), TUESDAY_NINE)


def told(order, desk="advisor"):
    return list(Alert.objects.filter(order=order, desk=desk, about="parts").values_list("words", flat=True))


@pytest.mark.clause("2.2.6.1")
@pytest.mark.parametrize(
    ("days", "effect"), [(None, "unknown"), (0, "in_time"), (1, "in_time"), (2, "tight"), (3, "breaks")]
)
def test_the_day_is_held_against_the_promise(crew, days, effect):
    order = waiting(crew)
    day = None
    if days is not None:
        day = TODAY + timedelta(days=days)
        order_goods(crew, order.part_lines.get().part, day)
    [short] = shorts(crew)
    assert (short.order, short.there, short.expected_on, short.effect) == (order, 0, day, effect)


def test_a_day_that_is_over_is_late(crew):
    order = waiting(crew)
    order_goods(crew, order.part_lines.get().part, TODAY)
    after = queries.shorts(queries.with_open_parts(queries.in_workshop(crew.store)), TUESDAY_NINE + timedelta(days=1))
    assert [one.effect for one in after] == ["late"]


def test_two_who_wait_for_one_piece_are_not_both_told_its_day(crew):
    first = waiting(crew, promised_in=timedelta(hours=26))
    part = first.part_lines.get().part
    second = waiting(crew, part)
    order_goods(crew, part, TODAY + timedelta(days=1))
    assert [(one.order, one.expected_on) for one in shorts(crew)] == [
        (first, TODAY + timedelta(days=1)),
        (second, None),
    ]


def test_nothing_is_short_that_is_put_aside_or_handed_out(crew):
    factories.signed(crew)
    factories.in_progress(crew)
    assert shorts(crew) == []


def test_the_advisor_is_told_the_day_and_what_it_breaks(crew):
    order = waiting(crew)
    part = order.part_lines.get().part
    supply = order_goods(crew, part, TODAY + timedelta(days=1))
    [first] = told(order)
    assert part.name in first
    catalogue.expect_on(supply, TODAY + timedelta(days=2), by=crew.parts, at=TUESDAY_NINE)
    assert told(order) == [first]  # still before the promise ends: nothing to hurry for
    catalogue.expect_on(supply, TODAY + timedelta(days=3), by=crew.parts, at=TUESDAY_NINE)
    assert len(told(order)) == 2
    catalogue.cancel_supply(supply, by=crew.parts, at=TUESDAY_NINE)
    assert len(told(order)) == 3


def test_an_advisor_whose_car_has_its_parts_hears_nothing(crew):
    order = factories.dispatched(crew)
    part = order.part_lines.get().part
    order_goods(crew, part, TODAY + timedelta(days=9))
    assert told(order) == []


def test_when_the_goods_are_there_foreman_and_advisor_hear_of_the_car_that_waits(crew):
    order = waiting(crew)
    factories.clock_on(order, crew.technician)
    WorkOrder.objects.filter(pk=order.pk).update(state="on_hold", held_for="parts")
    part = order.part_lines.get().part
    receive(crew, part, 1)
    assert told(order) == told(order, "foreman")
    assert part.name in told(order)[0]
    assert queries.missing_parts(fresh(order)) == []


def test_the_list_says_which_promise_breaks_and_leads_on(tuesday, crew):
    order = waiting(crew)
    order_goods(crew, order.part_lines.get().part, TODAY + timedelta(days=3))
    tuesday.force_login(crew.parts)
    page = text(tuesday.get(SHORT))
    assert "breaks the promise of" in page
    assert order.visit.vehicle.plate_shown in page
    assert f"{reverse('catalogue:order')}?part={order.part_lines.get().part.number}&amp;quantity=1" in page
    assert "another store" not in page
    factories.store("分店")
    assert "Ask another store" in text(tuesday.get(SHORT))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_row_and_for_three(tuesday, crew, rows, django_assert_num_queries):
    for _n in range(rows):
        waiting(crew)
    tuesday.force_login(crew.parts)
    with django_assert_num_queries(11):
        page = tuesday.get(SHORT)
    assert len(page.context["shorts"]) == rows


def test_only_the_parts_desk_opens_the_list(tuesday, crew):
    for who in [crew.service_advisor, crew.technician]:
        tuesday.force_login(who)
        assert tuesday.get(SHORT).status_code == 403


def test_the_orders_page_says_the_day_the_list_says(tuesday, crew):
    first = waiting(crew, promised_in=timedelta(hours=26))
    part = first.part_lines.get().part
    second = waiting(crew, part)
    order_goods(crew, part, date(2026, 11, 25))
    tuesday.force_login(crew.parts)
    assert "expected 11-25" in text(tuesday.get(reverse("workorders:order", args=[first.pk])))
    assert "expected 11-25" not in text(tuesday.get(reverse("workorders:order", args=[second.pk])))
