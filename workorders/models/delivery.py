"""The car shown to its customer, what he asked, and what he got back at the end (交车)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealership.paperwork.models import IssuedDocument
from reception.models import Visit
from workorders.models.lines import LabourLine, PartLine, moment, person, whom
from workorders.models.orders import WorkOrder


class NextVisit(models.TextChoices):
    """What came of asking for the next appointment; every hand-over ends in one of these (3.5.3.2)."""

    BOOKED = "booked", _("appointment made")
    REMIND = "remind", _("to be reminded")
    NONE = "none", _("none for now")


class DeliveryWalk(models.Model):
    """One walk round the car with its customer; it exists when every step of it was done (2.6.4.1-2.6.4.10)."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="walks", verbose_name=_("order"))
    by = whom(_("shown by"))
    at = models.DateTimeField(_("at"))
    use_notes = models.CharField(_("what to mind when driving"), max_length=300, blank=True)
    spare_result = models.CharField(_("spare wheel and tools"), max_length=100, blank=True)
    inspection_on = models.DateField(_("annual inspection due on"), null=True, blank=True)
    call_from = models.TimeField(_("calls welcome from"), null=True, blank=True)
    call_until = models.TimeField(_("calls welcome until"), null=True, blank=True)
    card_given = models.BooleanField(_("colour card given"), default=False)
    next_visit = models.CharField(_("next appointment"), max_length=8, choices=NextVisit.choices)
    next_visit_words = models.CharField(_("next appointment, in words"), max_length=200, blank=True)
    other_wishes = models.CharField(_("other wishes"), max_length=200, blank=True)
    plan = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, related_name="walk", verbose_name=_("maintenance plan")
    )

    class Meta:
        verbose_name = _("delivery walk")
        verbose_name_plural = _("delivery walks")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(next_visit__in=NextVisit.values), name="deliverywalk_next_visit_known"),
            models.CheckConstraint(
                condition=~Q(next_visit=NextVisit.NONE) | ~Q(next_visit_words=""), name="deliverywalk_none_says_why"
            ),
            models.CheckConstraint(
                condition=Q(call_from__isnull=True, call_until__isnull=True)
                | Q(call_from__isnull=False, call_until__isnull=False, call_from__lt=F("call_until")),
                name="deliverywalk_call_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.at:%Y-%m-%d %H:%M}"


class ExplainedLine(models.Model):
    """One work or part that was explained at the car (2.6.4.2)."""

    walk = models.ForeignKey(
        DeliveryWalk, on_delete=models.PROTECT, related_name="explained", verbose_name=_("delivery walk")
    )
    labour = models.ForeignKey(LabourLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    part = models.ForeignKey(PartLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("explained line")
        verbose_name_plural = _("explained lines")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(labour__isnull=False, part__isnull=True) | Q(labour__isnull=True, part__isnull=False),
                name="explainedline_labour_or_part",
            ),
        ]

    def __str__(self) -> str:
        return str(self.labour or self.part)


class CustomerQuestion(models.Model):
    """What the customer asked about using his car; he does not leave without an answer (3.5.1.3).

    What the advisor cannot answer himself is before the workshop at once: who answered, and how long it took, stand
    here (3.5.2.2).
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="questions", verbose_name=_("order"))
    words = models.CharField(_("customer asks"), max_length=300)
    asked_by = whom(_("noted by"))
    asked_at = models.DateTimeField(_("question asked at"))
    to_workshop = models.BooleanField(_("put to the workshop"), default=False)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = person(_("answered by"))
    answered_at = moment(_("answered at"))

    class Meta:
        verbose_name = _("customer's question")
        verbose_name_plural = _("customers' questions")
        ordering = ["asked_at", "pk"]
        default_permissions = ["view"]
        permissions = [("answer_question", _("can answer customers' questions"))]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="customerquestion_asks"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="customerquestion_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.words


class ThingsReturned(models.Model):
    """What the customer got back before he left: everything that was taken from him at the reception (2.6.9.1).

    Where the car goes back to the workshop after all, he gives it again: `undone_at`.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="things_returned", verbose_name=_("visit"))
    key = models.BooleanField(_("key"), default=False)
    licence = models.BooleanField(_("vehicle licence"), default=False)
    booklet = models.BooleanField(_("maintenance booklet"), default=False)
    belongings = models.BooleanField(_("things from the car"), default=False)
    old_parts = models.BooleanField(_("replaced parts"), default=False)
    by = whom(_("given back by"))
    at = models.DateTimeField(_("at"))
    undone_at = moment(_("taken again at"))

    class Meta:
        verbose_name = _("things given back")
        verbose_name_plural = _("things given back")
        ordering = ["at", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=Q(undone_at__isnull=True), name="thingsreturned_one_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit}"
