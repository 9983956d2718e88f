"""Phone numbers: stored as E.164, read and shown as people of the country write them. Pure."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

HOME = "CN"  # numbers of this country are shown without the country code


class NotAPhoneNumber(ValueError):
    """Nobody can be reached under these digits."""


def e164(text: str, region: str = HOME) -> str:
    """Return the number as stored, such as +8613800138000; raises NotAPhoneNumber."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        raise NotAPhoneNumber(text) from error
    if not phonenumbers.is_valid_number(number):
        raise NotAPhoneNumber(text)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown(stored: str, region: str = HOME) -> str:
    """Write a stored number as it is dialled in the country, with the country code for those abroad."""
    try:
        number = phonenumbers.parse(stored)
    except NumberParseException:
        return stored
    abroad = number.country_code != phonenumbers.country_code_for_region(region)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL if abroad else PhoneNumberFormat.NATIONAL)


def is_mobile(stored: str) -> bool:
    kind = phonenumbers.number_type(phonenumbers.parse(stored))
    return kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def split(text: str) -> list[str]:
    """Return the numbers written in one cell, as in `13800138000 / 021-5080 1234`."""
    return [part.strip() for part in re.split(r"[/;；,，、|\n]+", text) if part.strip()]
