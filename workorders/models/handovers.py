"""Key and papers from hand to hand, and where the car differs from the reception form (交接, F12)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workorders.models.lines import moment, person
from workorders.models.orders import WorkOrder


class Leg(models.TextChoices):
    """Between whom, in the order of a visit: advisor, foreman, team, foreman, advisor (C26)."""

    TO_WORKSHOP = "to_workshop", _("reception to workshop")
    TO_TEAM = "to_team", _("workshop to team")
    FROM_TEAM = "from_team", _("team back to workshop")
    TO_RECEPTION = "to_reception", _("workshop back to reception")


class Handover(models.Model):
    """Key, work order and reception form given by one and taken by another; open until the other confirms.

    What was told with them: `promised_at` as it stood then, `notes` of the giver, and by taking over the receiver
    says that he has read the work (2.4.1.2, 2.4.1.4, 2.4.1.5).
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="handovers", verbose_name=_("order"))
    leg = models.CharField(_("between"), max_length=12, choices=Leg.choices)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    given_at = models.DateTimeField(_("given at"))
    taken_by = person(_("taken by"))
    taken_at = moment(_("taken at"))
    withdrawn_at = moment(_("withdrawn at"))
    key = models.BooleanField(_("key"), default=True)
    order_paper = models.BooleanField(_("work order"), default=True)
    reception_form = models.BooleanField(_("reception form"), default=True)
    parked_at = models.CharField(_("parking position"), max_length=60, blank=True)
    promised_at = moment(_("promised for"))
    notes = models.CharField(_("to be minded"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("handover of key and papers")
        verbose_name_plural = _("handovers of key and papers")
        ordering = ["given_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["order", "given_at"], name="handover_of_order")]
        constraints = [
            models.CheckConstraint(condition=Q(leg__in=Leg.values), name="handover_leg_known"),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False, withdrawn_at__isnull=True),
                name="handover_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True) | ~Q(taken_by=F("given_by")), name="handover_between_two"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(taken_at__isnull=True, withdrawn_at__isnull=True),
                name="handover_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.get_leg_display()}"

    @property
    def open(self) -> bool:
        return self.taken_at is None and self.withdrawn_at is None


class Difference(models.Model):
    """The car is not as its reception form says: found by foreman or team before work; work waits for the advisor.

    `answer` is what the advisor found out or agreed with the customer (2.4.1.3, 2.4.3.1).
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="differences", verbose_name=_("order"))
    words = models.CharField(_("what is different"), max_length=300)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("found by")
    )
    found_at = models.DateTimeField(_("found at"))
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = person(_("answered by"))
    answered_at = moment(_("answered at"))

    class Meta:
        verbose_name = _("difference from the reception form")
        verbose_name_plural = _("differences from the reception form")
        ordering = ["found_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="difference_says_what"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="difference_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.words
