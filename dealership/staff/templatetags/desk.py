"""Small words for templates: amounts and fields of dictionaries nowhere else."""

from django import template

from dealership import money

register = template.Library()


@register.filter
def yuan(amount_fen: int | None) -> str:
    """Write fen as yuan, such as ¥1,298.50; nothing for nothing."""
    return "" if amount_fen is None else money.written(amount_fen)
