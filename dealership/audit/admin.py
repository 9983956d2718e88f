"""The audit in the back office: to find and to read, never to change."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealership import money
from dealership.audit import seals
from dealership.audit.models import Event
from dealership.staff import backoffice

NAMES: dict[str, Any] = {  # of the facts the desk writes down; another is shown by the name it is kept under
    "agreed_fen": _("agreed amount"),
    "amount_fen": _("amount"),
    "approved": _("approved"),
    "before": _("before"),
    "called": _("number called (hash)"),
    "called_at": _("called at"),
    "change_fen": _("change given"),
    "channel": _("channel"),
    "counted_fen": _("Cash counted"),
    "customer": _("customer"),
    "delay_told": _("delay told (minutes)"),
    "discount_fen": _("discount"),
    "document": _("document"),
    "drawn": _("signature (hash)"),
    "due_fen": _("Due"),
    "duplicate": _("duplicate"),
    "expected_fen": _("Cash expected"),
    "fingerprint": _("fingerprint"),
    "finish_told_at": _("finish told"),
    "float_fen": _("Float"),
    "item": _("item"),
    "labour_fen": _("Labour"),
    "method": _("method"),
    "on": _("Discount on"),
    "order": _("order"),
    "paper": _("paper"),
    "parts_fen": _("parts"),
    "payer": _("payer"),
    "payment": _("payment"),
    "percent_hundredths": _("percent"),
    "promised_at": _("promised at"),
    "purpose": _("purpose"),
    "received_fen": _("amount received"),
    "role": _("signs as"),
    "settlement": _("settlement"),
    "sheet": _("sheet"),
    "shift": _("shift"),
    "survivor": _("survivor"),
    "total_fen": _("Total"),
    "unsigned": _("not signed"),
    "version": _("version"),
    "visit": _("visit"),
    "way": _("way"),
    "why_earlier": _("why promised earlier (hash)"),
    "witness": _("witness"),
    "words": _("words (hash)"),
}


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
        facts = ((name, value) for name, value in sorted(event.facts.items()) if value not in (None, ""))
        said = ((NAMES.get(name, name), worded(event, name, value)) for name, value in facts)
        return format_html_join("", "<div>{}: {}</div>", said)

    @admin.display(description=_("seal holds"), boolean=True)
    def holds(self, event: Event) -> Any:
        """Say whether the event is as it was sealed; whether the chain is whole only audit_verify can say."""
        if event.sequence is None:
            return None
        return event.hash == seals.digest(event) and seals.of_the_desk(event)


def worded(event: Event, name: str, value: Any) -> Any:
    """Return a fact for a person to read: amounts in yuan, moments as the clock on the wall, choices by their label."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int):
        return counted(name, value)
    if isinstance(value, str):
        return moment(value) or label(event, name, value)
    return value


def counted(name: str, number: int) -> str | int:
    if name.endswith("_fen"):
        return money.written(number)
    return f"{number / 100:.2f} %" if name == "percent_hundredths" else number


def moment(text: str) -> str:
    """Return a moment as seals.moment keeps it in local time; nothing for any other text."""
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return ""
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def label(event: Event, name: str, code: str) -> Any:
    """Return what the table the event is about calls this choice; the audit itself knows no table of the desk."""
    try:
        field = apps.get_model(event.about.partition(":")[0])._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return code
    return dict(getattr(field, "flatchoices", ())).get(code, code)
