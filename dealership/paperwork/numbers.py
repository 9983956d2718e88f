"""Numbers of papers without gaps and without twins."""

from datetime import date

from django.db import connection
from django.db.models import F
from django.db.transaction import TransactionManagementError

from dealership.paperwork.kinds import LETTERS, Kind
from dealership.paperwork.models import NumberSeries
from dealership.staff.models import Store


def next_number(store: Store, kind: str, on: date) -> str:
    """Take the next number of this kind, such as SH1-WO-2026-000123; `on` is the day in the store's zone.

    Call it as the last step of a transaction: the counter row stays locked until the commit, so that nobody else
    takes the same number, and a rollback gives the number back. That is what keeps the series free of gaps.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A number is taken inside the transaction that uses it.")
    series = NumberSeries.objects.filter(store=store, kind=kind, year=on.year)
    if not series.update(last=F("last") + 1):
        # The first paper of the year. A twin inserting the same row makes this one wait and then do nothing.
        NumberSeries.objects.bulk_create([NumberSeries(store=store, kind=kind, year=on.year)], ignore_conflicts=True)
        series.update(last=F("last") + 1)
    last = series.values_list("last", flat=True).get()
    return f"{store.code}-{LETTERS[Kind(kind)]}-{on.year}-{last:06d}"
