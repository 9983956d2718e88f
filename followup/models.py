"""The rules of staying in touch, the tasks they lead to, and every try to reach the customer."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dealership.customers.models import Customer
from dealership.outbox.models import Message
from dealership.staff.models import Store
from dealership.staff.roles import Role
from dealership.workflow import Move
from followup.states import OPEN, State
from followup.timing import Offset
from reception.models import Visit


class Code(models.TextChoices):
    """The rules a visit sets off; the words of procedure.md, B.2."""

    THANKS = "SVC-24H-LETTER", _("thank-you message after the visit")
    CALL = "SVC-CALL", _("service quality call")
    SECOND_CALL = "SVC-7D", _("second call")
    CARE = "CARE-2M", _("care call every two months")


class Unit(models.TextChoices):
    HOURS = "hours", _("hours")
    DAYS = "days", _("days")
    MONTHS = "months", _("months")


class Channel(models.TextChoices):
    CALL = "call", _("call")
    MESSAGE = "message", _("message")
    LETTER = "letter", _("letter")


class Actor(models.TextChoices):
    NONE = "none", _("anybody with the role")
    NOT_SERVING_ADVISOR = "not_serving_advisor", _("nobody who served the customer on this visit")


class ContactRule(models.Model):
    """When, how and by whom a customer is contacted after the car was given back."""

    code = models.CharField(_("code"), max_length=20, choices=Code.choices, unique=True)
    own_name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("empty: the usual name"))
    active = models.BooleanField(_("in use"), default=True)
    valid_from = models.DateTimeField(_("for visits that ended after"), null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    not_before_amount = models.PositiveSmallIntegerField(_("not before"))
    not_before_unit = models.CharField(_("not before, unit"), max_length=8, choices=Unit.choices)
    target_amount = models.PositiveSmallIntegerField(_("meant for"))
    target_unit = models.CharField(_("meant for, unit"), max_length=8, choices=Unit.choices)
    limit_amount = models.PositiveSmallIntegerField(_("at the latest"))
    limit_unit = models.CharField(_("at the latest, unit"), max_length=8, choices=Unit.choices)
    roll_earlier = models.BooleanField(_("limits move earlier over closed days"), default=True)
    use_convenient_time = models.BooleanField(_("call when it suits the customer"), default=True)
    caller_roles = models.JSONField(_("who calls"), default=list)
    actor_constraint = models.CharField(
        _("who may not"), max_length=24, choices=Actor.choices, default=Actor.NOT_SERVING_ADVISOR
    )
    advisors_barred = models.BooleanField(
        _("no service advisor calls"),
        default=True,
        help_text=_("otherwise advisors who did not serve this customer may"),
    )
    survey_required = models.BooleanField(_("asks whether the customer is satisfied"), default=True)
    supersede_if_satisfied = models.BooleanField(_("not needed once the customer said he is satisfied"), default=False)
    repeats = models.BooleanField(_("begins again after each contact"), default=False)
    retry_after = models.DurationField(_("try again after"), default=timedelta(hours=3))
    source_clause = models.CharField(_("clause of the procedure"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("contact rule")
        verbose_name_plural = _("contact rules")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(code__in=Code.values), name="contactrule_code_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="contactrule_channel_known"),
            models.CheckConstraint(condition=Q(actor_constraint__in=Actor.values), name="contactrule_actor_known"),
            models.CheckConstraint(condition=Q(not_before_unit__in=Unit.values), name="contactrule_not_before_unit"),
            models.CheckConstraint(condition=Q(target_unit__in=Unit.values), name="contactrule_target_unit"),
            models.CheckConstraint(condition=Q(limit_unit__in=Unit.values), name="contactrule_limit_unit"),
            models.CheckConstraint(
                condition=~Q(not_before_unit=F("target_unit")) | Q(not_before_amount__lte=F("target_amount")),
                name="contactrule_begins_before_target",
            ),
            models.CheckConstraint(
                condition=~Q(target_unit=F("limit_unit")) | Q(target_amount__lte=F("limit_amount")),
                name="contactrule_target_before_limit",
            ),
            models.CheckConstraint(
                # Customers do not tell the truth to the face that served them; nobody can switch this off (C5).
                condition=~Q(channel="call") | Q(actor_constraint="not_serving_advisor"),
                name="contactrule_person_ban_stays",
                violation_error_message=_("Whoever served the customer never calls; this cannot be switched off."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The house's own name for it, else the usual one in the reader's language."""
        return self.own_name or str(self.get_code_display())

    @property
    def not_before(self) -> Offset:
        return Offset(self.not_before_amount, self.not_before_unit)

    @property
    def target(self) -> Offset:
        return Offset(self.target_amount, self.target_unit)

    @property
    def limit(self) -> Offset:
        return Offset(self.limit_amount, self.limit_unit)

    def clean(self) -> None:
        """Keep the three moments in order from whatever day one counts, and the roles to those that exist."""
        if not self.not_before.never_after(self.target):
            raise ValidationError({"target_amount": _("This must not come before the first moment allowed.")})
        if not self.target.never_after(self.limit):
            raise ValidationError({"limit_amount": _("The last moment must not come before the one that is meant.")})
        if not isinstance(self.caller_roles, list) or set(self.caller_roles) - set(Role.values):
            raise ValidationError({"caller_roles": _("Please choose from the roles of the house.")})
        if self.active and not self.caller_roles:
            raise ValidationError({"caller_roles": _("Somebody has to do it: please choose at least one role.")})


