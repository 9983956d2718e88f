"""What the car was due for or advised to have, and what the customer said to it at write-up (2.2.7.2)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import PlanLine, Recommendation
from workorders.models.lines import LabourLine
from workorders.models.orders import WorkOrder


class OfferAnswer(models.TextChoices):
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    NOT_OFFERED = "not_offered", _("not offered")


class Offer(models.Model):
    """The answer to one thing suggested at one write-up; without a row it is still to be offered."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="offers", verbose_name=_("order"))
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("recommendation"),
    )  # fmt: skip
    plan_line = models.ForeignKey(
        PlanLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("line of a maintenance plan"),
    )  # fmt: skip
    answer = models.CharField(_("answer"), max_length=12, choices=OfferAnswer.choices)
    reason = models.CharField(_("why declined"), max_length=300, blank=True)
    line = models.ForeignKey(
        LabourLine,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("became the line"),
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("offered work")
        verbose_name_plural = _("offered work")
        ordering = ["order", "pk"]
        default_permissions = []
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=OfferAnswer.values), name="offer_answer_known"),
            models.CheckConstraint(
                condition=Q(recommendation__isnull=True, plan_line__isnull=False)
                | Q(recommendation__isnull=False, plan_line__isnull=True),
                name="offer_of_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(answer=OfferAnswer.DECLINED) | ~Q(reason=""), name="offer_declined_why"
            ),
            models.UniqueConstraint(fields=["order", "recommendation"], name="offer_recommendation_once"),
            models.UniqueConstraint(fields=["order", "plan_line"], name="offer_plan_line_once"),
        ]

    def __str__(self) -> str:
        return str(self.recommendation or self.plan_line)
