"""What the workshop has to tell the advisor or the foreman at once (车间消息)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models.lines import moment, person
from workorders.models.orders import WorkOrder


class Desk(models.TextChoices):
    """Who has to see it: whoever answers for the visit, runs the workshop, hands out parts or runs it all."""

    ADVISOR = "advisor", _("service advisor")
    FOREMAN = "foreman", _("foreman")
    PARTS = "parts", _("parts desk")
    MANAGER = "manager", _("after-sales manager")


class About(models.TextChoices):
    DIFFERENCE = "difference", _("The car differs from the reception form")
    NOT_REPRODUCED = "not_reproduced", _("The fault does not show")
    PROGRESS = "progress", _("The work goes otherwise than planned")
    BELONGINGS = "belongings", _("Something of the customer's has to be moved")
    EXTRA = "extra", _("More work was found")
    ANSWERED = "answered", _("The customer has answered")
    PARTS = "parts", _("About the parts")
    REPLANNED = "replanned", _("The plan has moved")
    REWORK = "rework", _("The check failed")
    REPAIRED = "repaired", _("Repaired; the car stands at")
    SENT_BACK = "sent_back", _("Not right at the last look")
    INCIDENT = "incident", _("Damaged in our care")
    NOTICE_LATE = "notice_late", _("The customer was not told that the car is ready")
    CALL_LATE = "call_late", _("The customer was not called in time")
    RELAY_LATE = "relay_late", _("The workshop was not told the answer in time")
    SLIP = "slip", _("An in-plant repair slip waits to be taken")
    QUESTION = "question", _("The customer asks")
    LARGE = "large", _("A large order: please take part")


class Alert(models.Model):
    """One thing one desk must see about one order; it stands on its pages until somebody there has seen it."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="alerts", verbose_name=_("order"))
    desk = models.CharField(_("for"), max_length=8, choices=Desk.choices)
    about = models.CharField(_("about"), max_length=16, choices=About.choices)
    words = models.CharField(_("words"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    at = models.DateTimeField(_("at"))
    seen_by = person(_("seen by"))
    seen_at = moment(_("seen at"))

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        permissions = [("see_alert", _("can see what a desk is told at once"))]
        indexes = [models.Index(fields=["order", "desk"], condition=Q(seen_at__isnull=True), name="alert_unseen")]
        constraints = [
            models.CheckConstraint(condition=Q(desk__in=Desk.values), name="alert_desk_known"),
            models.CheckConstraint(condition=Q(about__in=About.values), name="alert_about_known"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="alert_seen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.words}".strip()
