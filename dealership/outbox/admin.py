"""The outbox in the back office: to read, and to decide on what the worker could not."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dealership.outbox import queue
from dealership.outbox.models import Attempt, Message, MessageMove
from dealership.staff import backoffice
from dealership.workflow import NotAllowed


class AttemptInline(backoffice.ReadOnlyInline):
    model = Attempt
    fields = ["started_at", "ended_at", "outcome", "detail"]


class MessageMoveInline(backoffice.MoveInline):
    model = MessageMove


@admin.register(Message)
class MessageAdmin(backoffice.ReadOnlyAdmin, backoffice.StoreScopedAdmin):
    list_display = ["due_at", "state", "subject", "recipient", "purpose", "attempts", "sent_at", "store"]
    list_filter = ["state", "purpose", "channel", ("store", admin.RelatedOnlyFieldListFilter), "due_at"]
    search_fields = ["recipient", "subject", "dedupe_key", "message_id"]
    date_hierarchy = "due_at"
    list_select_related = ["store"]
    inlines = [AttemptInline, MessageMoveInline]
    actions = ["release", "cancel"]

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.release_message")

    @admin.action(description=_("Send the chosen messages again"), permissions=["release"])
    def release(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        self.act(request, chosen, queue.release)

    @admin.action(description=_("Do not send the chosen messages"), permissions=["release"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        self.act(request, chosen, queue.cancel)

    def act(self, request: HttpRequest, chosen: QuerySet[Message], operation: Any) -> None:
        """Put each message through the operation and say which ones it refused."""
        at, count = timezone.now(), 0
        for message in chosen:
            try:
                operation(message, by=request.user, at=at)
                count += 1
            except NotAllowed as refusal:
                self.message_user(request, f"{message}: {refusal}", messages.WARNING)
        if count:
            self.message_user(request, ngettext("%(n)d message done.", "%(n)d messages done.", count) % {"n": count})
