"""Between the quality check and the hand-over: washed, looked at by the advisor, the customer told (交车准备, F15)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reception.models import Visit
from workorders.models.lines import PartLine, moment, person, whom
from workorders.models.orders import WorkOrder


class Wash(models.Model):
    """The car was washed after the test drive; another drive, or the advisor's look, opens it again (C19)."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="washes", verbose_name=_("order"))
    by = whom(_("washed by"))
    at = models.DateTimeField(_("washed at"))
    undone_at = moment(_("not clean, seen at"))
    undone_by = person(_("not clean, seen by"))
    undone_words = models.CharField(_("what is not clean"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("car wash")
        verbose_name_plural = _("car washes")
        ordering = ["at", "pk"]
        default_permissions = ()
        permissions = [("wash_car", _("can note that cars were washed"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undone_words="")
                | Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_words=""),
                name="wash_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.at:%Y-%m-%d %H:%M}"


class Verdict(models.TextChoices):
    """What the advisor's last look came to."""

    READY = "ready", _("ready for the customer")
    WASH = "wash", _("not clean: back to the wash")
    WORKSHOP = "workshop", _("not right: back to the workshop")


class Exterior(models.TextChoices):
    AS_ON_FORM = "as_on_form", _("as on the reception form")
    NEW_DAMAGE = "new_damage", _("there is new damage")


class FinalCheck(models.Model):
    """The advisor's own look at the car after the wash, before the customer is told (2.6.2.1-2.6.2.4, 2.4.6, F15).

    A car that is ready has every point in order; what is not sends it back, with words.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="final_checks", verbose_name=_("order"))
    by = whom(_("by"))
    at = models.DateTimeField(_("at"))
    verdict = models.CharField(_("result"), max_length=12, choices=Verdict.choices)
    work_done = models.BooleanField(_("all work of the order done"), default=False)
    faults_gone = models.BooleanField(_("every fault gone"), default=False)
    old_parts_here = models.BooleanField(_("old parts compared with the parts replaced"), default=False)
    old_parts_words = models.CharField(_("why old parts are missing"), max_length=200, blank=True)
    interior_cleaned = models.BooleanField(_("inside cleaned"), default=False)
    no_dust = models.BooleanField(_("no dust"), default=False)
    no_oil = models.BooleanField(_("no oil dirt"), default=False)
    no_grease = models.BooleanField(_("no grease"), default=False)
    nothing_left = models.BooleanField(_("no rag, tool, nut or bolt left inside"), default=False)
    exterior = models.CharField(_("outside"), max_length=12, choices=Exterior.choices, blank=True)
    words = models.CharField(_("words"), max_length=300, blank=True)
    late_alerted_at = moment(_("alert: customer not told"))

    class Meta:
        verbose_name = _("advisor's final check")
        verbose_name_plural = _("advisors' final checks")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="finalcheck_verdict_known"),
            models.CheckConstraint(condition=Q(exterior__in=["", *Exterior.values]), name="finalcheck_exterior_known"),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.READY)
                | Q(
                    work_done=True,
                    faults_gone=True,
                    interior_cleaned=True,
                    no_dust=True,
                    no_oil=True,
                    no_grease=True,
                    nothing_left=True,
                    exterior__in=Exterior.values,
                )
                & (Q(old_parts_here=True) | ~Q(old_parts_words="")),
                name="finalcheck_ready_when_all_is",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.READY) | ~Q(words=""), name="finalcheck_sent_back_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.get_verdict_display()}"


class MissingOldPart(models.Model):
    """A part that was replaced and whose old one does not lie ready; the reason stands on the check (2.6.2.2)."""

    final_check = models.ForeignKey(
        FinalCheck, on_delete=models.PROTECT, related_name="missing_old_parts", verbose_name=_("final check")
    )
    part_line = models.ForeignKey(PartLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("part"))

    class Meta:
        verbose_name = _("missing old part")
        verbose_name_plural = _("missing old parts")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["final_check", "part_line"], name="missingoldpart_once"),
        ]

    def __str__(self) -> str:
        return str(self.part_line)


class Incident(models.Model):
    """The car was damaged in the store's care: found at the last look, decided by the manager before the customer is
    told that the car is ready (2.4.6.2)."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="incidents", verbose_name=_("order"))
    words = models.CharField(_("what is damaged, and where"), max_length=300)
    found_by = whom(_("found by"))
    found_at = models.DateTimeField(_("found at"))
    decision = models.CharField(_("what is done about it"), max_length=300, blank=True)
    decided_by = person(_("decided by"))
    decided_at = moment(_("decided at"))

    class Meta:
        verbose_name = _("damage in our care")
        verbose_name_plural = _("damages in our care")
        ordering = ["found_at", "pk"]
        default_permissions = ["view"]
        permissions = [("decide_incident", _("can decide about damage in our care"))]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="incident_says_what"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, decision="")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision=""),
                name="incident_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class NoticeChannel(models.TextChoices):
    """How the customer is told that his car is ready."""

    PHONE = "phone", _("by phone")
    IN_PERSON = "in_person", _("in person")
    SMS = "sms", _("by SMS")
    WECHAT = "wechat", _("by WeChat")
    EMAIL = "email", _("by e-mail")


class NoticeResult(models.TextChoices):
    TOLD = "told", _("told")
    SENT = "sent", _("sent")
    NOT_REACHED = "not_reached", _("not reached")


class ReadyNotice(models.Model):
    """One try to tell the customer that his car is ready, what he owes, and when he comes for it (2.6.3.1, 2.6.3.2).

    `amount_fen` is what he pays by the settlement's draft (3.5.1.1). A time in the peak for a heavy job carries the
    manager's reason (2.6.3.3).
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="ready_notices", verbose_name=_("visit"))
    at = models.DateTimeField(_("at"))
    by = whom(_("by"))
    channel = models.CharField(_("how"), max_length=12, choices=NoticeChannel.choices)
    result = models.CharField(_("result"), max_length=12, choices=NoticeResult.choices)
    spoke_to = models.CharField(_("spoke to"), max_length=60, blank=True)
    number = models.CharField(_("number or address"), max_length=254, blank=True)
    words = models.CharField(_("words"), max_length=300, blank=True)
    amount_fen = models.BigIntegerField(_("amount told (fen)"))
    pickup_at = moment(_("comes for the car at"))
    peak_reason = models.CharField(_("why in the peak"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("ready notice")
        verbose_name_plural = _("ready notices")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        permissions = [("override_peak", _("can let heavy jobs be handed over in the peak"))]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=NoticeChannel.values), name="readynotice_channel_known"),
            models.CheckConstraint(condition=Q(result__in=NoticeResult.values), name="readynotice_result_known"),
            models.CheckConstraint(
                condition=~Q(result=NoticeResult.TOLD) | ~Q(spoke_to="") & Q(pickup_at__isnull=False),
                name="readynotice_told_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(result=NoticeResult.TOLD) | Q(pickup_at__isnull=True, peak_reason=""),
                name="readynotice_time_is_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit} {self.get_result_display()}"
