"""More work found: reported by the workshop, priced and asked by the advisor, told to the workshop."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealership.catalogue.queries import PriceMissing
from dealership.staff.models import User
from dealership.web import allow, bound, done, form_status
from workorders import queries, states
from workorders.forms.additional import ContactForm, JoinForm, PriceForm, ReportForm, ToldForm, WithdrawForm
from workorders.models import AdditionalItem, ItemPhoto, WorkOrder
from workorders.operations import additional, asking, promise, slips
from workorders.operations.additional import PriceChanged
from workorders.states import ItemState

ACTS = [states.PRICE, states.ASK, states.TELL_WORKSHOP, states.WITHDRAW, states.ISSUE_SLIP, states.TAKE_SLIP]


def order_for(request: Any, pk: int) -> WorkOrder:
    orders = WorkOrder.objects.select_related("store", "visit__vehicle", "visit__customer", "advisor")
    return get_object_or_404(orders, pk=pk, store__in=request.user.stores.all())


def item_of(request: Any, pk: int) -> AdditionalItem:
    found = queries.additional.whole_items(AdditionalItem.objects.all()).select_related(
        "order__store", "order__visit__vehicle", "order__visit__customer", "order__advisor"
    )
    found = found.prefetch_related("line__parts__part")
    return get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())


def card(user: User, order: WorkOrder) -> dict[str, Any]:
    """Say what the order's card of additional items shows, and which presses it offers this person."""
    now = timezone.now()
    rows = queries.additional.card(order, now)
    held = {row.item.state for row in rows}
    may_ask = user.has_perm("workorders.ask_customer")
    part = getattr(order.visit, "manager_part", None)
    may_join = part is not None and not part.approved and user.has_perm("workorders.join_large_order")
    return {
        "additional": rows,
        "may_report": order.state in additional.AT_WORK and user.has_perm("workorders.report_item"),
        "may_report_delay": order.state in states.WITH_TEAM and user.has_perm("workorders.report_item"),
        "may_move_promise": may_ask and order.state in promise.STILL_PROMISED,
        "may_ask_in_writing": may_ask and bool(held & set(asking.ASKABLE)),
        "may_issue_slip": may_ask and ItemState.APPROVED in held,
        "may_take_slip": user.has_perm("workorders.take_slip") and ItemState.SLIP_ISSUED in held,
        "manager_part": part,
        "join_form": JoinForm() if may_join else None,
    }


@require_http_methods(["GET", "POST"])
@allow("workorders.report_item")
def report(request: Any, pk: int) -> HttpResponse:
    """Take what the workshop found, with its photos (2.4.4.3)."""
    order = order_for(request, pk)
    form = bound(ReportForm, request, order=order)
    if form.is_valid():
        given = form.cleaned_data
        additional.report(
            order, words=given["words"], photos=form.photos, line=given["line"], by=request.user, at=timezone.now()
        )
        return done(request, _("Advisor and foreman are told."), "workorders:order", pk)
    return render(request, "workorders/report.html", {"order": order, "form": form}, status=form_status(form))


@allow("workorders.view_workorder")
def item(request: Any, pk: int) -> HttpResponse:
    return shown(request, item_of(request, pk))


def shown(request: Any, item: AdditionalItem, status: int = 200, **forms: Any) -> HttpResponse:
    """Show one item with the acts this person may do next; `forms` carry what was typed."""
    now, phone = timezone.now(), item.order.visit.customer.phone
    customer = {"spoke_to": item.order.visit.customer.name, "number": phone.shown if phone else ""}
    rules = queries.rules.rules_at(item.order.store, now)
    parts = list(item.line.parts.all()) if item.line else []
    context = {
        "item": item,
        "order": item.order,
        "parts": parts,
        "price_fen": queries.additional.price_of(item),
        "without_prices": queries.prefers_job(request.user, item.order),
        "late": queries.additional.late(item, rules, now),
        "due": queries.additional.due_of(item, rules),
        "contacts": item.contacts.select_related("by"),
        "moves": item.moves.select_related("by"),
        "acts": {act.name for act in ACTS if act.possible(item) and request.user.has_perm(act.permission)},
        "price_form": PriceForm(item=item, parts=parts),
        "contact_form": ContactForm(now=now, initial=customer | {"version": item.version, "channel": "phone"}),
        "told_form": ToldForm(order=item.order, now=now),
        "withdraw_form": WithdrawForm(),
    }
    return render(request, "workorders/additional.html", context | forms, status=status)


