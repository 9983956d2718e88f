"""The advisor's last look, damage in our care, and telling the customer that his car is ready."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dealership.web import allow, bound, done, form_status
from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop
from dealership.workshop.calendar import NeverOpen
from workorders import notices, queries
from workorders.forms.ready import DecisionForm, LookForm, TellForm
from workorders.models import Incident, Payer, WorkOrder
from workorders.operations import pickup, ready
from workorders.states import HAND_OVER, MAKE_READY, SEND_BACK
from workorders.views.board import order_of, round_up, show


@require_http_methods(["GET", "POST"])
@allow("workorders.hand_over_workorder")
def final_check(request: Any, pk: int) -> HttpResponse:
    """Look at the car before its customer is told (F15)."""
    order = order_of(request, pk, MAKE_READY)
    form = bound(LookForm, request, order=order)
    if form.is_valid():
        try:
            return looked(request, order, form)
        except NotAllowed as refusal:
            order_of(request, pk, MAKE_READY)
            form.add_error(NON_FIELD_ERRORS, str(refusal))
    drives = order.test_drives.select_related("driver")
    context = {
        "order": order,
        "visit": order.visit,
        "form": form,
        "obstacles": queries.ready.obstacles_to_final_check(order),
        "incidents": order.incidents.select_related("found_by", "decided_by"),
        "may_decide": False,
        "drives": drives,
        "may_drive": all(drive.back_at for drive in drives),
        "open_lines": queries.ready.open_lines(order),
        "damage": order.visit.damage_marks.all(),
    }
    return render(request, "workorders/final_check.html", context, status=form_status(form))


def looked(request: Any, order: WorkOrder, form: LookForm) -> HttpResponse:
    """Do what the pressed button says, and lead on to what comes next."""
    given: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    words, verdict = form.cleaned_data["words"], form.cleaned_data["verdict"]
    if verdict == "wash":
        ready.send_to_wash(order, words=words, **given)
        return done(request, _("To be cleaned again; the workshop is told."), "workorders:order", order.pk)
    if verdict == "workshop":
        line = form.cleaned_data["line"]
        ready.send_to_workshop(order, words=words, line=line.pk if line else None, **given)
        return done(request, _("Back to the workshop; the foreman is told."), "workorders:order", order.pk)
    if verdict == "damage":
        ready.report_damage(order, words=words, **given)
        return done(request, _("The after-sales manager is told and decides."), "workorders:order", order.pk)
    ready.make_ready(order, form.look, missing_old_parts=form.cleaned_data["missing"], **given)
    return done(request, _("Ready. Tell the customer now."), "workorders:tell_ready", order.pk)


@allow("workorders.hand_over_workorder")
@require_POST
def send_back(request: Any, pk: int) -> HttpResponse:
    """Send a car back that turned out not to be right, also from the walk with the customer."""
    order, words = order_of(request, pk, SEND_BACK), request.POST.get("words", "").replace("\0", "")[:300]
    try:
        ready.send_to_workshop(order, words=words, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        order_of(request, pk, SEND_BACK)
        return show(request, order, status=422, refused_back=str(refusal), typed_back=words)
    return done(request, _("Back to the workshop; the foreman is told."), "workorders:order", pk)


@allow("workorders.decide_incident")
@require_POST
def decide(request: Any, pk: int) -> HttpResponse:
    found = Incident.objects.select_related("order__store", "order__visit")
    incident = get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())
    form = DecisionForm(request.POST)
    if form.is_valid():
        ready.decide(incident, **form.cleaned_data, by=request.user, at=timezone.now())
        return done(request, _("Decided; the advisor sees it."), "workorders:order", incident.order_id)
    said = {"refused_incident": pk, "refusal_incident": form.errors["decision"][0]}
    return show(request, order_of(request, incident.order_id), status=422, **said)


@require_http_methods(["GET", "POST"])
@allow("workorders.hand_over_workorder")
def tell(request: Any, pk: int) -> HttpResponse:
    """Tell the customer that his car is ready, and agree when he comes (2.6.3)."""
    order, now = order_of(request, pk, HAND_OVER), timezone.now()
    may_override = queries.ready.may_override_peak(request.user)
    form = bound(TellForm, request, now=now, may_override=may_override, initial=tell_initial(order, now))
    if form.is_valid():
        try:
            pickup.tell(order, **form.cleaned_data, by=request.user, at=now)
        except NotAllowed as refusal:
            order_of(request, pk, HAND_OVER)
            form.add_error("pickup_at" if form.cleaned_data.get("pickup_at") else NON_FIELD_ERRORS, str(refusal))
        else:
            return done(request, _("Noted."), "workorders:order", pk)
    return render(request, "workorders/tell_ready.html", tell_shown(order, form, now), status=form_status(form))


def tell_initial(order: WorkOrder, now: Any) -> dict[str, Any]:
    customer = order.visit.customer
    phone = customer.phone
    try:  # after closing, the first half hour of the next day
        offered = round_up(timezone.localtime(workshop.calendar_of(order.store).add(now, timedelta(minutes=30))))
    except NeverOpen:
        offered = round_up(timezone.localtime(now) + timedelta(minutes=30))
    return {"spoke_to": customer.name[:60], "number": phone.shown if phone else "", "pickup_at": offered}


def tell_shown(order: WorkOrder, form: TellForm, now: Any) -> dict[str, Any]:
    look = queries.ready.last_look(order)
    return {
        "order": order,
        "visit": order.visit,
        "form": form,
        "look": look,
        "late": look is not None and queries.ready.late(look, now),
        "obstacles": queries.ready.obstacles_to_telling(order.visit, now),
        "delayed": bool(queries.quality.obstacles_of_delay(order, now)),
        "notices": queries.ready.notices_of(order.visit),
        "pending": queries.totals(order).pending,
        "drafts": [(one, Payer(one.payer).label) for one in queries.money.draft(order)],
        "amount_fen": queries.ready.amount_of(order.visit),
        "by_email": notices.by_email(order.visit.customer),
        "peak": queries.rules.rules_at(order.store, now).peak_windows if queries.ready.is_heavy(order.visit) else "",
    }
