"""What is sold on an order."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import LabourOperation, Part
from reception.models import Complaint
from workorders.models.orders import WorkOrder


class LabourLine(models.Model):
    """An operation sold on an order: hours at the hourly price of the day, rounded once."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="labour_lines", verbose_name=_("order"))
    operation = models.ForeignKey(LabourOperation, on_delete=models.PROTECT, verbose_name=_("operation"))
    complaint = models.ForeignKey(
        Complaint,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="labour_lines",
        verbose_name=_("answers the complaint"),
    )
    description = models.CharField(_("description"), max_length=120)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=2)
    rate_fen = models.BigIntegerField(_("price per hour (fen)"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))

    class Meta:
        verbose_name = _("labour line")
        verbose_name_plural = _("labour lines")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, rate_fen__gte=0, amount_fen__gte=0), name="labourline_figures"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class PartLine(models.Model):
    """A part sold on an order; `issued_at` says the technician has it."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="part_lines", verbose_name=_("order"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, verbose_name=_("part"))
    description = models.CharField(_("description"), max_length=120)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price_fen = models.BigIntegerField(_("price each (fen)"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    issued_at = models.DateTimeField(_("handed out at"), null=True, blank=True)
    issued_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("part line")
        verbose_name_plural = _("part lines")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price_fen__gte=0, amount_fen__gte=0), name="partline_figures"
            ),
        ]

    def __str__(self) -> str:
        return self.description
