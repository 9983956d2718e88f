"""Reading one cell of another system; each reader returns a value or raises Unreadable with a sentence. Pure."""

import datetime
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from dealership import money
from dealership.customers import numbers, plates, vins
from dealership.customers.models.vehicles import MOST_KM

NOTHING = {"", "-", "--", "—", "/", "无", "暂无", "null", "none", "n/a", "na", "nan", "0000-00-00", "未知"}
NO_PLATE = {"未上牌", "无牌", "新车", "临牌", "待上牌"}
EXCEL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
SHORTENED = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+[\d:.]+)?")
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
DAY_OF_YEAR = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
SERIAL_ZERO = datetime.date(1899, 12, 30)  # Excel's day 0; exact from March 1900 on
LEAP_YEAR = 2000  # has every day a birthday without a year can fall on
LUNAR = re.compile(r"^(农历|阴历|lunar)\s*[:：]?\s*", re.IGNORECASE)
KINDS = {
    "person": "个人 私人 自然人 person private individual",
    "organisation": "单位 公司 企业 集团 大客户 对公 机构 organisation organization company corporate fleet",
}
TITLES = {"mr": "先生 男 mr m male", "ms": "女士 小姐 太太 女 ms mrs miss f female"}
ENERGIES = {
    "fuel": "燃油 汽油 柴油 油 petrol gasoline diesel fuel",
    "hybrid": "混动 混合动力 油电混合 插电混动 插电式混合动力 插混 增程 hybrid phev hev",
    "electric": "电动 纯电 纯电动 电 新能源 electric ev bev",
}


class Unreadable(ValueError):
    """The cell does not hold what its column should; `str(error)` is a sentence."""


def clean(cell: str) -> str:
    """Return the text of a cell, "" where another system writes that there is nothing."""
    text = cell.strip().lstrip("'").strip()  # Excel's mark for text, and ours in a file of wrong rows
    return "" if text.lower() in NOTHING else text


def text(longest: int) -> Callable[[str, str], str]:
    def read(cell: str, region: str) -> str:
        if len(cell) > longest:
            raise Unreadable(_("This is longer than %(n)d characters.") % {"n": longest})
        if cell in EXCEL_ERRORS:
            raise Unreadable(_("Excel shows an error here."))
        return cell

    return read


def _choice(cell: str, table: dict[str, str]) -> str:
    wanted = unicodedata.normalize("NFKC", cell).lower().strip(" .")
    for value, words in table.items():
        if wanted == value or wanted in words.split():
            return value
    raise Unreadable(_("“%(text)s” is none of the words known here.") % {"text": cell})


def kind(cell: str, region: str) -> str:
    return _choice(cell, KINDS)


def title(cell: str, region: str) -> str:
    return _choice(cell, TITLES)


def energy(cell: str, region: str) -> str:
    return _choice(cell, ENERGIES)


def whole(cell: str) -> None:
    if SHORTENED.fullmatch(cell):
        raise Unreadable(_("Excel has shortened this number. Please format the column as text and export again."))


def phones(cell: str, region: str) -> list[str]:
    """Return every number of the cell as E.164."""
    whole(cell)
    found = []
    for part in numbers.split(unicodedata.normalize("NFKC", cell)):
        try:
            found.append(numbers.e164(part.lstrip("'"), region))
        except numbers.NotAPhoneNumber as error:
            raise Unreadable(_("“%(text)s” is not a phone number here.") % {"text": part}) from error
    return found


def email(cell: str, region: str) -> str:
    try:
        validate_email(cell)
    except ValidationError as error:
        raise Unreadable(_("“%(text)s” is not an e-mail address.") % {"text": cell}) from error
    return cell


def day(cell: str, region: str) -> datetime.date:
    """Read 2026-11-24, 2026/11/24, 2026.11.24, 2026年11月24日, 20261124, with or without a time, or Excel's serial."""
    plain = unicodedata.normalize("NFKC", cell)
    if SERIAL.fullmatch(plain):
        return SERIAL_ZERO + datetime.timedelta(days=int(float(plain)))
    found = DAY.fullmatch(plain) or COMPACT_DAY.fullmatch(plain)
    if found is None:
        raise Unreadable(_("“%(text)s” is not a date such as 2026-11-24.") % {"text": cell})
    return _date(cell, *map(int, found.groups()))


def _date(cell: str, year: int, month: int, of_month: int) -> datetime.date:
    try:
        date = datetime.date(year, month, of_month)
    except ValueError as error:
        raise Unreadable(_("“%(text)s” is not in the calendar.") % {"text": cell}) from error
    if not 1900 <= date.year <= 2100:
        raise Unreadable(_("The year of “%(text)s” cannot be right.") % {"text": cell})
    return date


def birthday(cell: str, region: str) -> dict[str, Any]:
    """Return the birthday fields of a customer; the year may be missing, 农历 in front means the lunar calendar."""
    plain = unicodedata.normalize("NFKC", cell)
    lunar = LUNAR.match(plain) is not None
    plain = LUNAR.sub("", plain)
    short, whole_day = DAY_OF_YEAR.fullmatch(plain), DAY.fullmatch(plain)
    if lunar and whole_day:
        year, month, of_month = map(int, whole_day.groups())
    elif short:
        year, (month, of_month) = 0, map(int, short.groups())
    else:
        date = day(plain, region)
        year, month, of_month = date.year, date.month, date.day
    if lunar and not (1 <= month <= 12 and 1 <= of_month <= 30):
        raise Unreadable(_("“%(text)s” is not in the calendar.") % {"text": cell})
    if not lunar:
        _date(cell, year or LEAP_YEAR, month, of_month)
    return {
        "birth_year": year or None,
        "birth_month": month,
        "birth_day": of_month,
        "birth_calendar": "lunar" if lunar else "solar",
    }


def plate(cell: str, region: str) -> str:
    if cell in NO_PLATE:
        return ""
    written = plates.normalise(cell)
    if len(written) > plates.LONGEST:
        raise Unreadable(_("“%(text)s” is too long for a plate.") % {"text": cell})
    return written


def vin(cell: str, region: str) -> str:
    whole(cell)
    return vins.normalise(cell)


def km(cell: str, region: str) -> int:
    """Read 45000, 45,000 km, 45000公里 or 4.5万公里."""
    plain = re.sub(r"(km|公里|千米|,|\s)", "", unicodedata.normalize("NFKC", cell).lower())
    factor = 10_000 if plain.endswith("万") else 1
    value = _decimal(plain.removesuffix("万"), cell) * factor
    if not 0 <= value <= MOST_KM:
        raise Unreadable(_("“%(text)s” km cannot be right.") % {"text": cell})
    return int(value)


def amount(cell: str, region: str) -> int:
    """Read 1298.5, ¥1,298.50 or 1298.5元 as fen."""
    plain = re.sub(r"(rmb|cny|[¥￥元,\s])", "", unicodedata.normalize("NFKC", cell).lower())
    value = _decimal(plain, cell)
    if not 0 <= value <= 100_000_000:
        raise Unreadable(_("The amount “%(text)s” cannot be right.") % {"text": cell})
    return money.fen(value)


def _decimal(plain: str, cell: str) -> Decimal:
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise Unreadable(_("“%(text)s” is not a number.") % {"text": cell}) from error
    if not value.is_finite():
        raise Unreadable(_("“%(text)s” is not a number.") % {"text": cell})
    return value
