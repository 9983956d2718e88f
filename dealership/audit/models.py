"""Events about money and consent, and the head of each store's chain; migration 0002 lets them only grow."""

from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dealership.audit.acts import Act
from dealership.staff.models import Store
from dealership.workflow import NotAllowed

NO_STORE = 0  # stands in an index for what the whole group shares: there NULLs would all be different


class AppendedQuerySet(models.QuerySet):
    def delete(self) -> tuple[int, dict[str, int]]:
        raise NotAllowed(_("The audit keeps every event."))

    def of(self, store: int | None) -> Self:
        """Keep those of a store's chain; None is the chain of what the group shares."""
        return self.filter(store=store)


class EventQuerySet(AppendedQuerySet):
    def sealed(self) -> Self:
        return self.exclude(sequence=None)

    def unsealed(self) -> Self:
        return self.filter(sequence=None)


class Appended(models.Model):
    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NotAllowed(_("The audit keeps every event."))


class Event(Appended):
    """One act: what, about which row, by whom, when. Of persons it holds ids alone, so erasing one breaks nothing.

    `stamp` says that the desk wrote it; `sequence`, `previous` and `hash` are given by its sealing (operations.seal).
    """

    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("store"),
        help_text=_("empty: shared by all stores"),
    )  # fmt: skip
    act = models.CharField(_("act"), max_length=24, choices=Act)
    about = models.CharField(_("about"), max_length=80, db_index=True, help_text=_("table and number of the row"))
    number = models.CharField(_("number"), max_length=60, blank=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("by"), help_text=_("empty: the clock, or the customer himself"),
    )  # fmt: skip
    at = models.DateTimeField(_("at"))
    facts = models.JSONField(_("facts"), default=dict, help_text=_("amounts in fen; free words as a keyed hash"))
    nonce = models.UUIDField(default=uuid4, editable=False)
    stamp = models.CharField(_("stamp"), max_length=64, unique=True)
    sequence = models.PositiveBigIntegerField(_("sequence"), null=True, blank=True)
    previous = models.CharField(_("hash of the one before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["store", "id"], condition=Q(sequence=None), name="audit_event_unsealed")]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=Act.values), name="audit_event_act"),
            models.CheckConstraint(
                condition=Q(sequence=None, previous="", hash="")
                | Q(sequence__gte=1) & ~Q(previous="") & ~Q(hash=""),
                name="audit_event_sealed_whole",
            ),
            models.CheckConstraint(condition=~Q(stamp=""), name="audit_event_stamped"),
            models.UniqueConstraint(Coalesce("store", Value(NO_STORE)), "sequence", name="audit_event_one_at_a_place"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.number or self.about}"


class Chain(Appended):
    """The head of a store's chain: how many events are sealed and the hash of the last, stamped."""

    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("store")
    )
    length = models.PositiveBigIntegerField(_("length"), default=0)
    last_hash = models.CharField(_("hash of the last"), max_length=64, blank=True)
    stamp = models.CharField(_("stamp"), max_length=64, blank=True)
    anchored_on = models.DateField(_("anchored on"), null=True, blank=True)

    objects = AppendedQuerySet.as_manager()

    class Meta:
        verbose_name = _("chain")
        verbose_name_plural = _("chains")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(Coalesce("store", Value(NO_STORE)), name="audit_chain_one_a_store"),
            models.CheckConstraint(
                condition=Q(length=0, last_hash="", stamp="") | Q(length__gte=1) & ~Q(last_hash="") & ~Q(stamp=""),
                name="audit_chain_head_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.anchor}"

    @property
    def name(self) -> str:
        return self.store.code if self.store else "group"

    @property
    def anchor(self) -> str:
        """The head in the form that is kept outside: `12:5f…`."""
        return f"{self.length}:{self.last_hash}"
