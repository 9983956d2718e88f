"""What is sold on an order: to whom it goes on the bill, whether the customer wants it, what is still unknown."""

from typing import Any, ClassVar
from zlib import crc32

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import LabourOperation, Package, Part
from dealership.customers.models import Recommendation
from reception.models import Complaint
from workorders.models.orders import WorkOrder


class Fault(models.TextChoices):
    DETERMINED = "determined", _("fault determined")
    UNDETERMINED = "undetermined", _("fault not determined")


class Warranty(models.TextChoices):
    IN = "in", _("in warranty")
    OUT = "out", _("no warranty")
    UNCLEAR = "unclear", _("warranty unclear")


class Payer(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    MANUFACTURER = "manufacturer", _("manufacturer")
    INSURER = "insurer", _("insurer")
    GOODWILL = "goodwill", _("store (goodwill)")


class Decision(models.TextChoices):
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    ASKED = "asked", _("price told, no answer yet")
    UNUSED = "unused", _("came back unused")


NOT_WANTED = (Decision.DECLINED, Decision.UNUSED)


class LineQuerySet(models.QuerySet):
    def wanted(self) -> "LineQuerySet":
        """Leave out what the customer declined and what the workshop did not use."""
        return self.exclude(decision__in=NOT_WANTED)


class SoldLine(models.Model):
    """What labour and parts have in common: proposed at the desk means accepted, until the customer declines."""

    order: Any
    order_id: int
    description = models.CharField(_("description"), max_length=120)
    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("maintenance package"),
    )  # fmt: skip
    decision = models.CharField(
        _("customer's decision"), max_length=8, choices=Decision.choices, default=Decision.ACCEPTED
    )
    decision_reason = models.CharField(_("why declined"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decision noted by"),
    )  # fmt: skip
    confirmed_at = models.DateTimeField(_("read out and confirmed at"), null=True, blank=True)
    agreed_fen = models.BigIntegerField(_("what the customer agreed to pay of it (fen)"), null=True, blank=True)

    objects = LineQuerySet.as_manager()
    SHOWN: ClassVar[tuple[str, ...]] = ("decision", "decision_reason", "pays", "amount_fen")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.description

    @property
    def wanted(self) -> bool:
        return self.decision not in NOT_WANTED

    @property
    def mark(self) -> str:
        """A mark of what its row shows: another mark, another row than the one somebody looked at."""
        shown = [str(getattr(self, name)) for name in self.SHOWN]
        return f"{crc32(chr(31).join(shown).encode()):08x}"


def decided_soundly(table: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=Q(decision__in=Decision.values), name=f"{table}_decision_known"),
        models.CheckConstraint(
            condition=~Q(decision=Decision.DECLINED) | ~Q(decision_reason=""), name=f"{table}_declined_why"
        ),
        models.CheckConstraint(condition=Q(payer__in=["", *Payer.values]), name=f"{table}_payer_known"),
    ]


def moment(name: Any) -> Any:
    return models.DateTimeField(name, null=True, blank=True)


def whom(name: Any) -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=name)


def person(name: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=name
    )


