"""The back office: rules are changed, tasks are looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from dealership.staff.backoffice import DeskAdmin, ReadOnlyAdmin, StoreScopedAdmin
from followup import operations
from followup.forms import RuleForm
from followup.models import Attempt, ContactRule, FollowUpTask


@admin.register(ContactRule)
class ContactRuleAdmin(DeskAdmin):
    """The four rules of the procedure; none is added, and the ban on who served cannot be touched (C5)."""

    form = RuleForm
    list_display = ["__str__", "code", "active", "channel", "source_clause"]
    readonly_fields = ["code", "channel", "actor_constraint", "valid_from", "source_clause"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        operations.change_rule(obj, by=request.user, at=timezone.now())


class AttemptInline(admin.TabularInline):
    """Read as part of its task, by whoever may read the task."""

    model = Attempt
    extra = 0
    can_delete = False
    fields = ["at", "by", "outcome", "note"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("followup.view_followuptask")  # type: ignore[union-attr]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FollowUpTask)
class FollowUpTaskAdmin(ReadOnlyAdmin, StoreScopedAdmin):
    list_display = ["customer", "rule", "state", "channel", "due_at", "assigned_to", "satisfied", "score"]
    list_filter = ["state", "channel", "satisfied"]
    list_select_related = ["customer", "rule", "assigned_to"]
    search_fields = ["customer__name", "visit__vehicle__plate"]
    ordering = ["-due_at"]
    inlines = [AttemptInline]
