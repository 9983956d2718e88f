"""Papers as they were issued: number, content, fingerprint, signatures. The database itself refuses to change them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.paperwork import content as contents
from dealership.paperwork.kinds import Copy, Kind, Role, Unsigned
from dealership.staff.models import Store
from dealership.workflow import NotAllowed


class KeptQuerySet(models.QuerySet):
    def delete(self) -> tuple[int, dict[str, int]]:
        raise NotAllowed(_("An issued paper is never deleted."))


class Kept(models.Model):
    """Rows that are written once; migration 0002 makes the database refuse what slips past this class."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NotAllowed(_("An issued paper is never deleted."))


class NumberSeries(models.Model):
    """The last number given out in a store, for a kind of paper, in a year."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["store", "kind", "year"], name="paperwork_one_series_a_year"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="paperwork_series_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class IssuedDocument(Kept):
    """A paper as given to the customer or the workshop; a correction is a new paper."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    number = models.CharField(_("number"), max_length=40)
    content = models.JSONField(_("content"))
    language = models.CharField(_("language"), max_length=8)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, help_text=_("SHA-256 of what was issued"))
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("issued by"),
    )

    class Meta:
        verbose_name = _("issued document")
        verbose_name_plural = _("issued documents")
        ordering = ["-issued_at", "-pk"]
        default_permissions = ["view"]
        permissions = [("read_visits", "Can read every paper of a visit, not the till's alone")]
        constraints = [
            models.UniqueConstraint(fields=["store", "kind", "number"], name="paperwork_number_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="paperwork_document_kind"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        return str(self.content["title"])

    @property
    def sections(self) -> list[str]:
        return contents.sections(self.content)

    @property
    def short_fingerprint(self) -> str:
        """Return the first 16 signs in groups of four, for reading aloud and comparing."""
        return " ".join(self.fingerprint[start : start + 4] for start in range(0, 16, 4))


class Signature(Kept):
    """A drawn signature under one paper, or the plain fact that somebody would not or could not sign, and why."""

    document = models.ForeignKey(
        IssuedDocument, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("document")
    )
    role = models.CharField(_("signs as"), max_length=16, choices=Role)
    signer_name = models.CharField(_("name"), max_length=80)
    image = models.BinaryField(_("signature"), null=True, blank=True)
    fingerprint = models.CharField(_("fingerprint of the document"), max_length=64)
    signed_at = models.DateTimeField(_("signed"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    unsigned = models.CharField(_("not signed"), max_length=16, choices=Unsigned, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("witness"),
    )

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_at", "pk"]
        default_permissions = ()
        permissions = [("take_signature", "Can let a customer sign a paper")]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="paperwork_signature_role"),
            models.CheckConstraint(
                condition=Q(unsigned="", image__isnull=False, reason="")
                | (Q(unsigned__in=Unsigned.values, image__isnull=True) & ~Q(reason="")),
                name="paperwork_signature_drawn_or_why_not",
            ),
            models.UniqueConstraint(
                fields=["document", "role"], condition=Q(unsigned=""), name="paperwork_signed_once_per_role"
            ),
            models.UniqueConstraint(
                fields=["document", "role"], condition=~Q(unsigned=""), name="paperwork_unsigned_once_per_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer_name} ({self.get_role_display()})"


class PrintLog(Kept):
    """One printing of one paper: who pressed the button, for whom, when (2.2.11.13)."""

    document = models.ForeignKey(
        IssuedDocument, on_delete=models.PROTECT, related_name="prints", verbose_name=_("document")
    )
    copy = models.CharField(_("copy"), max_length=16, choices=Copy)
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("printed by")
    )
    printed_at = models.DateTimeField(_("printed"))

    class Meta:
        verbose_name = _("printing")
        verbose_name_plural = _("printings")
        ordering = ["printed_at", "pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(copy__in=Copy.values), name="paperwork_print_copy")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.get_copy_display()}"