@require_POST
@allow("workorders.write_workorder")
def price(request: Any, pk: int) -> HttpResponse:
    """Price the item; what has no price is refused beside the form (3.3.1.3)."""
    found = item_of(request, pk)
    form = PriceForm(request.POST, item=found)
    if not form.is_valid():
        return shown(request, found, status=422, price_form=form)
    given = {name: form.cleaned_data[name] for name in ("operation", "hours", "delay_minutes", "version")}
    try:
        additional.quote(found, **given, parts=form.parts, by=request.user, at=timezone.now())
    except (PriceMissing, PriceChanged) as refusal:
        found = item_of(request, pk)
        # Who reads the sentence sees the new price beside it, and may press again.
        form.data = request.POST.copy() | {"version": str(found.version)}
        form.add_error(None, str(refusal))
        return shown(request, found, status=422, price_form=form)
    return done(request, _("Priced. Now call the customer."), "workorders:additional", pk)


@require_POST
@allow("workorders.ask_customer")
def contact(request: Any, pk: int) -> HttpResponse:
    """Record a call and its result, which is the button that was pressed."""
    found, form = item_of(request, pk), ContactForm(request.POST, now=timezone.now())
    if not form.is_valid():
        return shown(request, found, status=422, contact_form=form)
    said = additional.contact(found, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, said.get_result_display(), "workorders:additional", pk)


@require_POST
@allow("workorders.ask_customer")
def told(request: Any, pk: int) -> HttpResponse:
    """Note whom in the workshop one told of a refusal, and when (2.4.4.6)."""
    found = item_of(request, pk)
    form = ToldForm(request.POST, order=found.order, now=timezone.now())
    if not form.is_valid():
        return shown(request, found, status=422, told_form=form)
    additional.tell_workshop(found, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("The workshop knows."), "workorders:order", found.order_id)


@require_POST
@allow("workorders.withdraw_item")
def withdraw(request: Any, pk: int) -> HttpResponse:
    found, form = item_of(request, pk), WithdrawForm(request.POST)
    if not form.is_valid():
        return shown(request, found, status=422, withdraw_form=form)
    additional.withdraw(found, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("Withdrawn; the advisor is told."), "workorders:order", found.order_id)


@require_POST
@allow("workorders.ask_customer")
def issue_slip(request: Any, pk: int) -> HttpResponse:
    paper = slips.issue(order_for(request, pk), by=request.user, at=timezone.now())
    sentence = _("Slip %(number)s is issued. Hand it to the foreman or the dispatcher at once.")
    return done(request, sentence % {"number": paper.number}, "workorders:order", pk)


@require_POST
@allow("workorders.take_slip")
def take_slip(request: Any, pk: int) -> HttpResponse:
    """Foreman or dispatcher confirms under his own name that he has the slip (2.4.4.8)."""
    slips.take(order_for(request, pk), by=request.user, at=timezone.now())
    return done(request, _("You have the slip; the work may begin."), "workorders:order", pk)


@require_GET
@cache_control(private=True, no_store=True)
@allow("workorders.view_workorder")
def photo(request: Any, pk: int) -> HttpResponse:
    """Answer a picture to those who may see its order; nobody reaches the file by itself."""
    return picture(get_object_or_404(ItemPhoto, pk=pk, item__order__store__in=request.user.stores.all()))


def picture(found: ItemPhoto) -> HttpResponse:
    with found.picture.open("rb") as file:
        return HttpResponse(file.read(), content_type="image/jpeg")
