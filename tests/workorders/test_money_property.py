"""Whatever stands on an order, and whatever is given off: its sheets add up to the fen.

`MONEY_RUNS=100000` is the thorough run, some minutes.
"""

import os
from decimal import Decimal
from random import Random
from types import SimpleNamespace

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealership import money
from tests import factories
from workorders.documents import bills
from workorders.models import (
    Decision,
    Discount,
    LabourLine,
    PartLine,
    Payer,
    Settlement,
    SettlementLine,
    WorkOrder,
)
from workorders.queries import lines
from workorders.queries.money import Charge, discounted, drafted, goes_too_far, worth

RUNS = int(os.environ.get("MONEY_RUNS", "2000"))
runs = settings(
    max_examples=RUNS, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=RUNS <= 2000
)

SEED = st.integers(0, 2**63)
DECISIONS = [Decision.ACCEPTED] * 4 + [Decision.DECLINED, Decision.ASKED, Decision.UNUSED]
OPERATION, PART = SimpleNamespace(code="L1"), SimpleNamespace(number="P1")


def fen_of(random):
    """Return an amount as orders have them: nothing now and then, a fen, or up to 100,000 yuan."""
    return random.choice([0, 1, random.randrange(100), random.randrange(10_000_000)])


def order_of(random):
    """Return works and parts as an order may have them: some paid in part by another, some declined, some of a work."""
    works = [
        LabourLine(
            pk=n, description="w", hours=Decimal(random.randrange(1, 9999)) / 100, rate_fen=fen_of(random),
            amount_fen=fen_of(random), payer=random.choice(Payer.values), decision=random.choice(DECISIONS),
            share_fen=random.choice([None, None, fen_of(random)]),
        )
        for n in range(1, random.randrange(5) + 1)
    ]  # fmt: skip
    parts = [
        PartLine(
            pk=n, description="p", quantity=random.randrange(1, 99), unit_price_fen=fen_of(random),
            amount_fen=fen_of(random), payer=random.choice(["", *Payer.values]), decision=random.choice(DECISIONS),
            labour=random.choice([None, *works]),
        )
        for n in range(1, random.randrange(7) + 1)
    ]  # fmt: skip
    return works, parts


def discounts_of(random):
    given_on = random.sample(Discount.On.values, random.randrange(3))
    return [Discount(on=on, allowed_percent=100, **how_much(random)) for on in given_on]


def how_much(random):
    if random.random() < 0.5:
        return {"percent": Decimal(random.randrange(1, 10_001)) / 100}
    return {"amount_fen": max(1, fen_of(random))}


def drafts(works, parts, given):
    charges = {Payer.CUSTOMER.value: []}
    for line, payer, fen in lines.shares(works, parts):
        charges.setdefault(payer, []).append(Charge(line, fen))
    whole = {payer: drafted(payer, found) for payer, found in charges.items()}
    return whole | {"customer": discounted(whole["customer"], given)}


def fen(written):
    return int(written.replace("¥", "").replace(",", "").replace(".", ""))


@runs
@given(SEED)
def test_sheets_add_up_to_the_order_and_to_the_fen(seed):
    random = Random(seed)
    (works, parts), given_off = order_of(random), discounts_of(random)
    found = drafts(works, parts, given_off)
    counting = [line for line in [*works, *parts] if line.counts]
    assert sum(one.labour_fen + one.parts_fen for one in found.values()) == sum(line.amount_fen for line in counting)
    mine = found["customer"]
    off = sum(worth(one, mine.of(one.on)) for one in given_off)
    assert mine.discount_fen == off
    for one in found.values():
        assert one.total_fen == sum(charge.net_fen for charge in one.lines) >= 0
        assert all(0 <= charge.discount_fen <= charge.amount_fen for charge in one.lines)
        for on, charges in ((True, "labour"), (False, "parts")):
            assert sum(c.amount_fen for c in one.lines if c.labour is on) == one.of(charges)


@settings(runs, max_examples=max(100, RUNS // 10))
@given(SEED)
def test_printed_lines_add_up_to_the_printed_total(seed):
    random = Random(seed)
    (works, parts), given_off = order_of(random), discounts_of(random)
    for line in works:
        line._state.fields_cache["operation"] = OPERATION
    for line in parts:
        line._state.fields_cache["part"] = PART
    for one in drafts(works, parts, given_off).values():
        tables = bills.charged(one, [])
        printed = sum(fen(row[-1]) for table in tables for row in table["rows"])
        assert printed == fen(tables[1]["totals"][-1][1])


@runs
@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_an_amount_is_spread_exactly_and_nobody_is_a_fen_off(amount, weights):
    shares = money.spread(amount, weights)
    assert sum(shares) == amount
    if total := sum(weights):
        assert all(abs(share * total - amount * weight) < total for share, weight in zip(shares, weights, strict=True))


@runs
@given(st.integers(0, 10**9), st.decimals("0.01", "100", places=2), st.integers(0, 100))
def test_a_percentage_within_the_limit_is_within_it_to_the_half_fen(base, percent, allowed):
    off = Discount(on="labour", percent=percent, allowed_percent=allowed)
    assert 0 <= worth(off, base) <= base
    if not goes_too_far(off, base):
        assert worth(off, base) * 200 <= base * allowed * 2 + 100
    given_in_fen = Discount(on="labour", amount_fen=max(1, base * allowed // 100), allowed_percent=allowed)
    assert goes_too_far(given_in_fen, base) == (base * allowed < 100)


@pytest.mark.django_db
def test_the_database_adds_as_we_do(crew):
    """The same figures on SQLite and PostgreSQL: whole fen are added as whole fen."""
    order, random = factories.settled(crew), Random(20261124)
    sheet = Settlement.objects.get(order=order)
    part = WorkOrder.objects.get(pk=order.pk).part_lines.first()
    rows = [(random.randrange(10**12), random.randrange(10**6)) for _n in range(500)]
    SettlementLine.objects.bulk_create(
        SettlementLine(
            settlement=sheet, kind="part", part=part, code="x", description="x", quantity=Decimal(1), unit_fen=amount,
            amount_fen=amount, discount_fen=less, net_fen=amount - less,
        )
        for amount, less in rows
    )  # fmt: skip
    added = SettlementLine.objects.filter(code="x").aggregate(Sum("amount_fen"), Sum("discount_fen"), Sum("net_fen"))
    amounts, less = sum(amount for amount, _less in rows), sum(less for _amount, less in rows)
    assert list(added.values()) == [amounts, less, amounts - less]
