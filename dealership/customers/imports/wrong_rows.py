"""The wrong rows as a file to correct and upload again."""

import csv
import io

from django.utils.translation import gettext as _

from dealership.customers.imports.planning import Plan

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def inert(cell: str) -> str:
    """Mark a cell as text that a spreadsheet would run as a formula; reading takes the mark off again."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_csv(plan: Plan) -> bytes:
    """Write the wrong rows with their line and what is wrong, in UTF-8 as Excel recognises it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([_("Line"), _("What is wrong"), *map(inert, plan.header)])
    for line in plan.wrong:
        why = "; ".join(f"{head}: {sentence}" for head, sentence in line.errors)
        writer.writerow([line.number, inert(why), *map(inert, line.cells)])
    return file.getvalue().encode("utf-8-sig")
