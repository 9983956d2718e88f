"""The form of a paper's content, so that one template prints every kind.

    {"title": "Work order",
     "fields": [["Plate", "沪A12345"], ["Mileage", "23,410 km"]],
     "code": {"address": "https://desk.example/gate/k7qf", "text": "K7QF"},
     "checks": [{"title": "Outside", "points": [["Bonnet", "ok", "in order"], ["Roof", "damage", "a dent"]]}],
     "drawing": {"title": "Damage", "width": 400, "height": 392,
                 "shapes": [{"x": 10, "y": 10, "w": 90, "h": 40, "label": "bonnet"}],
                 "marks": [{"number": 1, "x": 30, "y": 22, "kind": "scratch", "place": "bonnet"}]},
     "pictures": [{"sha256": "9f86…", "caption": "1: scratch", "data": "data:image/jpeg;base64,/9j/…"}],
     "tables": [{"title": "Labour", "columns": ["Item", "Price"], "rows": [["Oil change", "¥120.00"]],
                 "totals": [["Total", "¥120.00"]]}],
     "notes": ["Old parts: take away"],
     "sections": ["fields", "tables", "checks", "drawing", "pictures", "notes"]}

Only "title" is required. Labels and values are what a person reads, already written out in the paper's language;
what is lazily translated is translated here. A check is a point, one of STATES and the result in words. Places on the
drawing are whole numbers; `label_x` and `label_y` are the middle of a label that another shape would cover. A picture
is small, because the paper must be complete in itself; `sha256` names the photograph on file it was made from.
A code is drawn as QR when the sheet is printed; what it holds belongs to the paper, its text is for who types it.
`sections` is the order on the sheet, ORDER where it is left out.

`store` and `issue` (the letterhead and the line of who and when) are added at the moment of issue, because a shop
moves and people change their names.
"""

import base64
import binascii
import io
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import dateformat, timezone, translation
from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from dealership.staff.models import Store, User

ORDER = ["fields", "code", "checks", "drawing", "pictures", "tables", "notes"]
PARTS = {"title", "sections", *ORDER}
TABLE_PARTS = {"title", "columns", "rows", "totals"}
STATES = {"ok", "damage", "none"}
SHAPE, MARK = {"x": int, "y": int, "w": int, "h": int, "label": str}, {"number": int, "x": int, "y": int, "kind": str}
LABEL_PLACE = {"label_x": int, "label_y": int}
MAX_ADDRESS = 300  # more, and the squares are too small to print
MAX_PLACE = 2000  # the drawing's own units
MAX_PICTURES = 8
MAX_PICTURE_BYTES = 40 * 1024
PICTURE = "data:image/jpeg;base64,"
# Turn the direction of what follows: a signed sheet must read as it was written.
TURNING = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ContentUnfit(ValueError):
    """Content that no template could print."""


def frozen(content: dict[str, Any], *, store: Store, language: str, by: User | None, at: datetime) -> dict[str, Any]:
    """Return the content as plain JSON in one language, with letterhead and issue line; raises ContentUnfit."""
    with translation.override(language), timezone.override(store.zone):
        plain = json.loads(json.dumps(content, default=written, allow_nan=False))
        check(plain)
        letterhead = {"brand": store.brand, "name": store.name, "address": store.address, "phone": store.phone}
        plain["store"] = letterhead
        moment = dateformat.format(timezone.localtime(at), get_format("SHORT_DATETIME_FORMAT"))
        plain["issue"] = [[_("Issued"), moment]] + ([[_("Issued by"), str(by)]] if by else [])
    return readable(plain)


