"""Print the log-ins of the demo day, one per role."""

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from dealership.demo.people import LOG_INS, PASSWORD
from dealership.staff.models import User
from dealership.staff.roles import Role

HEADINGS = ("log-in", "role", "角色", "name", "try first")


class Command(BaseCommand):
    help = "List the log-ins of the demo day."

    def handle(self, *args: Any, **options: Any) -> None:
        here = set(User.objects.filter(is_active=True).values_list("username", flat=True))
        rows = [
            (log_in.username, *role_names(log_in.role), log_in.full_name, log_in.first)
            for log_in in LOG_INS
            if log_in.username in here
        ]
        if not rows:
            raise CommandError("There are no demo log-ins here; `manage.py seed_demo` makes them in an empty database.")
        for line in aligned([HEADINGS, *rows]):
            self.stdout.write(line)
        self.stdout.write(f"Password of all: {PASSWORD}")


def role_names(role: Role) -> list[str]:
    """Return the role in English and in Chinese."""
    names = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            names.append(str(role.label))
    return names


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(padded(row, widths)).rstrip() for row in rows]


def padded(row: tuple[str, ...], widths: list[int]) -> list[str]:
    return [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]


def width(text: str) -> int:
    """Count columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
