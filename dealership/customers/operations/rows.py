"""Saving one row with the database as the judge, and never over what somebody else wrote meanwhile."""

from collections.abc import Collection, Mapping
from datetime import time
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from dealership.customers.errors import ChangedMeanwhile


def save(row: models.Model, *, unchecked: Collection[str] = (), **how: Any) -> None:
    """Check the fields and save; a row the database refuses is then asked for the sentence that says why.

    `full_clean` would ask before, with a query for each constraint of the table: an import of 500 rows takes ten
    seconds longer, and somebody else can still come between the answer and the save. Raises ValidationError.
    """
    row.clean_fields(exclude=unchecked)
    row.clean()
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError:
        row.validate_constraints()
        raise


def renew(row: models.Model) -> None:
    """Lock the row until the end of the transaction and load it as it is now: the caller's copy may be old.

    Rows that point to it may be written meanwhile: who writes one and waits for us could be waited for by us.
    """
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update(no_key=True))


def compare(row: models.Model, seen: Mapping[str, Any] | None, changes: Mapping[str, Any]) -> None:
    """Raise ChangedMeanwhile for what is neither as the person saw it nor as it is to become; None saw nothing."""
    lost = [
        field
        for field in changes
        if seen is not None
        and not same(getattr(row, field), seen.get(field))
        and not same(getattr(row, field), changes[field])
    ]
    if lost:
        sentences = {field: overtaken(shown(row, field)) for field in lost}
        raise ChangedMeanwhile(sentences, {field: getattr(row, field) for field in lost})


def same(one: Any, other: Any) -> bool:
    """Compare two values of a field; browsers write the end of a line in their own way."""
    return bool(plain(one) == plain(other))


def plain(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def overtaken(value: str) -> str:
    if not value:
        return _("A colleague has emptied this meanwhile. To keep your answer, save again.")
    return _("A colleague has changed this to “%(value)s” meanwhile. To keep your answer, save again.") % {
        "value": value
    }


def shown(row: models.Model, field: str) -> str:
    """Write the value of a field as a page shows it, "" where there is none."""
    display, value = getattr(row, f"get_{field}_display", None), getattr(row, field)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value in (None, "") else str(display() if display else value)
