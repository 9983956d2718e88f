"""The audit in the back office: to find and to read, never to change."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from dealership.audit import seals
from dealership.audit.models import Event
from dealership.staff import backoffice


@admin.register(Event)
class EventAdmin(backoffice.ReadOnlyAdmin):
    list_display = ["at", "act", "holds", "number", "by", "sequence", "store"]
    list_filter = ["act", ("store", admin.RelatedOnlyFieldListFilter), "at"]
    search_fields = ["number", "about", "by__full_name", "by__username"]
    search_help_text = _("number of a paper or order, or a colleague's name")
    date_hierarchy = "at"
    list_select_related = ["by", "store"]
    fields = [
        "at",
        "act",
        "number",
        "about",
        "by",
        "store",
        "written",
        "sequence",
        "previous",
        "hash",
        "stamp",
        "holds",
    ]
    readonly_fields = ["written", "holds"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Show the events of the person's stores, and those about customers, whom all stores share."""
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(Q(store__in=backoffice.stores_of(request.user)) | Q(store=None))

    @admin.display(description=_("facts"))
    def written(self, event: Event) -> str:
        said = ((name, value) for name, value in sorted(event.facts.items()) if value not in (None, ""))
        return format_html_join("", "<div>{}: {}</div>", said)

    @admin.display(description=_("seal holds"), boolean=True)
    def holds(self, event: Event) -> Any:
        """Say whether the event is as it was sealed; whether the chain is whole only audit_verify can say."""
        if event.sequence is None:
            return None
        return event.hash == seals.digest(event) and seals.of_the_desk(event)
