"""Vehicle identification numbers: 17 characters, and the check digit of GB 16735 (clause 3.2.1.4). Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

LENGTH = 17
SHAPE = re.compile(r"[A-HJ-NPR-Z0-9]{17}")  # never I, O or Q: they read as 1 and 0
CHECK_POSITION = 8  # the ninth character
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}


class Fault(Enum):
    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a VIN; one that does not block may be kept with a typed reason."""

    fault: Fault
    blocks: bool


def normalise(text: str) -> str:
    """Write a VIN the one way it is stored: capitals, no spaces or dashes."""
    plain = re.sub(r"[\s\-·.]+", "", unicodedata.normalize("NFKC", text).upper())
    return unicodedata.normalize("NFKC", plain)  # an accent may have met its letter


def check_digit(vin: str) -> str:
    """Return the ninth character a VIN should have; the one it has now does not count."""
    rest = sum(VALUES[character] * weight for character, weight in zip(vin, WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def is_chinese(vin: str) -> bool:
    return vin.startswith("L")


def problem(vin: str) -> Problem | None:
    """Return what is wrong with a normalised VIN, None if nothing.

    China demands the check digit, Europe does not: a wrong one blocks VINs beginning with L and warns for others.
    """
    if len(vin) != LENGTH:
        return Problem(Fault.LENGTH, blocks=True)
    if not SHAPE.fullmatch(vin):
        return Problem(Fault.CHARACTERS, blocks=True)
    if vin[CHECK_POSITION] != check_digit(vin):
        return Problem(Fault.CHECK_DIGIT, blocks=is_chinese(vin))
    return None
