"""The rounds of inspection: what the inspector looks at, what he found, and what has to be done again (质检, F14)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dealership.catalogue.models import OrderClass
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Team
from workorders.models.lines import LabourLine, moment, person, whom
from workorders.models.orders import WorkOrder


class KindOfJob(models.TextChoices):
    """For which jobs a point of the check sheet is asked."""

    ALL = "all", _("every job")
    MAINTENANCE = "maintenance", _("maintenance")
    REPAIR = "repair", _("repairs")
    MAJOR = "major", _("major repairs")
    BODY = "body", _("accident repairs")


KINDS_OF: dict[str, list[str]] = {
    OrderClass.FIRST: [KindOfJob.ALL, KindOfJob.MAINTENANCE],
    OrderClass.MAINTENANCE: [KindOfJob.ALL, KindOfJob.MAINTENANCE],
    OrderClass.OIL: [KindOfJob.ALL, KindOfJob.MAINTENANCE],
    OrderClass.GENERAL: [KindOfJob.ALL, KindOfJob.REPAIR],
    OrderClass.WARRANTY: [KindOfJob.ALL, KindOfJob.REPAIR],
    OrderClass.COMEBACK: [KindOfJob.ALL, KindOfJob.REPAIR],
    OrderClass.MAJOR: [KindOfJob.ALL, KindOfJob.REPAIR, KindOfJob.MAJOR],
    OrderClass.ACCIDENT: [KindOfJob.ALL, KindOfJob.REPAIR, KindOfJob.BODY],
}


class CheckPoint(models.Model):
    """One point of the check sheet, in the store's words; the English ones are shown to English readers."""

    words = models.CharField(_("check point"), max_length=80)
    words_en = models.CharField(_("point in English"), max_length=80, blank=True)
    job = models.CharField(_("kind of job"), max_length=12, choices=KindOfJob.choices, default=KindOfJob.ALL)
    active = models.BooleanField(_("on the sheet"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("point of the quality check")
        verbose_name_plural = _("points of the quality check")
        ordering = ["position", "pk"]
        default_permissions = ["view", "add", "change"]
        constraints = [
            models.CheckConstraint(condition=Q(job__in=KindOfJob.values), name="checkpoint_job_known"),
            models.CheckConstraint(condition=~Q(words=""), name="checkpoint_says_what"),
            models.UniqueConstraint(fields=["job", "words"], name="checkpoint_once_per_job"),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The point in the language of the page."""
        return self.words_en if self.words_en and not (get_language() or "").startswith("zh") else self.words


class QualityCheck(models.Model):
    """One round of inspection, signed; the inspector is never the technician (3.4.1.1, 2.5.4).

    `finish_at` is when what failed will be right again; a passed re-check is countersigned by who runs the workshop.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="checks", verbose_name=_("order"))
    round = models.PositiveSmallIntegerField(_("round"))
    inspector = whom(_("inspector"))
    passed = models.BooleanField(_("passed"))
    findings = models.TextField(_("findings"), max_length=500, blank=True)
    checked_at = models.DateTimeField(_("checked at"))
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    not_driven = models.CharField(_("why not driven"), max_length=200, blank=True, db_default="")
    finish_at = moment(_("right again at"))
    sheet = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="quality_check",
        verbose_name=_("check sheet"),
    )  # fmt: skip
    countersigned_by = person(_("countersigned by"))
    countersigned_at = moment(_("countersigned at"))

    class Meta:
        verbose_name = _("quality check")
        verbose_name_plural = _("quality checks")
        ordering = ["order", "round"]
        permissions = [("countersign_check", _("can countersign re-checks"))]
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="qualitycheck_round_once"),
            models.CheckConstraint(condition=Q(passed=True) | ~Q(findings=""), name="qualitycheck_fail_says_why"),
            models.CheckConstraint(
                condition=Q(countersigned_at__isnull=True, countersigned_by__isnull=True)
                | Q(passed=True, countersigned_at__isnull=False, countersigned_by__isnull=False)
                & ~Q(countersigned_by=F("inspector")),
                name="qualitycheck_countersigned_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.round}"

    @property
    def to_countersign(self) -> bool:
        """Say whether this is a passed re-check that nobody has countersigned yet."""
        return self.passed and self.round > 1 and self.countersigned_at is None


class Mark(models.TextChoices):
    """What the inspector says of one point."""

    OK = "ok", _("in order")
    NOT_OK = "not_ok", _("not in order")
    NONE = "none", _("does not apply")


class CheckedPoint(models.Model):
    """One point or one piece of work in one round, in the words it was asked in."""

    quality_check = models.ForeignKey(
        QualityCheck, on_delete=models.PROTECT, related_name="points", verbose_name=_("quality check")
    )
    line = models.ForeignKey(
        LabourLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("work on the order"),
    )
    asked = models.CharField(_("check point"), max_length=120)
    mark = models.CharField(_("result"), max_length=8, choices=Mark.choices)
    words = models.CharField(_("what was found"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("checked point")
        verbose_name_plural = _("checked points")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(mark__in=Mark.values), name="checkedpoint_mark_known"),
            models.CheckConstraint(
                condition=~Q(mark=Mark.NOT_OK) | ~Q(words=""), name="checkedpoint_says_what_is_wrong"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked}: {self.get_mark_display()}"


class ReworkItem(models.Model):
    """One thing to be done again at no charge, and what it comes from: a round of the check, or the last look."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="rework_items", verbose_name=_("order"))
    quality_check = models.ForeignKey(
        QualityCheck, on_delete=models.PROTECT, null=True, blank=True, related_name="rework_items",
        verbose_name=_("found in the round"),
    )  # fmt: skip
    line = models.ForeignKey(
        LabourLine, on_delete=models.PROTECT, null=True, blank=True, related_name="rework_items",
        verbose_name=_("work it comes from"),
    )  # fmt: skip
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    words = models.CharField(_("what has to be done again"), max_length=300)
    found_by = whom(_("found by"))
    found_at = models.DateTimeField(_("found at"))
    done_by = person(_("put right by"))
    done_at = moment(_("put right at"))
    done_words = models.CharField(_("what was done"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("rework item")
        verbose_name_plural = _("rework items")
        ordering = ["found_at", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="reworkitem_says_what"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="reworkitem_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.words
