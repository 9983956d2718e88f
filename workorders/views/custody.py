"""Key and papers from hand to hand, differences from the reception form, and what a desk has to see."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership.web import allow, done
from dealership.workflow import NotAllowed
from workorders import queries
from workorders.forms.workshop import DifferenceForm, GiveForm
from workorders.models import Alert, Difference, Handover
from workorders.operations import alerts, custody
from workorders.views.board import order_of, show


@allow("workorders.view_workorder")
@require_POST
def give(request: Any, pk: int) -> HttpResponse:
    """Give key and papers on to the next desk; which one follows from where they are."""
    order = order_of(request, pk)
    form = GiveForm(request.POST, order=order)
    leg = queries.may_give(request.user, order, queries.custody(order))
    if not leg:
        raise NotAllowed(_("Key and papers are not yours to give on right now."))
    if not form.is_valid():
        return show(request, order, status=422, give_form=form)
    custody.give(order, leg, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("Given on; the other side confirms."), "workorders:order", pk)


def handover_of(request: Any, pk: int) -> Handover:
    found = Handover.objects.select_related("order__store", "given_by")
    return get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())


@allow("workorders.view_workorder")
@require_POST
def take(request: Any, pk: int) -> HttpResponse:
    """Confirm that key and papers are here, with what differs from the form where something does."""
    handover, form = handover_of(request, pk), DifferenceForm(request.POST)
    if not form.is_valid():
        return show(request, order_of(request, handover.order_id), status=422, difference_form=form)
    custody.take(handover, difference=form.cleaned_data["difference"], by=request.user, at=timezone.now())
    return done(request, _("Key and papers are yours now."), "workorders:order", handover.order_id)


@allow("workorders.view_workorder")
@require_POST
def withdraw(request: Any, pk: int) -> HttpResponse:
    handover = handover_of(request, pk)
    custody.withdraw(handover, by=request.user, at=timezone.now())
    return done(request, _("Taken back."), "workorders:order", handover.order_id)


@allow("workorders.hand_to_workshop")
@require_POST
def answer_difference(request: Any, pk: int) -> HttpResponse:
    """Answer a difference; the workshop may begin."""
    found = Difference.objects.select_related("order")
    difference = get_object_or_404(found, pk=pk, order__store__in=request.user.stores.all())
    words, order_pk = request.POST.get("answer", ""), difference.order_id
    try:
        custody.answer_difference(difference, answer=words, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        said = {"refused_difference": pk, "refusal": str(refusal), "typed": words}
        return show(request, order_of(request, order_pk), status=422, **said)
    return done(request, _("Answered; the workshop sees it."), "workorders:order", order_pk)


@allow("workorders.see_alert")
@require_POST
def see(request: Any, pk: int) -> HttpResponse:
    """Note that somebody of the desk has seen what it was told, and lead to the order."""
    alert = get_object_or_404(Alert, pk=pk, order__store__in=request.user.stores.all())
    alerts.see(alert, by=request.user, at=timezone.now())
    return done(request, _("Seen."), "workorders:order", alert.order_id)
