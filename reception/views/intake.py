"""The intake screen, saved as you go: every press keeps its own small part, so a phone call loses nothing."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from dealership import web
from dealership.customers.errors import Misfit
from dealership.customers.models import Customer
from dealership.web import allow, done
from dealership.workflow import NotAllowed
from reception import operations, queries
from reception.forms.intake import IntakeSigningForm, LeaveForm
from reception.models import Damage, DamageMark, Fuel, Photo, Purpose, Result, VinSource, Visit
from reception.outline import outline, pins
from reception.states import LEAVE, State
from reception.views.presses import PRESSES
from reception.views.visits import SEEN, visit_of

PARTS = ["covers", "car", "walk", "words", "things"]
STEPS = {
    "covers": gettext_lazy("Covers"),
    "car": gettext_lazy("Car"),
    "walk": gettext_lazy("Walk-round"),
    "words": gettext_lazy("Customer's words"),
    "things": gettext_lazy("Things and papers"),
    "sign": gettext_lazy("Signature"),
}


@allow("reception.view_visit")
def intake(request: Any, pk: int) -> HttpResponse:
    """Everything about this visit on one screen; closed once the customer signed."""
    visit = visit_of(request, pk, *SEEN)
    return render(request, "reception/intake.html", intake_context(request, visit))


@allow("reception.receive_visit")
@require_POST
def press(request: Any, pk: int, what: str) -> HttpResponse:
    """Keep one answer. What cannot be kept is said beside it; what may not be done, above the form."""
    visit, kind, said = visit_of(request, pk, *SEEN), PRESSES[what], ""
    form = kind.form(request.POST, request.FILES, visit=visit, auto_id=f"{what}_%s")
    if form.is_valid():
        try:
            kind.act(visit, **facts_of(form), by=request.user, at=timezone.now())
        except Misfit as misfit:
            wrong = ValidationError(str(misfit), code=type(misfit).__name__)
            form.add_error(misfit.field if misfit.field in form.fields else None, wrong)
        except NotAllowed as refusal:
            said = str(refusal)
    if said or form.errors:
        visit = visit_of(request, pk, *SEEN)  # as it is stored, not as the refused answer would have it
    return answer(request, visit, kind.part, said, **({what: form} if form.errors else {}))


def facts_of(form: Any) -> dict[str, Any]:
    """Return the clean values the operation takes; an empty key is none."""
    return {name: value for name, value in form.cleaned_data.items() if name != "request_key" or value is not None}


@allow("reception.receive_visit")
@require_POST
def undamage(request: Any, pk: int, mark: int) -> HttpResponse:
    visit = visit_of(request, pk, *SEEN)
    found = DamageMark.objects.filter(pk=mark, visit=visit).select_related("visit").first()
    if found is not None:  # pressed twice: it is gone already
        operations.unmark_damage(found, by=request.user, at=timezone.now())
    return answer(request, visit_of(request, pk, *SEEN), "walk")


@allow("reception.receive_visit")
@require_POST
def remove_photo(request: Any, pk: int, photo: int) -> HttpResponse:
    found = Photo.objects.filter(pk=photo, visit=visit_of(request, pk)).select_related("visit").first()
    if found is not None:  # pressed twice: it is gone already
        operations.remove_photo(found, by=request.user)
    return answer(request, visit_of(request, pk, *SEEN), "walk")


@require_GET
@cache_control(private=True, no_store=True)
@allow("reception.view_visit")
def photo(request: Any, pk: int) -> HttpResponse:
    """Answer a picture to those who may see its visit; nobody reaches the file by itself."""
    found = get_object_or_404(Photo, pk=pk, visit__store__in=request.user.stores.all())
    with found.picture.open("rb") as file:
        return HttpResponse(file.read(), content_type="image/jpeg")


@allow("reception.receive_visit")
@require_POST
def sign(request: Any, pk: int) -> HttpResponse:
    """The customer signs what the screen shows; where it changed meanwhile he is shown it again."""
    visit = visit_of(request, pk, *SEEN)
    form, status = signing(request, visit, request.POST), 422
    if form.is_valid():
        seen = request.POST.get("seen")
        try:
            operations.sign_intake(visit, outcome=form.outcome(), seen=seen, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            if visit.state != State.RECEIVING:
                raise
            if isinstance(refusal, operations.IntakeChanged):
                form, status = signing(request, visit, request.POST.dict() | {"signature": "", "drawn": ""}), 409
            form.add_error(None, str(refusal))
        else:
            answer = closed(request, visit)
            return HttpResponseClientRedirect(answer["Location"]) if request.htmx else answer
    return render(request, "reception/intake.html", intake_context(request, visit, sign=form), status=status)


def closed(request: Any, visit: Visit) -> HttpResponse:
    """Say that the customer signed, or that he did not, why, and who saw it; lead back to the screen."""
    record = queries.unsigned(visit)
    if record is None:
        return done(request, _("The reception form is signed."), "reception:intake", visit.pk)
    sentence = _("Noted: the customer did not sign (%(how)s): %(reason)s (witness: %(witness)s)")
    messages.warning(
        request,
        sentence % {"how": record.get_unsigned_display(), "reason": record.reason, "witness": record.witness},
    )
    return redirect("reception:intake", visit.pk)


@allow("reception.receive_visit")
@require_POST
def leave(request: Any, pk: int) -> HttpResponse:
    visit = visit_of(request, pk, *SEEN)
    form = LeaveForm(request.POST)
    if form.is_valid():
        operations.leave(visit, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        return done(request, _("Noted: the customer left without work."), "reception:lane")
    return render(request, "reception/intake.html", intake_context(request, visit, leave=form), status=422)


@dataclass(frozen=True)
class Point:
    """A point of the list beside the drawing; the next blank one is chosen already, its answer never is."""

    zone: str
    label: str
    result: str
    result_label: str
    chosen: bool


def points_of(visit: Visit, chosen: str) -> list[Point]:
    checks = {check.zone: check for check in visit.point_checks.all()}
    return [
        Point(
            str(zone),
            str(zone.label),
            checks[zone].result if zone in checks else "",
            checks[zone].get_result_display() if zone in checks else "",
            zone == chosen,
        )
        for zone in queries.route(visit)
    ]


def car_context(visit: Visit) -> dict[str, Any]:
    """Gather what is read from the car, and what the short form left out."""
    return {
        "fuels": Fuel.choices,
        "sources": VinSource.choices,
        "read_sources": [(source.value, source.label) for source in VinSource if source != VinSource.FILE],
        "lacks": queries.registration_lacks(visit),
        "titles": Customer.Title.choices,
    }


def walk_context(visit: Visit, form: Any) -> dict[str, Any]:
    """Gather the drawing, the list of points and the damages with their photos."""
    blank = queries.blank(visit)
    chosen = (form.data.get("zone") if form.is_bound else "") or (blank[0] if blank else "")
    results = {check.zone: check.result for check in visit.point_checks.all()}
    return {
        "points": points_of(visit, chosen),
        "outline": outline(results),
        "pins": pins(visit.damage_marks.all(), visit.photos.all()),
        "blank": len(blank),
        "lift_reason": queries.lift_reason(visit),
        "found_below": queries.found_below(visit),
        "loose_photos": [photo for photo in visit.photos.all() if photo.mark_id is None],
        "kinds": Damage.choices,
        "results": [(result.value, result.label) for result in Result if result != Result.DAMAGE],
    }


def progress_context(visit: Visit) -> dict[str, Any]:
    """Gather what is done and what is missing; `seen` is what a signature given now would stand under."""
    open_ = visit.state == State.RECEIVING
    done_, unsigned = queries.steps(visit), queries.unsigned(visit)
    return {
        "steps": [
            (name, label, "unsigned" if unsigned and name == "sign" else "past" if done_[name] else "")
            for name, label in STEPS.items()
        ],
        "unsigned": unsigned,
        "missing": queries.obstacles(visit) if open_ else [],
        "warnings": queries.warnings(visit) if open_ else [],
        "seen": queries.mark_of(visit),
    }


def intake_context(request: Any, visit: Visit, **typed: Any) -> dict[str, Any]:
    """Gather the screen; forms given here carry what was typed and what is wrong with it."""
    forms = {name: press.form(visit=visit, auto_id=f"{name}_%s") for name, press in PRESSES.items()} | typed
    may = request.user.has_perm("reception.receive_visit")
    editable = visit.state == State.RECEIVING and may
    return {
        "visit": visit,
        "said": "",
        "editable": editable,
        "forms": {name.replace("-", "_"): form for name, form in forms.items()},
        "purposes": Purpose.choices,
        "may_correct_car": request.user.has_perm("customers.change_vehicle"),
        "complaints": visit.complaints.all(),
        "wishes": queries.wishes_of(visit),
        "earlier": queries.history(visit),
        "links": web.links("visit", visit.pk, request.user),
        "moves": [] if editable else visit.moves.select_related("by"),  # until he signs there is little to tell
        "may_leave": LEAVE.possible(visit) and may,
        "sign_form": forms.get("sign") or (signing(request, visit) if editable else None),
        "leave_form": forms.get("leave") or LeaveForm(),
        **car_context(visit),
        **walk_context(visit, forms["point"]),
        **progress_context(visit),
    }


def signing(request: Any, visit: Visit, data: Any = None) -> IntakeSigningForm:
    initial = {"signer_name": visit.brought_by or visit.customer.name}
    return IntakeSigningForm(data, store=visit.store, by=request.user, initial=initial)


def answer(request: Any, visit: Visit, part: str, said: str = "", **typed: Any) -> HttpResponse:
    """Answer a press: its own part and what is still missing, or without scripts the whole screen."""
    status = 409 if said else 422 if typed else 200
    if not request.htmx and status == 200:
        return redirect("reception:intake", visit.pk)
    if said and not request.htmx:
        raise NotAllowed(said)
    context = intake_context(request, visit, **typed) | {"part": part, "said": said}
    name = "reception/pressed_part.html" if request.htmx else "reception/intake.html"
    return render(request, name, context, status=status)
