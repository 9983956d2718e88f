"""Stores, the people who work in them, and their teams."""

import zoneinfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.staff.roles import Role


def known_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone, such as Asia/Shanghai."), params={"name": name})


class Store(models.Model):
    """A dealership on one site."""

    name = models.CharField(_("name"), max_length=80)
    code = models.SlugField(_("code"), max_length=8, unique=True, help_text=_("begins the number of every form"))
    brand = models.CharField(_("brand"), max_length=40, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    region = models.CharField(_("region"), max_length=2, default="CN", help_text=_("country code for phone numbers"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[known_zone])

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class User(AbstractUser):
    """A person who works in one or more stores; roles are the groups of `roles.py`."""

    full_name = models.CharField(_("full name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    technical = models.BooleanField(
        _("technical"), default=False, help_text=_("may ask customers about the repair itself")
    )
    language = models.CharField(_("language"), max_length=8, blank=True, help_text=_("empty: as the browser asks"))
    stores = models.ManyToManyField(Store, verbose_name=_("stores"), related_name="staff", blank=True)
    store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("current store"),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]  # the base says str, Django takes lazy text
        verbose_name_plural = _("users")  # type: ignore[assignment]
        ordering = ["full_name", "username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    @property
    def roles(self) -> list[Role]:
        names = {group.name for group in self.groups.all()}
        return [role for role in Role if role.value in names]

    def has_role(self, *roles: Role) -> bool:
        return bool(set(self.roles) & set(roles))


class Absence(models.Model):
    """Whole days on which somebody is not at work; nobody books an advisor who is away."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences", verbose_name=_("person"))
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-first_on", "user"]
        indexes = [models.Index(fields=["user", "last_on"], name="staff_absence_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="staff_absence_ends_after_it_began",
                violation_error_message=_("The last day must not come before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.first_on} – {self.last_on}"


class DispatchMode(models.TextChoices):
    """Who gives a team its work: foreman or dispatcher, or the advisor who leads it himself (3.3.1.1, 3.3.1.2)."""

    TRADITIONAL = "traditional", _("traditional: by foreman or dispatcher")
    TEAM = "team", _("team: by its own advisor too")


class Team(models.Model):
    """A workshop team (班组) under one leader; in team mode its `advisor` gives it work himself."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="teams", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=40)
    leader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="led_teams", verbose_name=_("leader"))
    members = models.ManyToManyField(User, related_name="teams", blank=True, verbose_name=_("members"))
    skills = models.CharField(_("skills"), max_length=200, blank=True, help_text=_("separated by spaces"))
    dispatch_mode = models.CharField(
        _("dispatch mode"), max_length=12, choices=DispatchMode.choices, default=DispatchMode.TRADITIONAL,
        db_default=DispatchMode.TRADITIONAL,
    )  # fmt: skip
    advisor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("its service advisor"), help_text=_("in team mode"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["store", "name"]
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="staff_team_name_once_per_store"),
            models.CheckConstraint(condition=Q(dispatch_mode__in=DispatchMode.values), name="staff_team_mode_known"),
            models.CheckConstraint(
                condition=~Q(dispatch_mode=DispatchMode.TEAM) | Q(advisor__isnull=False),
                name="staff_team_mode_has_advisor",
                violation_error_message=_("In team mode somebody has to be the team's service advisor."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
