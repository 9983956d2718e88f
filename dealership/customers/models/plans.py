"""What a car will need and what was recommended for it: the maintenance plan, the advice not taken yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.customers.models.vehicles import MOST_KM, Vehicle


class PlanLine(models.Model):
    """One piece of maintenance a car will need by a day, by a mileage, or by whichever comes first (3.1.1.4, F23)."""

    class State(models.TextChoices):
        OPEN = "open", _("to come")
        DONE = "done", _("done")
        DROPPED = "dropped", _("not needed")

    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="plan_lines", verbose_name=_("vehicle"))
    item = models.CharField(_("item"), max_length=120)
    code = models.CharField(_("code of the labour operation"), max_length=20, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_km = models.PositiveIntegerField(_("due at (km)"), null=True, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=60, blank=True, help_text=_("order number or person"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("line of a maintenance plan")
        verbose_name_plural = _("lines of maintenance plans")
        ordering = ["expected_on", "due_km", "pk"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["expected_on"], condition=Q(state="open"), name="customers_planline_due"),
            models.Index(fields=["vehicle", "state"], name="customers_planline_vehicle"),
        ]
        constraints = [
            models.CheckConstraint(name="customers_planline_state", condition=Q(state__in=["open", "done", "dropped"])),
            models.CheckConstraint(name="customers_planline_of_something", condition=~Q(item="")),
            models.CheckConstraint(
                name="customers_planline_due_some_time",
                condition=Q(due_on__isnull=False) | Q(due_km__isnull=False),
                violation_error_message=_("Please give a day, a mileage or both."),
            ),
            models.CheckConstraint(
                name="customers_planline_km", condition=Q(due_km__isnull=True) | Q(due_km__lte=MOST_KM)
            ),
            models.CheckConstraint(
                name="customers_planline_ended_when",
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.item


class Recommendation(models.Model):
    """Work a customer was advised to have done and has not had done yet; `declined` where he said no."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("no longer wanted")

    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, related_name="recommendations", verbose_name=_("vehicle")
    )
    words = models.CharField(_("recommended"), max_length=500)
    declined = models.BooleanField(_("declined"), default=False)
    reason = models.CharField(_("why declined"), max_length=300, blank=True)
    source = models.CharField(_("from"), max_length=60, help_text=_("such as the order's number"))
    said_at = models.DateTimeField(_("said at"))
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("said by")
    )
    remind_on = models.DateField(_("ask again from"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["-said_at", "-pk"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["remind_on"], condition=Q(state="open"), name="customers_recommendation_due"),
            models.Index(fields=["vehicle", "state"], name="customers_recommendation_car"),
        ]
        constraints = [
            models.CheckConstraint(
                name="customers_recommendation_state", condition=Q(state__in=["open", "done", "dropped"])
            ),
            models.CheckConstraint(name="customers_recommendation_words", condition=~Q(words="")),
            models.UniqueConstraint(fields=["vehicle", "source", "words"], name="customers_recommendation_once"),
            models.CheckConstraint(
                name="customers_recommendation_ended_when",
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.words
