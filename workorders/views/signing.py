"""The head of an order while it is written, the customer's answer to it, and what follows from that."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from dealership.web import allow, done, page
from dealership.workflow import NotAllowed
from workorders import head, queries
from workorders.forms.signing import TICKED, HeadForm, ReviseForm, SignForm, shown, typed
from workorders.models import Way, WorkOrder
from workorders.operations import head as heads
from workorders.operations import signing
from workorders.states import REVISE, SIGN
from workorders.views.board import order_of, show, sign_forms


@allow("workorders.write_workorder")
@require_POST
def save_head(request: Any, pk: int) -> HttpResponse:
    """Keep what was just asked, told or promised; sent with every change of the page."""
    order = order_of(request, pk, SIGN)
    form = HeadForm(promising(request), order=order, at=timezone.now())
    if not form.is_valid():
        return not_kept(request, order, form)
    others = head.others_since(order, **form.opened_with())
    try:
        order = heads.save(order, by=request.user, at=timezone.now(), **form.opened_with(), **form.changes())
    except head.HeadChanged as changed:
        return decide(request, order, changed)
    if not request.htmx:
        return redirect("workorders:order", pk)
    return head_again(request, order) if others or "take" in request.POST else kept(request, order)


def promising(request: Any) -> Any:
    """Return what was sent; with one tap the time the workshop reckons is promised instead of what was typed."""
    if "take" not in request.POST:
        return request.POST
    return request.POST.dict() | {"promised_at": request.POST["take"], "offered": ""}


def kept(request: Any, order: WorkOrder, wrong: Iterable[str] = ()) -> HttpResponse:
    """Answer what is still missing, the version from now on, and the ticks one press set; no typing is disturbed.

    `wrong` says what could not be kept, first of all.
    """
    context = {
        "order": order,
        "missing": [*wrong, *queries.obstacles_to_signing(order)],
        "warnings": head.warnings(order, timezone.now()),
        "ticked": TICKED if "told" in request.POST else [],
    }
    return render(request, "workorders/head_part.html", context, status=422 if wrong else 200)


def not_kept(request: Any, order: WorkOrder, form: HeadForm) -> HttpResponse:
    """Say what is wrong beside its field; a promise is still being typed, so it is said above what is missing."""
    if request.htmx and set(form.errors) == {"promised_at"}:
        return kept(request, order, [str(sentence) for sentence in form.errors["promised_at"]])
    return head_again(request, order, form, 422)


KEPT = ["seen", "page"]  # the rest of the page still shows the lines it was opened with


def head_again(request: Any, order: WorkOrder, form: Any = None, status: int = 200) -> HttpResponse:
    """Answer the head as it stands now, what others changed with it; or what was typed, with what is wrong."""
    if not request.htmx:
        form = SignForm(request.POST, order=order, by=request.user, at=timezone.now())
        return show(request, order, status=status, sign_form=form)
    context: dict[str, Any] = {"order": order, "swapped": True} | sign_forms(request.user, order)
    context["sign_form"].initial |= {name: request.POST.get(name, "") for name in KEPT}
    if form is not None:
        context["sign_form"] = form
    answer = render(request, "workorders/_head.html", context, status=status)
    return reswap(retarget(answer, "#head"), "outerHTML")


def decide(request: Any, order: WorkOrder, changed: head.HeadChanged) -> HttpResponse:
    """Show mine and theirs for every field both of us changed; what was typed goes on in the page."""
    rows = [
        {
            "label": HeadForm.base_fields[one.field].label,
            "mine": shown(one.field, one.mine),
            "theirs": shown(one.field, one.theirs),
            "by": one.by,
            "at": one.at,
        }
        for one in changed.conflicts
    ]
    typing = [(name, typed(name, new)) for name, new in changed.wanted.items()]
    context = {"order": order, "sentence": str(changed), "rows": rows, "kept": typing, "version": changed.version}
    context["page"] = request.POST.get("page", "")[:32]
    answer = page(request, "workorders/changed.html", context, status=409)
    return reswap(retarget(answer, "#main"), "innerHTML") if request.htmx else answer


@allow("workorders.sign_workorder")
@require_POST
def sign(request: Any, pk: int) -> HttpResponse:
    """The customer's answer to what he was shown: signed, authorised by phone, or refused."""
    order = order_of(request, pk, SIGN)
    if request.POST.get("seen") != queries.mark_of(order):
        return shown_again(request, order)
    refused_beside = NON_FIELD_ERRORS if queries.unanswered(order) or not order.labour_lines.all() else "promised_at"
    form = SignForm(request.POST, order=order, by=request.user, at=timezone.now())
    if not form.is_valid():
        return show(request, order, status=422, sign_form=form)
    answer, opened = form.answer(), form.opened_with() | {"seen": form.cleaned_data["seen"]}
    try:
        signing.settle(order, answer, by=request.user, at=timezone.now(), **opened, **form.wishes())
    except head.HeadChanged as changed:
        return decide(request, order, changed)
    except signing.OrderChanged as changed:
        order = order_of(request, pk, SIGN)
        return shown_again(request, order, str(changed), head.others_since(order, **form.opened_with()))
    except NotAllowed as refusal:
        order_of(request, pk, SIGN)  # raises where somebody was faster: the form no longer fits
        form.add_error(refused_beside, str(refusal))
        return show(request, order, status=422, sign_form=form)
    return done(request, SETTLED[answer.way](), "workorders:order", pk)


SETTLED = {
    Way.SIGNATURE: lambda: _("The order is signed and waits for dispatch."),
    Way.PHONE: lambda: _("The order is authorised by phone and waits for dispatch."),
    Way.REFUSED: lambda: _("Noted: the customer did not sign. The order does not go to the workshop."),
}


def shown_again(request: Any, order: WorkOrder, sentence: str = "", others: Iterable[str] = ()) -> HttpResponse:
    """The order changed while the page was open: show it, keep what was typed, ask for a new signature.

    `others` are the fields of the head somebody else changed.
    """
    posted = request.POST.dict() | {"seen": queries.mark_of(order), "signature": "", "drawn": ""}
    if others:
        theirs = {name: typed(name, head.value(order, name)) for name in others}
        posted |= theirs | {"version": str(order.version)}
    form = SignForm(posted, order=order, by=request.user, at=timezone.now())
    again = _("The order has changed since this page was opened. Go through it with the customer again.")
    form.add_error(None, sentence or again)
    return show(request, order, status=409, sign_form=form)


@allow("workorders.write_workorder")
@require_POST
def revise(request: Any, pk: int) -> HttpResponse:
    order = order_of(request, pk, REVISE)
    form = ReviseForm(request.POST)
    if form.is_valid():
        signing.revise(order, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        return done(request, _("The order can be written anew; it has to be signed again."), "workorders:order", pk)
    return show(request, order, status=422, revise_form=form)


@allow("workorders.sign_workorder")
@require_POST
def give_copies(request: Any, pk: int) -> HttpResponse:
    """The customer has his copies in hand; one tap for both forms."""
    signing.give_copies(order_of(request, pk), by=request.user, at=timezone.now())
    return done(request, _("Noted: the customer has his copies."), "workorders:order", pk)
