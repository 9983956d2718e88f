"""What the parts desk hands out on an order, against signatures, and what comes back (出庫單, form F11)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import Part, StockMovement
from dealership.paperwork.models import IssuedDocument, Signature
from workorders.models.lines import PartLine
from workorders.models.orders import WorkOrder


class IssueSlip(models.Model):
    """One hand-over of parts at the counter: there is none without both signatures (2.4.3.5)."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="slips", verbose_name=_("order"))
    paper = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="slip", verbose_name=_("paper"))
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("technician")
    )
    technician_signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, related_name="+", verbose_name=_("signature of the technician")
    )
    storekeeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("storekeeper")
    )
    storekeeper_signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, related_name="+", verbose_name=_("signature of the storekeeper")
    )
    posted_at = models.DateTimeField(_("posted at"))

    class Meta:
        verbose_name = _("issue slip")
        verbose_name_plural = _("issue slips")
        ordering = ["order", "posted_at", "pk"]
        default_permissions = ["view"]
        permissions = [("request_parts", _("can ask for parts"))]
        constraints = [
            models.CheckConstraint(condition=~Q(technician=F("storekeeper")), name="issueslip_two_people"),
            models.CheckConstraint(
                condition=~Q(technician_signature=F("storekeeper_signature")), name="issueslip_two_signatures"
            ),
        ]

    def __str__(self) -> str:
        return str(self.paper)


class IssueSlipLine(models.Model):
    """A part on a slip; what came back of it is counted here, and never more than was handed out."""

    slip = models.ForeignKey(IssueSlip, on_delete=models.PROTECT, related_name="lines", verbose_name=_("issue slip"))
    # Gone where the order was written anew without it, after all of it had come back.
    line = models.ForeignKey(
        PartLine, on_delete=models.SET_NULL, null=True, related_name="drawn", verbose_name=_("part line")
    )
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+", verbose_name=_("part"))
    movement = models.OneToOneField(
        StockMovement, on_delete=models.PROTECT, related_name="+", verbose_name=_("stock movement")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    returned = models.PositiveIntegerField(_("came back"), default=0)

    class Meta:
        verbose_name = _("line of an issue slip")
        verbose_name_plural = _("lines of issue slips")
        ordering = ["slip", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="issueslipline_of_something"),
            models.CheckConstraint(
                condition=Q(returned__lte=F("quantity")), name="issueslipline_no_more_back_than_out"
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(returned__lt=F("quantity")), name="issueslipline_out_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"

    @property
    def out(self) -> int:
        """How many of it the technician still has."""
        return self.quantity - self.returned


class PartReturn(models.Model):
    """Units that came back to the shelf, why, and whether the order still needs them."""

    line = models.ForeignKey(
        IssueSlipLine, on_delete=models.PROTECT, related_name="returns", verbose_name=_("line of an issue slip")
    )
    movement = models.OneToOneField(
        StockMovement, on_delete=models.PROTECT, related_name="+", verbose_name=_("stock movement")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=200)
    needed = models.BooleanField(_("still needed on the order"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken back by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("return of parts")
        verbose_name_plural = _("returns of parts")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="partreturn_of_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="partreturn_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.line.part} × {self.quantity}: {self.reason}"
