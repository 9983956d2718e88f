"""Cars that stay: long jobs, overnight, not collected."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, bound, done, page, store_of
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop
from workorders.forms.progress import StayForm
from workorders.models import Stay, WorkOrder
from workorders.operations import stays as staying
from workorders.queries import stays as queries
from workorders.queries.rules import rules_at
from workorders.states import IN_HOUSE
from workorders.views.board import order_of


@allow("workorders.view_workorder")
def stays(request: Any) -> HttpResponse:
    """The three lists of the store."""
    store, now = store_of(request), timezone.now()
    rules = rules_at(store, now)
    context = {
        "stays": queries.stays(store, now, rules, workshop.calendar_of(store)),
        "rules": rules,
        "may_note": request.user.has_perm("workorders.note_stay"),
    }
    return page(request, "workorders/stays.html", context)


@allow("workorders.note_stay")
def stay(request: Any, pk: int, kind: str) -> HttpResponse:
    order = order_of(request, pk)
    return noted(request, order, kind, StayForm(kind=kind, initial={"place": order.parked_at}))


def noted(request: Any, order: WorkOrder, kind: str, form: StayForm, status: int = 200) -> HttpResponse:
    """Show the form with the notes so far; raises NotAllowed once the car has left."""
    if order.state not in IN_HOUSE:
        raise NotAllowed(_("The car has left the house."))
    notes = order.stays.filter(kind=kind).select_related("by").order_by("-at", "-pk")
    context = {
        "order": order, "visit": order.visit, "kind": Stay(kind), "form": form, "notes": notes,
    }  # fmt: skip
    return render(request, "workorders/stay.html", context, status=status)


@allow("workorders.note_stay")
@require_POST
def note(request: Any, pk: int, kind: str) -> HttpResponse:
    order, form = order_of(request, pk), bound(StayForm, request, kind=kind)
    if not form.is_valid():
        return noted(request, order, kind, form, status=422)
    try:
        staying.note(order, kind=kind, **form.cleaned_data, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return noted(request, order_of(request, pk), kind, form, status=422)
    return done(request, _("Noted."), "workorders:long_jobs")
