"""A birthday of somebody who may not tell the year, in the solar or the lunar calendar."""

import calendar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Calendar(models.TextChoices):
    SOLAR = "solar", gettext_lazy("solar")
    LUNAR = "lunar", gettext_lazy("lunar")


class Birthday(models.Model):
    """Year, month and day apart: the year is often unknown, and a lunar day has no date of its own."""

    birth_year = models.PositiveSmallIntegerField(gettext_lazy("year of birth"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(gettext_lazy("month of birth"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(gettext_lazy("day of birth"), null=True, blank=True)
    birth_calendar = models.CharField(
        gettext_lazy("birthday calendar"), max_length=8, choices=Calendar.choices, default=Calendar.SOLAR
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_birthday_calendar", condition=Q(birth_calendar__in=Calendar.values)
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_birthday_whole",
                condition=Q(birth_month__isnull=False, birth_day__isnull=False)
                | Q(birth_month__isnull=True, birth_day__isnull=True, birth_year__isnull=True),
                violation_error_message=gettext_lazy("A birthday needs a month and a day."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_birthday_in_calendar",
                condition=Q(birth_month__isnull=True)
                | (
                    Q(birth_month__range=(1, 12), birth_day__range=(1, 31))
                    & ~Q(birth_month__in=(4, 6, 9, 11), birth_day=31)
                    & ~Q(birth_month=2, birth_day__gt=29, birth_calendar=Calendar.SOLAR)
                    & ~Q(birth_day=31, birth_calendar=Calendar.LUNAR)
                ),
                violation_error_message=gettext_lazy("This day is not in the calendar."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_birthday_year",
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1880, 2200)),
                violation_error_message=gettext_lazy("Please write the year of birth with four digits."),
            ),
        ]

    def clean(self) -> None:
        super().clean()
        leap_day = (self.birth_month, self.birth_day, self.birth_calendar) == (2, 29, Calendar.SOLAR)
        if self.birth_year and leap_day and not calendar.isleap(self.birth_year):
            raise ValidationError({"birth_day": _("%(year)d had no 29 February.") % {"year": self.birth_year}})

    @property
    def has_birthday(self) -> bool:
        return self.birth_month is not None

    @property
    def birthday_shown(self) -> str:
        """Write the birthday as 1980-05-06, 05-06 where the year is unknown, with a word if it is lunar."""
        if not self.has_birthday:
            return ""
        day = f"{self.birth_month:02d}-{self.birth_day:02d}"
        written = f"{self.birth_year}-{day}" if self.birth_year else day
        return _("%(day)s (lunar)") % {"day": written} if self.birth_calendar == Calendar.LUNAR else written
