"""The intake screen, saved as you go: every press keeps its own small part, so a phone call loses nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from dealership import web
from dealership.customers.operations import MileageImplausible
from dealership.web import allow, done
from dealership.workflow import NotAllowed
from reception import operations, queries
from reception.forms.intake import ComplaintForm, ConditionForm, DamageForm, IntakeSignatureForm, LeaveForm
from reception.models import Damage, DamageMark, Visit
from reception.outline import outline
from reception.states import LEAVE, State
from reception.views.visits import visit_of


@allow("reception.view_visit")
def intake(request: Any, pk: int) -> HttpResponse:
    """Everything about this visit on one screen; closed once the customer signed."""
    visit = visit_of(request, pk)
    return render(request, "reception/intake.html", intake_context(request, visit))


@allow("reception.receive_visit")
@require_POST
def covers(request: Any, pk: int) -> HttpResponse:
    visit = visit_of(request, pk)
    operations.fit_covers(visit, by=request.user, at=timezone.now())
    return answer(request, visit, "walk")


@allow("reception.receive_visit")
@require_POST
def damage(request: Any, pk: int) -> HttpResponse:
    """Two taps: the place on the outline, then the kind of damage."""
    visit = visit_of(request, pk)
    form = DamageForm(request.POST)
    if form.is_valid():
        operations.mark_damage(visit, **form.cleaned_data, by=request.user, at=timezone.now())
    return answer(request, visit, "walk", damage_form=form)


@allow("reception.receive_visit")
@require_POST
def undamage(request: Any, pk: int, mark: int) -> HttpResponse:
    visit = visit_of(request, pk)
    found = DamageMark.objects.filter(pk=mark, visit=visit).select_related("visit").first()
    if found is not None:  # pressed twice: it is gone already
        operations.unmark_damage(found, by=request.user)
    return answer(request, visit, "walk")


@allow("reception.receive_visit")
@require_POST
def walked_round(request: Any, pk: int) -> HttpResponse:
    visit = visit_of(request, pk)
    operations.finish_walk_round(visit, by=request.user, at=timezone.now())
    return answer(request, visit, "walk")


@allow("reception.receive_visit")
@require_POST
def complaint(request: Any, pk: int) -> HttpResponse:
    visit = visit_of(request, pk)
    form = ComplaintForm(request.POST)
    if form.is_valid():
        operations.note_complaint(visit, words=form.cleaned_data["words"], by=request.user)
        form = ComplaintForm()
    return answer(request, visit, "complaints", complaint_form=form)


@allow("reception.receive_visit")
@require_POST
def condition(request: Any, pk: int) -> HttpResponse:
    """Keep what was changed; a mileage below the last one asks for its reason."""
    visit = visit_of(request, pk)
    form = ConditionForm(request.POST, instance=visit_of(request, pk))
    complained = bool(request.POST.get("complained"))
    if form.is_valid():
        facts = form.known_facts()
        try:
            operations.record_condition(visit, by=request.user, at=timezone.now(), **facts)
        except MileageImplausible as refusal:
            typed = request.POST.dict() | {"complained": "on"}
            form = ConditionForm(typed, instance=visit_of(request, pk), ask_why=True)
            form.add_error("mileage", str(refusal))
    if form.errors:
        return answer(request, visit, "condition", condition_form=form)
    return answer(request, visit, "condition" if complained else "missing")


@allow("reception.receive_visit")
@require_POST
def sign(request: Any, pk: int) -> HttpResponse:
    visit = visit_of(request, pk)
    form = IntakeSignatureForm(request.POST)
    if form.is_valid():
        try:
            operations.sign_intake(
                visit,
                signer_name=form.cleaned_data["signer_name"],
                image=form.cleaned_data["signature"],
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            if visit.state != State.RECEIVING:
                raise
            form.add_error(None, str(refusal))
        else:
            return done(request, _("The reception form is signed."), "reception:intake", pk)
    return render(request, "reception/intake.html", intake_context(request, visit, sign_form=form), status=422)


@allow("reception.receive_visit")
@require_POST
def leave(request: Any, pk: int) -> HttpResponse:
    visit = visit_of(request, pk)
    form = LeaveForm(request.POST)
    if form.is_valid():
        operations.leave(visit, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        return done(request, _("Noted: the customer left without work."), "reception:lane")
    return render(request, "reception/intake.html", intake_context(request, visit, leave_form=form), status=422)


def intake_context(request: Any, visit: Visit, **forms: Any) -> dict[str, Any]:
    """Gather the screen; forms given here carry what was typed and what is wrong with it."""
    marks = list(visit.damage_marks.all())
    editable = visit.state == State.RECEIVING and request.user.has_perm("reception.receive_visit")
    context: dict[str, Any] = {
        "visit": visit,
        "editable": editable,
        "marks": marks,
        "outline": outline({mark.zone for mark in marks}),
        "kinds": Damage.choices,
        "complaints": visit.complaints.all(),
        "missing": queries.obstacles(visit) if visit.state == State.RECEIVING else [],
        "earlier": queries.history(visit)[:5],
        "links": web.links("visit", visit.pk, request.user),
        "moves": visit.moves.select_related("by"),
        "may_leave": LEAVE.possible(visit) and request.user.has_perm("reception.receive_visit"),
        "damage_form": DamageForm(),
        "complaint_form": ComplaintForm(),
        "condition_form": ConditionForm(instance=visit),
        "sign_form": IntakeSignatureForm(initial={"signer_name": visit.customer.name}),
        "leave_form": LeaveForm(),
    }
    return context | forms


def answer(request: HttpRequest, visit: Visit, part: str, **forms: Any) -> HttpResponse:
    """Answer a press on the intake screen: its own part over HTMX, the whole page without scripts."""
    wrong = [form for form in forms.values() if form.errors]
    if not request.htmx and not wrong:  # type: ignore[attr-defined]
        return redirect("reception:intake", visit.pk)
    name = f"reception/{part}_part.html" if request.htmx else "reception/intake.html"  # type: ignore[attr-defined]
    context = intake_context(request, visit, **forms)
    # A part brings the list of gaps along, out of band; on the whole page the list has its own place.
    context["swapped"] = bool(request.htmx) and part != "missing"  # type: ignore[attr-defined]
    response = render(request, name, context, status=422 if wrong else 200)
    if request.htmx and part == "condition":  # type: ignore[attr-defined]  # the form speaks up in its own place, not where the list of gaps stands
        return reswap(retarget(response, "#condition-card"), "innerHTML")
    return response
