"""Files of another system on their way in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportBatch(models.Model):
    """An uploaded file between its preview and its application: the cells as text, nothing else of the file."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        APPLIED = "applied", _("applied")

    store = models.ForeignKey("staff.Store", on_delete=models.CASCADE, related_name="+", verbose_name=_("store"))
    filename = models.CharField(_("file"), max_length=200)
    source = models.CharField(_("source"), max_length=40)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UPLOADED)
    header = models.JSONField(_("header"))
    rows = models.JSONField(_("rows"), help_text=_("a list of [line number, cells]"))
    counts = models.JSONField(_("counts"), default=dict)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("applied by")
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="customers_importbatch_state", condition=Q(state__in=["uploaded", "applied"])),
            models.CheckConstraint(
                name="customers_importbatch_applied_has_time",
                condition=Q(state="uploaded", applied_at__isnull=True) | Q(state="applied", applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.filename
