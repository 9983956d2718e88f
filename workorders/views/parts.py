"""Parts: on the order's page, at the counter of the parts desk, and what is short."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dealership import web
from dealership.catalogue import queries as catalogue
from dealership.catalogue.models import Part
from dealership.catalogue.ways import ways
from dealership.web import allow, done, store_of
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.forms.parts import IssueForm, LinesForm, ReturnForm
from workorders.models import IssueSlip, IssueSlipLine, WorkOrder
from workorders.operations import parts
from workorders.queries import Missing
from workorders.states import State

NO_SLIP_YET = (State.DRAFT, State.CANCELLED)


def card(request: Any, order: WorkOrder, missing: list[Missing]) -> dict[str, Any]:
    """Say for the order's page how each part stands: kept, asked for, picked, out, or short until when."""
    if order.state in NO_SLIP_YET or not order.part_lines.all():
        return {"parts_card": None, "missing_parts": missing}
    missing = missing_in_line(order, missing)
    unasked = [line for line in order.part_lines.all() if not (line.issued_at or line.requested_at)]
    may_request = order.state in parts.PARTS_MOVE and any(map(queries.may_be_issued, unasked))
    shown = {
        "standings": queries.standings(order, missing),
        "slips": queries.slips_of(order),
        "may_request": may_request and request.user.has_perm(parts.ASK),
        "may_issue": order.state in parts.PARTS_RETURN and request.user.has_perm(parts.ISSUE),
    }
    return {"missing_parts": missing, "parts_card": shown}


def missing_in_line(order: WorkOrder, missing: list[Missing]) -> list[Missing]:
    """Return what is missing as the parts desk's list has it, where orders before this one are served first."""
    if not missing or order.state not in parts.PARTS_RETURN:
        return missing
    wanted = {one.line.part_id for one in missing}
    others = queries.with_open_parts(queries.in_workshop(order.store), wanted)
    short = {one.line.pk: one for one in queries.shorts(others, timezone.now())}
    return [Missing(one.line, short[one.line.pk].expected_on) for one in missing if one.line.pk in short]


@require_safe
@allow("workorders.issue_parts")
def to_issue(request: Any) -> HttpResponse:
    """The orders whose team waits for parts, in board order."""
    waiting = queries.with_open_parts(queries.in_workshop(store_of(request)))
    context = {"wanted": queries.to_issue(waiting, timezone.now()), "ways": ways(request)}
    return web.page(request, "workorders/to_issue.html", context)


@require_safe
@allow("workorders.issue_parts")
def short_parts(request: Any) -> HttpResponse:
    """What is short for which car, when it comes, and what that does to the promise (2.2.6.1, 2.2.6.2)."""
    waiting = queries.with_open_parts(queries.in_workshop(store_of(request)))
    context = {
        "shorts": queries.shorts(waiting, timezone.now()),
        "ways": ways(request),
        "may_order": request.user.has_perm("catalogue.order_goods"),
        "others": catalogue.siblings(store_of(request)).exists(),
    }
    return web.page(request, "workorders/short_parts.html", context)


def order_at(request: Any, pk: int) -> WorkOrder:
    orders = queries.whole(WorkOrder.objects.filter(store__in=request.user.stores.all()))
    return get_object_or_404(orders, pk=pk)


def at_counter(request: Any, order: WorkOrder, status: int = 200, **forms: Any) -> HttpResponse:
    """Show the counter for one order; `forms` carry what was typed and what was refused."""
    with_team = order.state in parts.PARTS_MOVE
    allowed = queries.issuable(order) if with_team else []
    short = {one.line.pk for one in queries.missing_parts(order)}
    ready = [line.pk for line in allowed if line.pk not in short]
    refused = forms.pop("return_form", None)
    out = queries.open_slip_lines(order) if order.state in parts.PARTS_RETURN else []
    form = forms.pop("form", None) or IssueForm(order=order, lines=allowed, initial={"lines": ready})
    context: dict[str, Any] = {
        "order": order,
        "with_team": with_team,
        "allowed": allowed,
        "short": short,
        "chosen": {str(pk) for pk in form["lines"].value() or []},
        "form": form,
        "slips": queries.slips_in_full(order),
        "returns": [refused if refused and refused.drawn == one else ReturnForm(drawn=one) for one in out],
    }
    return web.page(request, "workorders/counter.html", context | forms, status=status)


