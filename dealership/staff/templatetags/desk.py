"""Small words for templates: amounts and moments."""

from datetime import datetime

from django import template
from django.utils import formats, timezone

from dealership import money

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment for somebody who reads it now."""
    return short(value, timezone.now())


def short(value: datetime | None, now: datetime) -> str:
    """Write a moment as short as it is clear: 14:30 today, 11-24 14:30 on another day; nothing for nothing."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    same_day = local.date() == timezone.localdate(now)
    return formats.date_format(local, "H:i" if same_day else "m-d H:i")


@register.filter
def yuan(amount_fen: int | None) -> str:
    """Write fen as yuan, such as ¥1,298.50; nothing for nothing."""
    return "" if amount_fen is None else money.written(amount_fen)
