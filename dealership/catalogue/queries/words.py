"""Finding rows by the words somebody typed."""

from django.db.models import Q, QuerySet


def with_words(rows: QuerySet, text: str, *fields: str) -> QuerySet:
    for word in text.split():
        matches = Q()
        for field in fields:
            matches |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(matches)
    return rows
