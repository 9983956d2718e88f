"""How the reception works when many wait, and who answers for a visit (2.2.0.1, 4.2.1, 4.2.2, C17)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store
from reception.models.visits import Mode, Visit


class ModeSwitch(models.Model):
    """Somebody set the store's mode by hand for the rest of the day; empty gives it back to the figures."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="mode_switches", verbose_name=_("store"))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("switch of the mode")
        verbose_name_plural = _("switches of the mode")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["store", "at"], name="modeswitch_latest")]
        constraints = [models.CheckConstraint(condition=Q(mode__in=["", *Mode.values]), name="modeswitch_mode_known")]

    def __str__(self) -> str:
        return f"{self.store} {self.get_mode_display()}"


class QuickEntry(models.Model):
    """A customer registered with the short form while many waited; the rest is asked before he signs (4.2.2)."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="quick_entry", verbose_name=_("visit"))
    reason = models.CharField(_("reason of the visit"), max_length=300)
    mileage = models.PositiveIntegerField(_("mileage (km)"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("quick registration")
        verbose_name_plural = _("quick registrations")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="quickentry_has_reason")]

    def __str__(self) -> str:
        return f"{self.visit}"


class VisitHandOver(models.Model):
    """A visit passed from one responsible advisor to another, who both have served this customer (C5)."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="hand_overs", verbose_name=_("visit"))
    from_advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("from")
    )
    to_advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("to")
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("visit passed on")
        verbose_name_plural = _("visits passed on")
        ordering = ["at", "pk"]
        permissions = [("reassign_visit", _("can give another's visit to a colleague"))]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="visithandover_has_reason"),
            models.CheckConstraint(condition=~Q(from_advisor=F("to_advisor")), name="visithandover_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.visit}: {self.from_advisor} > {self.to_advisor}"