def written(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise ContentUnfit(f"{value!r} is not text: write it out as the reader shall see it.")


def readable(value: Any) -> Any:
    """Return the value without signs that nobody can see on paper: controls, turners of direction, half signs."""
    if isinstance(value, str):
        return "".join(sign for sign in value if sign in "\n\t" or not unseen(sign))
    if isinstance(value, list):
        return [readable(each) for each in value]
    if isinstance(value, dict):
        return {name: readable(each) for name, each in value.items()}
    return value


def unseen(sign: str) -> bool:
    return sign in TURNING or unicodedata.category(sign) in {"Cc", "Cs"}


def sections(content: dict[str, Any]) -> list[str]:
    """Return the parts the paper has, in the order they are printed in."""
    return [name for name in content.get("sections", ORDER) if content.get(name)]


def check(content: dict[str, Any]) -> None:
    if not content.get("title") or not PARTS.issuperset(content):
        raise ContentUnfit(f"A paper has a title and may have {sorted(PARTS)}, not {sorted(content)}.")
    check_cells([content["title"]])
    check_rows(content.get("fields", []), 2)
    check_cells(content.get("notes", []))
    for table in content.get("tables", []):
        check_table(table)
    for group in content.get("checks", []):
        check_group(group)
    if content.get("code"):
        check_code(content["code"])
    if content.get("drawing"):
        check_drawing(content["drawing"])
    check_pictures(content.get("pictures", []))
    check_order(content)


def check_order(content: dict[str, Any]) -> None:
    """Refuse an order that leaves out or repeats a part: nothing is signed that was not printed."""
    order = content.get("sections", ORDER)
    check_cells(order)
    missing = {name for name in ORDER if content.get(name)} - set(order)
    if missing or len(order) != len(set(order)) or not set(ORDER).issuperset(order):
        raise ContentUnfit(f"The sections are {ORDER}, each part once, not {order!r}.")


def check_table(table: Any) -> None:
    if not isinstance(table, dict) or not TABLE_PARTS.issuperset(table) or not table.get("columns"):
        raise ContentUnfit(f"A table has columns and may have {sorted(TABLE_PARTS)}, not {table!r}.")
    check_cells([table.get("title", "")])
    check_cells(table["columns"])
    check_rows(table.get("rows", []), len(table["columns"]))
    check_rows(table.get("totals", []), 2)


def check_group(group: Any) -> None:
    if not isinstance(group, dict) or not {"title", "points"}.issuperset(group) or not group.get("points"):
        raise ContentUnfit(f"A group of checks has points and may have a title, not {group!r}.")
    check_cells([group.get("title", "")])
    check_rows(group["points"], 3)
    for _point, state, word in group["points"]:
        if state not in STATES or not word:
            raise ContentUnfit(f"A result is one of {sorted(STATES)} and a word, not {state!r} and {word!r}.")


def check_code(code: Any) -> None:
    """Refuse what no telephone could read off the sheet, or nobody type."""
    check_typed(code, {"address": str, "text": str})
    if not code["text"] or not 0 < len(code["address"]) <= MAX_ADDRESS or not code["address"].isascii():
        raise ContentUnfit(f"A code has a text and an address of at most {MAX_ADDRESS} plain signs, not {code!r}.")


def check_drawing(drawing: Any) -> None:
    parts = {"title": str, "width": int, "height": int, "shapes": list, "marks": list}
    check_typed(drawing, parts, optional={"title", "marks"})
    for shape in drawing["shapes"]:
        check_typed(shape, SHAPE | LABEL_PLACE, optional=LABEL_PLACE)
    for mark in drawing.get("marks", []):
        check_typed(mark, {**MARK, "place": str}, optional={"place"})


def check_typed(thing: Any, parts: dict[str, type], optional: Iterable[str] = ()) -> None:
    """Refuse anything but these parts, each exactly of its type; numbers are whole, not negative and not huge."""
    if not isinstance(thing, dict) or not set(parts).issuperset(thing) or set(parts) - set(thing) - set(optional):
        raise ContentUnfit(f"{thing!r} should have {sorted(parts)}.")
    for name, value in thing.items():
        if type(value) is not parts[name] or (type(value) is int and not 0 <= value <= MAX_PLACE):
            raise ContentUnfit(f"{name} {value!r} is no {parts[name].__name__} for a drawing.")


def check_pictures(pictures: Any) -> None:
    if not isinstance(pictures, list) or len(pictures) > MAX_PICTURES:
        raise ContentUnfit(f"A paper has at most {MAX_PICTURES} pictures.")
    for picture in pictures:
        check_typed(picture, {"sha256": str, "caption": str, "data": str})
        if not re.fullmatch("[0-9a-f]{64}", picture["sha256"]):
            raise ContentUnfit("A picture names the SHA-256 of the photograph it was made from.")
        check_jpeg(picture["data"])


def check_jpeg(data: str) -> None:
    """Refuse all but a whole small JPEG: a browser would run other pictures, and a letter would burst."""
    if not data.startswith(PICTURE) or len(data) > len(PICTURE) + MAX_PICTURE_BYTES * 4 // 3 + 4:
        raise ContentUnfit(f"A picture is a JPEG of at most {MAX_PICTURE_BYTES} bytes as a data URL.")
    try:
        file = base64.b64decode(data.removeprefix(PICTURE), validate=True)
        with Image.open(io.BytesIO(file), formats=["JPEG"]) as picture:
            if max(picture.size) > MAX_PLACE:
                raise ContentUnfit("A picture on a paper is small.")
            picture.load()
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ContentUnfit("A picture is a JPEG as a data URL.") from error


def check_rows(rows: Any, width: int) -> None:
    for row in listed(rows):
        if len(listed(row)) != width:
            raise ContentUnfit(f"{row!r} should have {width} cells.")
        check_cells(row)


def check_cells(cells: Any) -> None:
    """Refuse anything but text: databases and browsers write numbers each in their own way."""
    for cell in listed(cells):
        if not isinstance(cell, str):
            raise ContentUnfit(f"{cell!r} is not text: write it out as the reader shall see it.")


def listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ContentUnfit(f"{value!r} is no list.")
    return value