class LabourLine(SoldLine):
    """An operation sold on an order: hours at the hourly price of the day, rounded once.

    An undetermined fault makes it a diagnosis: without final price until `quoted_at`, when the customer is asked.
    `share_fen` is what the payer pays of this work and its parts; None is all of it, the rest is the customer's.
    """

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
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=2)
    rate_fen = models.BigIntegerField(_("price per hour (fen)"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    fault = models.CharField(_("fault"), max_length=12, choices=Fault.choices, blank=True)
    fault_told_at = moment(_("told that only a thorough examination can say"))
    diagnosis = models.CharField(_("diagnosis"), max_length=500, blank=True)
    diagnosed_at = moment(_("diagnosed at"))
    diagnosed_by = person(_("diagnosed by"))
    quoted_at = moment(_("priced in detail at"))
    quoted_by = person(_("priced in detail by"))
    assignment = models.ForeignKey(
        "workorders.Assignment", on_delete=models.SET_NULL, null=True, blank=True, related_name="lines",
        verbose_name=_("given to"),
    )  # fmt: skip
    fault_seen = models.BooleanField(_("fault confirmed by the workshop"), null=True, blank=True)
    fault_seen_at = moment(_("looked for the fault at"))
    fault_seen_by = person(_("looked for the fault"))
    done_at = moment(_("done at"))
    done_by = person(_("done by"))
    done_reason = models.CharField(_("why without a clock"), max_length=200, blank=True, db_default="")
    repair_begun_at = moment(_("repair begun at"))
    repair_begun_by = person(_("repair begun by"))
    warranty = models.CharField(_("warranty"), max_length=8, choices=Warranty.choices, blank=True)
    warranty_reason = models.CharField(_("reason told to the customer"), max_length=300, blank=True)
    payer = models.CharField(_("payer"), max_length=12, choices=Payer.choices, default=Payer.CUSTOMER)
    share_fen = models.BigIntegerField(_("the payer's share (fen)"), null=True, blank=True)
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("recommendation"),
    )  # fmt: skip
    SHOWN = (*SoldLine.SHOWN, "hours", "fault", "fault_told_at", "warranty", "warranty_reason")

    class Meta:
        verbose_name = _("labour line")
        verbose_name_plural = _("labour lines")
        ordering = ["order", "pk"]
        permissions = [("diagnose_line", _("can record what a diagnosis found"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, rate_fen__gte=0, amount_fen__gte=0), name="labourline_figures"
            ),
            *decided_soundly("labourline"),
            models.CheckConstraint(condition=~Q(payer=""), name="labourline_has_payer"),
            models.CheckConstraint(condition=Q(fault__in=["", *Fault.values]), name="labourline_fault_known"),
            models.CheckConstraint(condition=Q(warranty__in=["", *Warranty.values]), name="labourline_warranty_known"),
            models.CheckConstraint(
                condition=~Q(warranty=Warranty.UNCLEAR) | ~Q(warranty_reason=""), name="labourline_unclear_why"
            ),
            models.CheckConstraint(
                condition=~Q(warranty=Warranty.IN) | Q(payer=Payer.MANUFACTURER), name="labourline_warranty_pays"
            ),
            models.CheckConstraint(
                condition=Q(share_fen__isnull=True) | Q(share_fen__gte=0), name="labourline_share_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(quoted_at__isnull=True) | Q(diagnosed_at__isnull=False), name="labourline_diagnosed_first"
            ),
            models.CheckConstraint(
                condition=Q(repair_begun_at__isnull=True) | ~Q(fault=Fault.UNDETERMINED) | Q(quoted_at__isnull=False),
                name="labourline_quoted_before_repair",
            ),
        ]

    @property
    def asked(self) -> Any:
        """The manufacturer's case, where there is one."""
        return getattr(self, "case", None)

    @property
    def extra(self) -> Any:
        """The additional item it is the price of, where it was found only in the workshop."""
        return getattr(self, "additional", None)

    @property
    def pending(self) -> bool:
        """Nobody can say the price yet: the fault has to be found first (2.2.7.5)."""
        return self.fault == Fault.UNDETERMINED and self.quoted_at is None

    @property
    def counts(self) -> bool:
        """Whether its amount is part of what the order costs."""
        return self.decision == Decision.ACCEPTED and not self.pending

    @property
    def pays(self) -> str:
        return self.payer

    @property
    def pays_label(self) -> str:
        return str(Payer(self.pays).label)

    @property
    def asks(self) -> bool:
        """Whether something has still to be said about it at the desk; the page folds away the choices of the rest."""
        told = self.fault == Fault.DETERMINED or self.fault_told_at is not None
        return self.wanted and not (self.fault and told and self.warranty)

    @property
    def examined(self) -> bool:
        """Whether a diagnosis has to come before the repair."""
        return self.fault == Fault.UNDETERMINED or self.warranty == Warranty.UNCLEAR or self.diagnosed_at is not None


class PartLine(SoldLine):
    """A part sold on an order; `issued_at` says the technician has it.

    It is paid by whoever pays the work it is for, unless a payer is written on the part itself.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="part_lines", verbose_name=_("order"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, verbose_name=_("part"))
    labour = models.ForeignKey(
        LabourLine, on_delete=models.SET_NULL, null=True, blank=True, related_name="parts",
        verbose_name=_("for the work"),
    )  # fmt: skip
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price_fen = models.BigIntegerField(_("price each (fen)"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    payer = models.CharField(_("payer"), max_length=12, choices=Payer.choices, blank=True)
    requested_at = moment(_("asked for at"))
    requested_by = person(_("asked for by"))
    picked_at = moment(_("picked at"))
    picked_by = person(_("picked by"))
    issued_at = models.DateTimeField(_("handed out at"), null=True, blank=True)
    issued_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    SHOWN = (*SoldLine.SHOWN, "quantity")

    class Meta:
        verbose_name = _("part line")
        verbose_name_plural = _("part lines")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price_fen__gte=0, amount_fen__gte=0), name="partline_figures"
            ),
            *decided_soundly("partline"),
            models.CheckConstraint(
                condition=Q(requested_at__isnull=True, requested_by__isnull=True)
                | Q(requested_at__isnull=False, requested_by__isnull=False),
                name="partline_requested_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(picked_at__isnull=True, picked_by__isnull=True)
                | Q(picked_at__isnull=False, picked_by__isnull=False),
                name="partline_picked_by_somebody",
            ),
        ]

    @property
    def counts(self) -> bool:
        return self.decision == Decision.ACCEPTED and not (self.labour is not None and self.labour.pending)

    @property
    def pays(self) -> str:
        return self.payer or (self.labour.payer if self.labour else Payer.CUSTOMER.value)

    @property
    def pays_label(self) -> str:
        return str(Payer(self.pays).label)
