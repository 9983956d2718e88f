"""A paper as it was issued: to read, to print, with its signatures."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import select_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealership.paperwork import codes, operations, queries
from dealership.paperwork.forms import CopyForm, SigningForm
from dealership.paperwork.kinds import INTERNAL, Copy
from dealership.web import allow, bound, done, form_status
from dealership.workflow import NotAllowed

private = cache_control(private=True, no_store=True)


@require_GET
@private
@allow("paperwork.view_issueddocument")
def document(request: Any, pk: int) -> HttpResponse:
    """Show one paper in the language it was issued in, ready to be printed."""
    papers = queries.readable_by(request.user).select_related("store", "issued_by")
    paper = get_object_or_404(papers, pk=pk)
    template = select_template([f"paperwork/{paper.kind}.html", "paperwork/document.html"]).template.name
    signatures = list(paper.signatures.select_related("witness"))
    genuine = operations.verify(paper)
    return render(
        request,
        template,
        {
            "paper": paper,
            "signatures": signatures,
            "genuine": genuine,
            "copy": dict(Copy.choices).get(request.GET.get("copy", "")),
            "copies": [one for one in Copy.choices if paper.kind not in INTERNAL or one[0] == Copy.STORE],
            "may_send": paper.kind not in INTERNAL and request.user.has_perm("paperwork.read_visits"),
            "prints": list(paper.prints.select_related("printed_by")),
            "by_hand": queries.signs_by_hand(paper, signatures),
            "may_sign": bool(queries.left_open(paper, signatures))
            and request.user.has_perm("paperwork.take_signature"),
        },
    )


@require_POST
@allow("paperwork.view_issueddocument")
def print_copy(request: Any, pk: int) -> HttpResponse:
    """Note the printing and lead back to the sheet; print.js opens the browser's dialog there."""
    paper = get_object_or_404(queries.readable_by(request.user), pk=pk)
    note = operations.record_print(paper, copy=request.POST.get("copy", ""), by=request.user, at=timezone.now())
    return redirect(reverse("paperwork:document", args=[pk]) + f"?copy={note.copy}#print")


@require_http_methods(["GET", "POST"])
@private
@allow("paperwork.take_signature")
def sign(request: Any, pk: int) -> HttpResponse:
    """Let the customer sign now what he would not or could not sign when it was issued."""
    paper = get_object_or_404(queries.readable_by(request.user).select_related("store"), pk=pk)
    open_record = queries.left_open(paper, paper.signatures.select_related("witness"))
    if request.method == "GET" and open_record is None:
        return redirect("paperwork:document", pk)
    initial = {"signer_name": open_record.signer_name if open_record else ""}
    form = bound(SigningForm, request, store=paper.store, by=request.user, unsigned=(), initial=initial)
    if form.is_valid():
        operations.sign_later(paper, form.outcome(), by=request.user, at=timezone.now())
        return done(request, _("The paper is signed."), "paperwork:document", pk)
    context = {"paper": paper, "record": open_record, "form": form}
    return render(request, "paperwork/sign.html", context, status=form_status(form))


@require_http_methods(["GET", "POST"])
@private
@allow("paperwork.view_issueddocument")
def send(request: Any, pk: int) -> HttpResponse:
    """Send the customer his copy where he wishes it, and show where it went already; who takes money sends none."""
    if not request.user.has_perm("paperwork.read_visits"):
        raise NotAllowed(_("Your role does not allow this."))
    paper = get_object_or_404(queries.readable_by(request.user).select_related("store"), pk=pk)
    customer = queries.addressee(paper)
    form = bound(CopyForm, request, initial={"address": customer.email if customer else ""})
    if form.is_valid():
        sent = operations.send_copy(paper, address=form.cleaned_data["address"], by=request.user, at=timezone.now())
        told = _("Copy to %(address)s: %(state)s.") % {"address": sent.recipient, "state": sent.get_state_display()}
        return done(request, told, "paperwork:document", pk)
    context = {"paper": paper, "customer": customer, "form": form, "copies_sent": queries.copies_sent(paper)}
    return render(request, "paperwork/send.html", context, status=form_status(form))


@require_GET
@private
@allow("paperwork.view_issueddocument")
def signature(request: Any, pk: int) -> HttpResponse:
    """Answer a signature's picture to those who may read the paper it stands under."""
    signed = get_object_or_404(queries.signatures_readable_by(request.user), pk=pk, unsigned="")
    response = HttpResponse(bytes(signed.image or b""), content_type="image/png")
    response["Content-Disposition"] = f'inline; filename="signature-{signed.pk}.png"'
    return response


@require_GET
@private
@allow("paperwork.view_issueddocument")
def code(request: Any, pk: int) -> HttpResponse:
    """Answer the QR code that leads from the printed sheet back to this page."""
    paper = get_object_or_404(queries.readable_by(request.user), pk=pk)
    address = request.build_absolute_uri(reverse("paperwork:document", args=[paper.pk]))
    return HttpResponse(codes.drawn(address, scale=3, border=2), content_type="image/svg+xml")


@require_GET
@private
@allow("paperwork.view_issueddocument")
def content_code(request: Any, pk: int) -> HttpResponse:
    """Answer the QR code the paper itself carries, as a gate pass does."""
    paper = get_object_or_404(queries.readable_by(request.user), pk=pk)
    if not paper.content.get("code"):
        raise Http404
    drawn = codes.drawn(paper.content["code"]["address"], scale=6, border=4)
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_GET
@private
@allow("paperwork.view_issueddocument")
def page_css(request: Any, pk: int) -> HttpResponse:
    """Answer the foot of every printed page: only a style sheet can write there, and ours are not inline."""
    paper = get_object_or_404(queries.readable_by(request.user), pk=pk)
    foot = quoted(f"{paper.number} · {paper.short_fingerprint}")
    rule = f"@page {{ @bottom-left {{ content: {foot}; color: #444; font: 8.5pt sans-serif; }} }}\n"
    return HttpResponse(rule, content_type="text/css; charset=utf-8")


def quoted(text: str) -> str:
    """Write a text as a string of CSS; whatever is neither letter nor digit is written by its number."""
    signs = (sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):06x}" for sign in text)
    return '"' + "".join(signs) + '"'