class FollowUpTask(models.Model):
    """One contact owed to one customer after one visit; the unique key makes a sweep run twice harmless."""

    rule = models.ForeignKey(ContactRule, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("rule"))
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="followup_tasks", verbose_name=_("store"))
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="followup_tasks", verbose_name=_("customer")
    )
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="followup_tasks", verbose_name=_("visit"))
    occurrence = models.PositiveSmallIntegerField(_("occurrence"), default=1)
    state = models.CharField(_("state"), max_length=24, choices=State.choices, default=State.PLANNED)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    message = models.OneToOneField(
        Message,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followup_task",
        verbose_name=_("message"),
    )
    not_before = models.DateTimeField(_("not before"))
    target = models.DateTimeField(_("meant for"))
    due_at = models.DateTimeField(_("at the latest"))
    call_from = models.TimeField(_("calls welcome from"), null=True, blank=True)
    call_until = models.TimeField(_("calls welcome until"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followup_tasks",
        verbose_name=_("assigned to"),
    )
    retry_at = models.DateTimeField(_("try again at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("reported as overdue at"), null=True, blank=True)

    satisfied = models.BooleanField(_("satisfied"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(
        _("score"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    opinion = models.TextField(_("opinion on this repair"), max_length=1000, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("done by"),
    )

    class Meta:
        verbose_name = _("follow-up task")
        verbose_name_plural = _("follow-up tasks")
        ordering = ["due_at", "pk"]
        permissions = [
            ("make_call", _("can make follow-up calls")),
            ("reassign_task", _("can reassign follow-up tasks")),
        ]
        indexes = [
            models.Index(fields=["store", "state", "due_at"], name="followuptask_worklist"),
            models.Index(fields=["state", "not_before"], name="followuptask_falls_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["rule", "visit", "occurrence"], name="followuptask_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="followuptask_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="followuptask_channel_known"),
            models.CheckConstraint(
                condition=Q(not_before__lte=F("target")) & Q(target__lte=F("due_at")),
                name="followuptask_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(call_from__isnull=True, call_until__isnull=True)
                | Q(call_from__isnull=False, call_until__isnull=False, call_from__lt=F("call_until")),
                name="followuptask_call_time",
            ),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__range=(1, 5)), name="followuptask_score"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="followuptask_done_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} · {self.customer}"

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def overdue(self, at: datetime) -> bool:
        return self.open and self.due_at < at

    @property
    def awaits_message(self) -> bool:
        """Say whether the outbox has it in hand and no person has anything to do."""
        return self.open and self.channel == Channel.MESSAGE


class FollowUpTaskMove(Move):
    thing = models.ForeignKey(FollowUpTask, on_delete=models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("follow-up task move")
        verbose_name_plural = _("follow-up task moves")


class Outcome(models.TextChoices):
    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    CALL_LATER = "call_later", _("asked to call later")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    DECLINED = "declined", _("does not want to be asked")


class Attempt(models.Model):
    """One try to reach the customer; kept whatever came of it."""

    task = models.ForeignKey(FollowUpTask, on_delete=models.PROTECT, related_name="attempts", verbose_name=_("task"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="attempt_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.get_outcome_display()}"
