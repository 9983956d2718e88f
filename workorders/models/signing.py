"""Who changed what on the head of an order, and how the customer answered when asked to sign."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.models import IssuedDocument
from workorders.models.orders import WorkOrder


class HeadChange(models.Model):
    """One field of a draft as it was and as it became; what was told to the customer, by whom and when, among them.

    `version` is that of the order from then on; `page` marks the open page it came from, which is never told of its
    own changes.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="head_changes", verbose_name=_("order"))
    version = models.PositiveIntegerField(_("version"))
    field = models.CharField(_("field"), max_length=40)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    page = models.CharField(_("page"), max_length=32, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of an order")
        verbose_name_plural = _("changes of orders")
        ordering = ["order", "version", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["order", "version", "field"], name="headchange_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.version} {self.field}"


class Way(models.TextChoices):
    SIGNATURE = "signature", _("signed")
    PHONE = "phone", _("authorised by phone")
    REFUSED = "refused", _("would not sign")


class Authorisation(models.Model):
    """One answer of the customer to one paper of the order; the last that is not superseded is the one that counts."""

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, related_name="authorisations", verbose_name=_("order")
    )
    paper = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, related_name="authorised", verbose_name=_("paper")
    )
    way = models.CharField(_("way"), max_length=12, choices=Way.choices)
    name = models.CharField(_("who"), max_length=60)
    number = models.CharField(_("number called"), max_length=20, blank=True)
    called_at = models.DateTimeField(_("called at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("witness"),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("authorisation")
        verbose_name_plural = _("authorisations")
        ordering = ["order", "at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="authorisation_way_known"),
            models.CheckConstraint(
                condition=Q(way="signature") | (Q(witness__isnull=False) & ~Q(reason="") & ~Q(witness=F("by"))),
                name="authorisation_witnessed_where_nobody_signed",
            ),
            models.CheckConstraint(
                condition=~Q(way="phone") | (Q(called_at__isnull=False) & ~Q(number="")),
                name="authorisation_by_phone_says_when",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(superseded_at__isnull=True), name="authorisation_one_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.get_way_display()}"
