"""Which team has which part of an order, where and when (派工)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Team
from dealership.workshop.models import Bay, BayReservation
from workorders.models.lines import moment, person
from workorders.models.orders import WorkOrder


class Assignment(models.Model):
    """An order, or some of its labour lines, given to a team for a time and a bay.

    The first, `lead`, is the one the order's own team and bay show; further ones are there where a job is split over
    teams or days. The team works on it once it has taken the car over (2.4.3.1). Withdrawn ones stay as history.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("order"))
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("team"))
    lead = models.BooleanField(_("leads"), default=True)
    bay = models.ForeignKey(
        Bay, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments", verbose_name=_("bay")
    )
    reservation = models.OneToOneField(
        BayReservation, on_delete=models.SET_NULL, null=True, blank=True, related_name="assignment",
        verbose_name=_("bay reservation"),
    )  # fmt: skip
    starts_at = models.DateTimeField(_("planned from"))
    ends_at = models.DateTimeField(_("planned until"))
    reason = models.CharField(_("why before the next in line"), max_length=300, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("dispatched by")
    )
    given_at = models.DateTimeField(_("dispatched at"))
    accepted_by = person(_("taken over by"))
    accepted_at = moment(_("taken over at"))
    sheet = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="assignment",
        verbose_name=_("dispatch sheet"),
    )  # fmt: skip
    withdrawn_at = moment(_("withdrawn at"))

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["order", "starts_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["team", "withdrawn_at", "ends_at"], name="assignment_of_team")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="assignment_runs_forwards"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="assignment_accepted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(lead=True, withdrawn_at__isnull=True), name="assignment_one_leads"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.team}"
