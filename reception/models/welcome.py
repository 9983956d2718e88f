"""How a customer is greeted and looked after while he is in the house (2.2.11.1, 2.2.11.2, 4.1.1, 4.1.2, 4.2.5)."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealership.staff.models import Store
from reception.models.visits import Visit


def person(label: Any, **more: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=label, **more
    )


def with_person(name: str) -> models.CheckConstraint:
    """A moment of the welcome and who it was belong together."""
    neither = Q(**{f"{name}_at__isnull": True, f"{name}_by__isnull": True})
    both = Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False})
    return models.CheckConstraint(condition=neither | both, name=f"welcome_{name}_by_whom")


class Welcome(models.Model):
    """The moments of a customer's welcome: met at his car, greeted, led to the lounge."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="welcome", verbose_name=_("visit"))
    met_at = models.DateTimeField(_("met at the car at"), null=True, blank=True)
    met_by = person(_("met by"), null=True, blank=True)
    greeted_at = models.DateTimeField(_("greeted at"), null=True, blank=True)
    greeted_by = person(_("greeted by"), null=True, blank=True)
    seated_at = models.DateTimeField(_("in the lounge since"), null=True, blank=True)
    seated_by = person(_("led to the lounge by"), null=True, blank=True)

    class Meta:
        verbose_name = _("welcome")
        verbose_name_plural = _("welcomes")
        constraints = [with_person("met"), with_person("greeted"), with_person("seated")]

    def __str__(self) -> str:
        return f"{self.visit}"


class LoungeCare(models.Model):
    """Something done for a customer who waits in the house: tea served, or told how far his car is."""

    class Kind(models.TextChoices):
        TEA = "tea", _("tea or water served")
        TOLD = "told", _("told about the progress")

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="lounge_care", verbose_name=_("visit"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    words = models.CharField(_("what the customer was told"), max_length=200, blank=True)
    by = person(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("care in the lounge")
        verbose_name_plural = _("care in the lounge")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["tea", "told"]), name="loungecare_kind_known"),
            models.CheckConstraint(condition=~Q(kind="told") | ~Q(words=""), name="loungecare_told_what"),
        ]

    def __str__(self) -> str:
        return f"{self.visit} {self.get_kind_display()}"


class GreetingText(models.Model):
    """What a store's people say to a customer who comes; without one the usual words are shown (4.1.1)."""

    class Situation(models.TextChoices):
        BOOKED = "booked", _("booked, in time")
        WAITED = "waited", _("waited long")
        WALK_IN = "walk_in", _("without appointment")
        FIRST = "first", _("first visit")

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "简体中文"
        ENGLISH = "en", "English"

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="greeting_texts", verbose_name=_("store"))
    situation = models.CharField(_("situation"), max_length=8, choices=Situation.choices)
    language = models.CharField(_("language"), max_length=8, choices=Language.choices, default=Language.CHINESE)
    text = models.CharField(
        _("text"), max_length=300,
        help_text=_("{title} becomes sir or madam, {customer} the form of address; also {advisor}, {store}, {time}"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("greeting")
        verbose_name_plural = _("greetings")
        ordering = ["store", "language", "situation"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "situation", "language"],
                name="greetingtext_one_each",
                violation_error_message=_("There is a text for this situation already."),
            ),
            models.CheckConstraint(
                condition=Q(situation__in=["booked", "waited", "walk_in", "first"]), name="greetingtext_situation_known"
            ),
            models.CheckConstraint(condition=Q(language__in=["zh-hans", "en"]), name="greetingtext_language_known"),
            models.CheckConstraint(condition=~Q(text=""), name="greetingtext_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.get_situation_display()} ({self.language})"


def score(label: Any) -> Any:
    return models.PositiveSmallIntegerField(label, validators=[MinValueValidator(1), MaxValueValidator(5)])


COURTESY = ("smile", "speech", "listening", "manners", "swiftness")


class CourtesyCheck(models.Model):
    """A manager's spot check of how an advisor treats customers, one to five points each (2.2.11.2, 2.2.11.16)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="courtesy_checks", verbose_name=_("store"))
    advisor = person(_("advisor"))
    smile = score(_("smiles, looks at the customer"))
    speech = score(_("speaks kindly"))
    listening = score(_("listens with care"))
    manners = score(_("well-mannered"))
    swiftness = score(_("acts swiftly"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = person(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("courtesy check")
        verbose_name_plural = _("courtesy checks")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["store", "at"], name="courtesycheck_month")]
        constraints = [
            models.CheckConstraint(condition=Q(**{f"{name}__range": (1, 5)}), name=f"courtesycheck_{name}")
            for name in COURTESY
        ]

    def __str__(self) -> str:
        return f"{self.advisor} {self.at:%Y-%m-%d}"

    @property
    def points(self) -> list[int]:
        return [getattr(self, name) for name in COURTESY]
