"""Bays and the hours a store works."""

from collections.abc import Collection, Iterable
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Bay(models.Model):
    """A place in the workshop where one car can be worked on."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("general repair")
        QUICK = "quick", _("quick service")
        BODY = "body", _("body and paint")
        ALIGNMENT = "alignment", _("wheel alignment")

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="bays", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.GENERAL)
    active = models.BooleanField(_("in use"), default=True)
    skills = models.CharField(
        _("skills"), max_length=200, blank=True, help_text=_("kinds of work done here, separated by spaces; empty: all")
    )

    class Meta:
        verbose_name = _("bay")
        verbose_name_plural = _("bays")
        ordering = ["store", "name"]
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="workshop_bay_name_once_per_store"),
            models.CheckConstraint(
                condition=Q(kind__in=["general", "quick", "body", "alignment"]), name="workshop_bay_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def suits(self, skills: Collection[str]) -> bool:
        """Say whether work of all these skills can be done here."""
        return not self.skills or set(skills) <= set(self.skills.split())


class BayReservation(models.Model):
    """A bay kept for one car, over breaks and nights; `quarters` are what the database holds it by."""

    bay = models.ForeignKey(Bay, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("bay"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("bay reservation")
        verbose_name_plural = _("bay reservations")
        ordering = ["starts_at", "pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["bay", "ends_at"], name="workshop_reservation_bay")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workshop_reservation_takes_time"),
        ]

    def __str__(self) -> str:
        starts, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        return f"{self.bay} {starts:%m-%d %H:%M}–{ends:%m-%d %H:%M}"


class BayQuarter(models.Model):
    """A quarter of an hour of a bay that is kept: the unique constraint refuses two cars, on either database."""

    reservation = models.ForeignKey(BayReservation, on_delete=models.CASCADE, related_name="quarters")
    bay = models.ForeignKey(Bay, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("from"))

    class Meta:
        verbose_name = _("kept quarter of an hour")
        verbose_name_plural = _("kept quarters of an hour")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["bay", "starts_at"], name="workshop_bay_kept_once")]

    def __str__(self) -> str:
        return f"{self.bay} {timezone.localtime(self.starts_at):%m-%d %H:%M}"


class OpeningHours(models.Model):
    """One span of work on a weekday; a day with a break has two rows."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="opening_hours", verbose_name=_("store"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["store", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="workshop_openinghours_weekday"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="workshop_openinghours_close_after_opening",
                violation_error_message=_("The closing time must be later than the opening time."),
            ),
            models.UniqueConstraint(
                fields=["store", "weekday", "opens"], name="workshop_openinghours_one_span_per_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def clean(self) -> None:
        refuse_overlap(self, OpeningHours.objects.filter(store=self.store_id, weekday=self.weekday))


class Closure(models.Model):
    """A day that differs from its weekday: closed, or (`open`) worked in the spans given, such as a 调休 Sunday."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="closures", verbose_name=_("store"))
    on = models.DateField(_("on"))
    name = models.CharField(_("name"), max_length=60)
    open = models.BooleanField(_("open"), default=False, help_text=_("a special working day with its own hours"))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)

    class Meta:
        verbose_name = _("closure or special day")
        verbose_name_plural = _("closures and special days")
        ordering = ["store", "on", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(open=False, opens__isnull=True, closes__isnull=True)
                | Q(open=True, opens__isnull=False, closes__isnull=False),
                name="workshop_closure_hours_if_open",
                violation_error_message=_("A closed day has no hours; a special working day has both."),
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True) | Q(closes__gt=F("opens")),
                name="workshop_closure_close_after_opening",
                violation_error_message=_("The closing time must be later than the opening time."),
            ),
            models.UniqueConstraint(
                fields=["store", "on"], condition=Q(open=False), name="workshop_closure_closed_once_per_day"
            ),
            models.UniqueConstraint(fields=["store", "on", "opens"], name="workshop_closure_one_span_per_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"

    def clean(self) -> None:
        same_day = Closure.objects.filter(store=self.store_id, on=self.on)
        if same_day.exclude(pk=self.pk).exclude(open=self.open).exists():
            raise ValidationError(_("This day is already entered the other way; please remove that entry first."))
        refuse_overlap(self, same_day.filter(open=True))


def refuse_overlap(span: Any, others: Iterable[Any]) -> None:
    """Raise ValidationError where the span shares time with another; touching ends are fine."""
    if span.opens is None or span.closes is None:
        return
    for other in others:
        if other.pk != span.pk and overlap(span.opens, span.closes, other.opens, other.closes):
            raise ValidationError(
                _("These hours overlap %(opens)s–%(closes)s."),
                params={"opens": f"{other.opens:%H:%M}", "closes": f"{other.closes:%H:%M}"},
            )


def overlap(opens: time, closes: time, other_opens: time, other_closes: time) -> bool:
    return opens < other_closes and other_opens < closes
