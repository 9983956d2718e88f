"""What a driver may check on his car and what he had better leave alone: the colour card (3.2.2, F24)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Colour(models.TextChoices):
    """The mark of a component, always named in words as well."""

    YELLOW = "yellow", _("yellow: please check it yourself")
    RED = "red", _("red: do not check or open it yourself")
    BLACK = "black", _("black: you may check it, better do not open it")


class CareHint(models.Model):
    """A component on the colour card, in the store's words; the English ones are shown to English readers."""

    component = models.CharField(_("component"), max_length=60)
    component_en = models.CharField(_("component in English"), max_length=60, blank=True)
    colour = models.CharField(_("colour mark"), max_length=8, choices=Colour.choices)
    who = models.CharField(_("who may check it"), max_length=60)
    who_en = models.CharField(_("who may check it, in English"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    reason_en = models.CharField(_("reason in English"), max_length=200, blank=True)
    on_electric = models.BooleanField(_("electric cars have it too"), default=True)
    active = models.BooleanField(_("on the card"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("care hint")
        verbose_name_plural = _("care hints")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="customers_carehint_colour", condition=Q(colour__in=["yellow", "red", "black"])
            ),
            models.CheckConstraint(
                name="customers_carehint_says_why", condition=~Q(component="") & ~Q(who="") & ~Q(reason="")
            ),
            models.UniqueConstraint(fields=["component"], name="customers_carehint_once"),
        ]

    def __str__(self) -> str:
        return self.shown("component")

    def shown(self, field: str) -> str:
        """Return the field in the reader's language, as far as it is written in it."""
        english = getattr(self, f"{field}_en") if (get_language() or "").startswith("en") else ""
        return str(english or getattr(self, field))
