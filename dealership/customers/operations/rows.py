"""Saving one row with the database as the judge."""

from typing import Any

from django.db import IntegrityError, models, transaction


def save(row: models.Model, **how: Any) -> None:
    """Check the fields and save; a row the database refuses is then asked for the sentence that says why.

    `full_clean` would ask before, with a query for each constraint of the table: an import of 500 rows takes ten
    seconds longer, and somebody else can still come between the answer and the save. Raises ValidationError.
    """
    row.clean_fields()
    row.clean()
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError:
        row.validate_constraints()
        raise
