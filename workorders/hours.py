"""Windows of the day as a manager types them: “11:00-12:00, 16:30-18:00”."""

import re
from datetime import time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WINDOW = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~～]\s*(\d{1,2}):(\d{2})")


def windows(text: str) -> list[tuple[time, time]]:
    """Return the windows, each from a time up to another; raises ValueError for anything else."""
    return [window(part.strip()) for part in re.split("[,，;；、]", text) if part.strip()]


def window(text: str) -> tuple[time, time]:
    found = WINDOW.fullmatch(text.replace("：", ":"))
    if found is None:
        raise ValueError(text)
    hour, minute, end_hour, end_minute = map(int, found.groups())
    opens, ends = time(hour, minute), time(end_hour, end_minute)
    if opens >= ends:
        raise ValueError(text)
    return opens, ends


def check(text: str) -> None:
    """Raise ValidationError unless the text is a list of windows."""
    try:
        windows(text)
    except ValueError as error:
        raise ValidationError(_("Write windows such as 11:00-12:00, 16:30-18:00.")) from error


def within(text: str, moment: time) -> bool:
    """Say whether a time of day lies in one of the windows."""
    return any(opens <= moment < ends for opens, ends in windows(text))
