"""Chinese number plates: one way to write them, and whether a plate looks like one. Pure."""

import re
import unicodedata

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS = "A-HJ-NP-Z"  # I and O are not used
SERIAL = "A-HJ-NP-Z0-9"

FORMS = {
    "ordinary": re.compile(rf"[{PROVINCES}][{LETTERS}][{SERIAL}]{{5}}"),
    "new energy, small": re.compile(rf"[{PROVINCES}][{LETTERS}][{LETTERS}][{SERIAL}][0-9]{{4}}"),
    "new energy, large": re.compile(rf"[{PROVINCES}][{LETTERS}][0-9]{{5}}[{LETTERS}]"),
    "trailer, driving school, police, Hong Kong or Macau": re.compile(
        rf"[{PROVINCES}][{LETTERS}][{SERIAL}]{{4}}[挂学警港澳领试超]"
    ),
    "embassy": re.compile(r"使[0-9]{6}|[0-9]{6}使"),
    "consulate": re.compile(rf"[{PROVINCES}][{LETTERS}][0-9]{{4}}领|领[0-9]{{6}}"),
    "armed police": re.compile(rf"WJ[{PROVINCES}]?[{SERIAL}]{{4,5}}[{SERIAL}TDSHBXJ]?"),
    "military": re.compile(rf"[VZKHEBSLJNGCYXDTMPRUW][{LETTERS}][0-9]{{5}}"),
    "emergency": re.compile(rf"[{PROVINCES}][{LETTERS}]?[XS][0-9]{{3,4}}应急"),
    "temporary": re.compile(rf"[{PROVINCES}]?[{LETTERS}]?[{SERIAL}]{{4,6}}临"),
}
SEPARATORS = re.compile(r"[\s·•・‧∙⋅.\-_—–/]+")
LONGEST = 12


def normalise(text: str) -> str:
    """Write a plate the one way it is stored: capitals, no separators; 京a·12345 becomes 京A12345."""
    plain = SEPARATORS.sub("", unicodedata.normalize("NFKC", text).upper())
    return unicodedata.normalize("NFKC", plain)  # an accent may have met its letter


def form(plate: str) -> str:
    """Return which form a normalised plate has, "" if none that is used in China."""
    return next((name for name, pattern in FORMS.items() if pattern.fullmatch(plate)), "")


def is_chinese(plate: str) -> bool:
    return bool(form(plate))


def shown(plate: str) -> str:
    """Write a plate for a person, such as 京A·12345."""
    if plate[:1] in PROVINCES and len(plate) >= 7:
        return f"{plate[:2]}·{plate[2:]}"
    return plate
