"""Parts one store of the group asks of another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models.offer import Part
from dealership.catalogue.states import TransferState
from dealership.staff.models import Store
from dealership.workflow import Move


class Transfer(models.Model):
    """Units of a part that one store asks of another, until they have come or will not."""

    asking = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("for the store"))
    giving = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("from the store"))
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="transfers", verbose_name=_("part"))
    quantity = models.PositiveIntegerField(_("quantity"))
    wanted_on = models.DateField(_("wanted by"))
    note = models.CharField(_("what for"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=TransferState.choices, default=TransferState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("transfer between stores")
        verbose_name_plural = _("transfers between stores")
        ordering = ["wanted_on", "pk"]
        default_permissions = ["view"]
        permissions = [("transfer_goods", _("Can ask for and send goods between stores"))]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="catalogue_transfer_of_something"),
            models.CheckConstraint(condition=~Q(asking=F("giving")), name="catalogue_transfer_between_two"),
            models.CheckConstraint(condition=Q(state__in=TransferState.values), name="catalogue_transfer_state_known"),
        ]

    def __str__(self) -> str:
        return f"T-{self.pk}"


class TransferMove(Move):
    thing = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("transfer move")
        verbose_name_plural = _("transfer moves")
