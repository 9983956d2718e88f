"""The form of a paper's content, so that one template prints every kind.

    {"title": "Work order",
     "fields": [["Plate", "沪A12345"], ["Mileage", "23,410 km"]],
     "tables": [{"title": "Labour", "columns": ["Item", "Price"], "rows": [["Oil change", "¥120.00"]],
                 "totals": [["Total", "¥120.00"]]}],
     "notes": ["Old parts: take away"]}

Only "title" is required. Labels and values are what a person reads, already written out in the paper's language;
what is lazily translated is translated here. `store` and `issue` (the letterhead and the line of who and when)
are added at the moment of issue, because a shop moves and people change their names.
"""

import json
from datetime import datetime
from typing import Any

from django.utils import dateformat, timezone, translation
from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dealership.staff.models import Store, User

PARTS = {"title", "fields", "tables", "notes"}
TABLE_PARTS = {"title", "columns", "rows", "totals"}


class ContentUnfit(ValueError):
    """Content that no template could print."""


def frozen(content: dict[str, Any], *, store: Store, language: str, by: User | None, at: datetime) -> dict[str, Any]:
    """Return the content as plain JSON in one language, with letterhead and issue line; raises ContentUnfit."""
    with translation.override(language), timezone.override(store.zone):
        plain = json.loads(json.dumps(content, default=written, allow_nan=False))
        check(plain)
        plain["store"] = {"name": store.name, "address": store.address, "phone": store.phone}
        moment = dateformat.format(timezone.localtime(at), get_format("SHORT_DATETIME_FORMAT"))
        plain["issue"] = [[_("Issued"), moment]] + ([[_("Issued by"), str(by)]] if by else [])
    return plain


def written(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise ContentUnfit(f"{value!r} is not text: write it out as the reader shall see it.")


def check(content: dict[str, Any]) -> None:
    if not content.get("title") or not PARTS.issuperset(content):
        raise ContentUnfit(f"A paper has a title and may have {sorted(PARTS)}, not {sorted(content)}.")
    check_rows(content.get("fields", []), 2)
    check_cells(content.get("notes", []))
    for table in content.get("tables", []):
        if not TABLE_PARTS.issuperset(table) or not table.get("columns"):
            raise ContentUnfit(f"A table has columns and may have {sorted(TABLE_PARTS)}, not {sorted(table)}.")
        check_cells(table["columns"])
        check_rows(table.get("rows", []), len(table["columns"]))
        check_rows(table.get("totals", []), 2)


def check_rows(rows: list[list[Any]], width: int) -> None:
    for row in rows:
        if len(row) != width:
            raise ContentUnfit(f"{row!r} should have {width} cells.")
        check_cells(row)


def check_cells(cells: list[Any]) -> None:
    """Refuse anything but text: databases and browsers write numbers each in their own way."""
    for cell in cells:
        if not isinstance(cell, str):
            raise ContentUnfit(f"{cell!r} is not text: write it out as the reader shall see it.")
