"""Why a car stays in the house longer than usual, where it stands and when its customer hears of it (留店车辆)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.models.lines import moment
from workorders.models.orders import WorkOrder


class Stay(models.TextChoices):
    LONG = "long", _("long job")
    OVERNIGHT = "overnight", _("overnight")
    LEFT = "left", _("not collected")


class LongStay(models.Model):
    """A note about a car that stays; the newest of its kind counts.

    A long job says why, when it ends, and how the customer was told; a car overnight where it stands; a car nobody
    collects where it stands and when the customer is called next.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="stays", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=Stay.choices)
    words = models.CharField(_("reason or note"), max_length=300, blank=True)
    place = models.CharField(_("where the car stands"), max_length=60, blank=True)
    until_at = moment(_("expected end, or next contact"))
    told_at = moment(_("customer told at"))
    told_how = models.CharField(_("how the customer was told"), max_length=120, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("noted by")
    )
    at = models.DateTimeField(_("noted at"))

    class Meta:
        verbose_name = _("long stay")
        verbose_name_plural = _("long stays")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        permissions = [("note_stay", _("can note why cars stay"))]
        indexes = [models.Index(fields=["order", "kind", "at"], name="longstay_of_order")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Stay.values), name="longstay_kind_known"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, told_how="") | Q(told_at__isnull=False) & ~Q(told_how=""),
                name="longstay_told_how",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Stay.LONG) | Q(until_at__isnull=False, told_at__isnull=False) & ~Q(words=""),
                name="longstay_long_says_why_until_told",
            ),
            models.CheckConstraint(condition=~Q(kind=Stay.OVERNIGHT) | ~Q(place=""), name="longstay_overnight_where"),
            models.CheckConstraint(
                condition=~Q(kind=Stay.LEFT) | Q(until_at__isnull=False) & ~Q(place=""),
                name="longstay_left_where_and_next",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.get_kind_display()}"
