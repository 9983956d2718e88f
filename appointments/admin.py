"""The back office reads everything about appointments and sets the booking rules; booking happens at the desk."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model
from django.forms import model_to_dict
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments import operations, queries
from appointments.forms.rules import RulesForm
from appointments.models import (
    Appointment,
    AppointmentItem,
    AppointmentMove,
    AppointmentPart,
    BookingRules,
    BufferUse,
    CardMove,
    ForemanNotice,
    ManagementCard,
    ProactiveCall,
    Reminder,
    ReminderAttempt,
    Reschedule,
    WelcomeBoard,
)
from dealership import money
from dealership.staff import backoffice

BY_STORE = ("store", admin.RelatedOnlyFieldListFilter)

VERSION = ["store", "valid_from", "reason"]
FIGURES: list[tuple[Any, list[str]]] = [
    (_("Slots"), ["slot_minutes", "buffer_every", "lead_hours", "hold_minutes", "most_per_advisor", "most_waiting"]),
    (_("Load of the workshop"), ["workshop_hours", "skill_hours", "usual_hours", "full_percent", "level_points"]),
    (
        _("Reminders and calls"),
        [
            "reminder_days", "half_day_hours", "late_booking_hours", "near_minutes", "near_from_minutes",
            "near_until_minutes", "grace_minutes", "no_show_minutes", "call_back_minutes", "maintenance_lead_days",
        ],
    ),
    (
        _("Reception"),
        ["patience_minutes", "saving_percent", "small_gap_minutes", "busy_threshold", "estimate_days"],
    ),
    (_("Parts and preparation"), ["high_value", "part_lead_days", "prepared_minutes"]),
]  # fmt: skip


class VersionAdmin(backoffice.StoreScopedAdmin):
    """Versions of a store's figures: a change is a new one from a day on; what has begun is read (B.3).

    The amount among them is typed in yuan, in a field of the form named like the model's without `_fen`.
    """

    list_filter = [BY_STORE]
    list_select_related = ["store", "by"]
    figures: ClassVar[list[tuple[Any, list[str]]]]  # the fieldsets under the version itself
    written: ClassVar[dict[str, str]]  # a field of the form -> the method that shows it where it is only read
    amount: ClassVar[str]
    rules_on: ClassVar[Any]  # the figures in force: (store, day) -> version

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        version = VERSION if obj is None else [*VERSION, "by", "at"]
        figures = self.figures
        if not self.editable(request, obj):
            figures = [(title, [self.written.get(name, name) for name in names]) for title, names in figures]
        return [(None, {"fields": version})] + [(title, {"fields": names}) for title, names in figures]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return ["by", "at"] + ([] if self.editable(request, obj) else list(self.written.values()))

    def editable(self, request: HttpRequest, obj: Model | None) -> bool:
        return obj is None or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        begun = obj is not None and obj.valid_from <= queries.day_of(obj.store, timezone.now())
        return not begun and super().has_change_permission(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the figures in force, from today on."""
        store = request.store or backoffice.stores_of(request.user).first()  # type: ignore[attr-defined]
        if store is None:
            return {}
        today = queries.day_of(store, timezone.now())
        rules = self.rules_on(store, today)
        figures = model_to_dict(rules, exclude=["id", "reason"])
        amount = money.yuan(getattr(rules, f"{self.amount}_fen"))
        return figures | {"store": store, "valid_from": today, self.amount: amount}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.now = timezone.now()  # type: ignore[attr-defined]  # the edge reads the clock
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        operations.change_rules(obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # logged in


@admin.register(BookingRules)
class BookingRulesAdmin(VersionAdmin):
    form = RulesForm
    list_display = ["store", "valid_from", "reason", "by", "at", "slot_minutes", "buffer_every", "lead_hours"]
    figures = FIGURES
    written: ClassVar = {"high_value": "value_written", "skill_hours": "skills_written"}
    amount = "high_value"
    rules_on = staticmethod(queries.rules_on)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        fit = queries.fit_of(obj, timezone.now())
        for sentence in filter(None, [unusable(fit), off_the_grid(fit)]):
            self.message_user(request, sentence, messages.WARNING)
        if fit.day is not None and fit.day.slots:
            self.message_user(request, cut_day(fit.day), messages.INFO)

    @admin.display(description=_("a part is of high value from"))
    def value_written(self, rules: BookingRules) -> str:
        return money.written(rules.high_value_fen)

    @admin.display(description=_("of these, hours by skill"))
    def skills_written(self, rules: BookingRules) -> str:
        return "、".join(f"{skill} {hours}" for skill, hours in rules.skill_hours.items()) or "–"


def cut_day(day: queries.Day) -> str:
    """Say what the rules make of a working day, so that an odd figure is seen before a customer calls."""
    return gettext("%(day)s has %(slots)d slots, %(buffers)d of them kept free, from %(first)s to %(last)s.") % {
        "day": formats.date_format(day.on, "DATE_FORMAT"),
        "slots": day.slots,
        "buffers": day.buffers,
        "first": f"{day.first:%H:%M}",
        "last": f"{day.last:%H:%M}",
    }


def unusable(fit: queries.Fit) -> str:
    if fit.day is not None and fit.day.slots > fit.day.buffers:
        return ""
    return gettext(
        "With these rules and opening hours no time can be booked. Please give a shorter slot or longer opening hours."
    )


def off_the_grid(fit: queries.Fit) -> str:
    if not fit.misfits:
        return ""
    return ngettext(
        "%(n)d booked appointment does not begin with a slot of these rules. It stays as agreed; "
        "the slots it overlaps are not offered.",
        "%(n)d booked appointments do not begin with a slot of these rules. They stay as agreed; "
        "the slots they overlap are not offered.",
        fit.misfits,
    ) % {"n": fit.misfits}


class ItemInline(backoffice.ReadOnlyInline):
    model = AppointmentItem
    fields = ["description", "operation", "hours", "skill"]


class PartInline(backoffice.ReadOnlyInline):
    model = AppointmentPart
    fields = ["part", "quantity", "amount", "high_value", "reservation", "expected_on", "seen_by", "seen_at"]

    @admin.display(description=_("price"))
    def amount(self, wanted: AppointmentPart) -> str:
        return "–" if wanted.amount_fen is None else money.written(wanted.amount_fen)


class RescheduleInline(backoffice.ReadOnlyInline):
    model = Reschedule
    fields = ["at", "by", "from_at", "to_at", "from_advisor", "to_advisor", "reason"]


class AppointmentMoveInline(backoffice.MoveInline):
    model = AppointmentMove


class ReminderInline(backoffice.ReadOnlyInline):
    model = Reminder
    fields = ["kind", "channel", "due_at", "limit_at", "state", "outcome", "done_at", "done_by"]


class NoticeInline(backoffice.ReadOnlyInline):
    model = ForemanNotice
    fields = ["about", "notified_at", "due_at", "seen_at", "seen_by"]


@admin.register(Appointment)
class AppointmentAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["starts_at", "vehicle", "customer", "advisor", "cause", "kind", "state"]
    list_filter = ["state", "cause", "kind", "channel", BY_STORE]
    list_select_related = ["vehicle", "customer", "advisor"]
    search_fields = ["vehicle__plate", "vehicle__vin", "customer__name", "advisor__full_name", "reason"]
    date_hierarchy = "starts_at"
    inlines = [ItemInline, PartInline, RescheduleInline, AppointmentMoveInline, ReminderInline, NoticeInline]


class CardMoveInline(backoffice.MoveInline):
    model = CardMove


@admin.register(ManagementCard)
class ManagementCardAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["on", "customer_name", "model_name", "wishes", "state", "made_at"]
    list_filter = ["state", BY_STORE]
    search_fields = ["customer_name", "model_name", "appointment__vehicle__plate"]
    date_hierarchy = "on"
    inlines = [CardMoveInline]


@admin.register(ForemanNotice)
class ForemanNoticeAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["notified_at", "about", "appointment", "due_at", "seen_at", "seen_by"]
    list_filter = ["about", ("seen_at", admin.EmptyFieldListFilter), BY_STORE]
    list_select_related = ["appointment__vehicle", "seen_by"]
    search_fields = ["appointment__vehicle__plate", "appointment__customer__name"]
    date_hierarchy = "notified_at"


class AttemptInline(backoffice.ReadOnlyInline):
    model = ReminderAttempt
    fields = ["at", "by", "outcome", "note"]


@admin.register(Reminder)
class ReminderAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["due_at", "kind", "channel", "appointment", "state", "outcome", "done_at", "done_by"]
    list_filter = ["state", "kind", "channel", "outcome", BY_STORE]
    list_select_related = ["appointment__vehicle", "done_by"]
    search_fields = ["appointment__vehicle__plate", "appointment__customer__name"]
    date_hierarchy = "due_at"
    inlines = [AttemptInline]


@admin.register(ProactiveCall)
class ProactiveCallAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["at", "vehicle", "customer", "by", "outcome", "call_again_on"]
    list_filter = ["outcome", BY_STORE]
    list_select_related = ["vehicle", "customer", "by"]
    search_fields = ["vehicle__plate", "customer__name"]
    date_hierarchy = "at"


@admin.register(BufferUse)
class BufferUseAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["starts_at", "advisor", "cause", "by", "at"]
    list_filter = ["cause", BY_STORE]
    list_select_related = ["advisor", "by"]
    search_fields = ["advisor__full_name"]
    date_hierarchy = "starts_at"


@admin.register(WelcomeBoard)
class WelcomeBoardAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["on", "store", "placed_by", "placed_at"]
    list_filter = [BY_STORE]
    list_select_related = ["store", "placed_by"]
    search_fields = ["store__name", "placed_by__full_name"]
    date_hierarchy = "on"
