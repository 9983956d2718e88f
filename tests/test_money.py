"""Fen inside, yuan at the edges."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from dealership import money


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        ("0", 0),
        ("1298.50", 129850),
        ("0.01", 1),
        ("0.005", 1),
        ("0.004", 0),
        ("0.015", 2),
        ("-0.005", -1),
        (12, 1200),
        (Decimal("99999999.99"), 9999999999),
    ],
)
def test_yuan_become_fen_with_half_a_fen_rounded_up(yuan, fen):
    assert money.fen(yuan) == fen


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_fen_go_to_yuan_and_back_unchanged(amount):
    assert money.fen(money.yuan(amount)) == amount
    assert money.yuan(amount).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("unit", "quantity", "line"),
    [(15000, "1.00", 15000), (15000, "0.35", 5250), (4900, "3", 14700), (1, "0.5", 1), (333, "0.5", 167), (99, "0", 0)],
)
def test_a_line_is_rounded_once(unit, quantity, line):
    assert money.times(unit, Decimal(quantity)) == line


@given(st.lists(st.integers(min_value=0, max_value=10**11), max_size=50))
def test_a_sum_of_fen_is_exact(amounts):
    assert money.yuan(sum(amounts)) == sum((money.yuan(amount) for amount in amounts), Decimal(0))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "¥0.00"), (5, "¥0.05"), (129850, "¥1,298.50"), (-129850, "-¥1,298.50"), (123456789012, "¥1,234,567,890.12")],
)
def test_an_amount_is_written_for_people(language, amount, written):
    with translation.override(language):
        assert money.written(amount) == written


@pytest.mark.parametrize(("amount", "written"), [(129850, "¥1,298.50"), (None, ""), (0, "¥0.00")])
def test_templates_write_amounts_the_same_way(amount, written):
    page = Template("{% load desk %}{{ amount|yuan }}")
    assert page.render(Context({"amount": amount})) == written


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**8), min_size=1, max_size=30))
def test_what_is_spread_sums_to_the_fen_and_no_share_is_off_by_one(amount_fen, weights):
    shares = money.spread(amount_fen, weights)
    assert sum(shares) == amount_fen
    total = sum(weights) or len(weights)
    for share, weight in zip(shares, weights if sum(weights) else [1] * len(weights), strict=True):
        assert abs(share * total - amount_fen * weight) < total
        assert share >= 0


def test_what_is_left_over_goes_to_the_largest_remainders():
    assert money.spread(100, [1, 1, 1]) == [34, 33, 33]
    assert money.spread(10, [1, 5, 8]) == [1, 3, 6]  # 0.71, 3.57 and 5.71
    assert money.spread(7, []) == []