@require_safe
@allow("workorders.issue_parts")
def counter(request: Any, pk: int) -> HttpResponse:
    """The counter for one order: hand out against two signatures, take back (F11)."""
    return at_counter(request, order_at(request, pk))


@allow("workorders.issue_parts")
@require_POST
def issue_parts(request: Any, pk: int) -> HttpResponse:
    order = order_at(request, pk)
    form = IssueForm(request.POST, order=order, lines=queries.issuable(order))
    if not form.is_valid():
        return at_counter(request, order, status=422, form=form)
    try:
        slip = parts.issue(order, form.hands(), lines=form.cleaned_data["lines"], by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return at_counter(request, order_at(request, pk), status=409, form=form)
    sentence = _("Handed out to %(who)s: issue slip %(number)s.")
    return done(request, sentence % {"who": slip.technician, "number": slip}, "workorders:to_issue")


@allow("workorders.issue_parts")
@require_POST
def pick_parts(request: Any, pk: int) -> HttpResponse:
    """Lay ready what was chosen on the list, or all that is there."""
    order = order_at(request, pk)
    form = LinesForm(request.POST, lines=queries.issuable(order))
    if not form.is_valid():
        raise NotAllowed(_("No part of this order is to be handed out now."))
    lines = parts.pick(order, form.cleaned_data["lines"], by=request.user, at=timezone.now())
    sentence = _("Picked for %(plate)s: %(parts)s")
    facts = {"plate": order.visit.vehicle, "parts": parts.named(lines)}
    return done(request, sentence % facts, "workorders:to_issue")


@allow("workorders.request_parts")
@require_POST
def request_parts(request: Any, pk: int) -> HttpResponse:
    lines = parts.request(order_at(request, pk), by=request.user, at=timezone.now())
    return done(request, _("The parts desk knows: %(parts)s") % {"parts": parts.named(lines)}, "workorders:order", pk)


@allow("workorders.issue_parts")
@require_POST
def return_parts(request: Any, pk: int, drawn: int) -> HttpResponse:
    order = order_at(request, pk)
    lines = IssueSlipLine.objects.select_related("slip__paper", "slip__order", "part")
    one = get_object_or_404(lines, pk=drawn, slip__order=order)
    form = ReturnForm(request.POST, drawn=one)
    if not form.is_valid():
        return at_counter(request, order, status=422, return_form=form)
    try:
        parts.take_back(one, **form.cleaned_data, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return at_counter(request, order_at(request, pk), status=409, return_form=form, refusal=str(refusal))
    sentence = _("Back in stock: %(part)s × %(quantity)d")
    return done(
        request, sentence % {"part": one.part.name, "quantity": form.cleaned_data["quantity"]}, "workorders:counter", pk
    )


MOST_MOVEMENTS = 200


@require_safe
@allow("catalogue.view_stock")
def part(request: Any, pk: int) -> HttpResponse:
    """One part in this store: every movement with what it left, for whom it is kept, and what is to come."""
    store, shown = store_of(request), get_object_or_404(Part, pk=pk)
    movements = list(catalogue.ledger_of(store, shown)[:MOST_MOVEMENTS])
    papers = IssueSlip.objects.filter(
        order__store=store, paper__number__in={movement.reference for movement in movements}
    ).select_related("paper", "order__visit__vehicle")
    slips = {slip.paper.number: slip for slip in papers}
    context = {
        "part": catalogue.find_parts("", store).get(pk=pk),
        "place": queries.places_of(store, [shown]).get(pk, ""),
        "movements": [(movement, slips.get(movement.reference)) for movement in movements],
        "kept": queries.kept_shown(catalogue.kept_of(store, shown)),
        "supplies": catalogue.on_order(store).filter(part=shown),
        "may_place": request.user.has_perm("catalogue.correct_stock"),
        "may_read": request.user.has_perm("paperwork.view_issueddocument"),
        "ways": ways(request),
        "today": timezone.localdate(),
    }
    return web.page(request, "workorders/part.html", context)
