"""Parts asked of other stores of the group, and given to them."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dealership import web
from dealership.catalogue import queries, states
from dealership.catalogue.forms import RefuseForm, TransferForm
from dealership.catalogue.models import Part, Transfer
from dealership.catalogue.operations import transfers as operations
from dealership.catalogue.ways import ways
from dealership.workflow import NotAllowed

MAY = states.MAY


def listed(request: Any, status: int = 200, **refused: Any) -> HttpResponse:
    store = web.store_of(request)
    rows = [
        {
            "transfer": one,
            "theirs": one.asking_id == store.pk,
            "acts": {step.name for step in steps(one, store) if step.possible(one)},
            "last": list(one.moves.all())[-1],
        }
        for one in queries.transfers(store)
    ]
    context = {"rows": rows, "ways": ways(request), "today": timezone.localdate()} | refused
    return web.page(request, "catalogue/transfers.html", context, status=status)


def steps(one: Transfer, store: Any) -> list[Any]:
    return states.ASKING if one.asking_id == store.pk else states.GIVING


@require_safe
@web.allow(MAY)
def transfers(request: Any) -> HttpResponse:
    """What goes between this store and the others."""
    return listed(request)


@require_http_methods(["GET", "HEAD", "POST"])
@web.allow(MAY)
def ask(request: Any) -> HttpResponse:
    """Ask another store for a part."""
    store, typed = web.store_of(request), {name: web.typed(request, name) for name in ("part", "quantity", "note")}
    part = Part.objects.filter(number=typed["part"]).first()
    form = web.bound(
        TransferForm, request, stores=queries.siblings_with(store, part), today=timezone.localdate(), initial=typed
    )
    if form.is_bound and form.is_valid():
        try:
            asked = operations.ask_for(store, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            facts = {"part": asked.part.name, "quantity": asked.quantity, "store": asked.giving.name}
            sentence = _("%(store)s is asked for %(part)s × %(quantity)d.") % facts
            return web.done(request, sentence, "catalogue:transfers")
    context = {"form": form, "ways": ways(request)}
    return web.page(request, "catalogue/ask_store.html", context, status=web.form_status(form))


def transfer_here(request: Any, pk: int) -> Transfer:
    store = web.store_of(request)
    mine = Transfer.objects.filter(Q(asking=store) | Q(giving=store))
    return get_object_or_404(mine.select_related("asking", "giving", "part"), pk=pk)


ACTS = {
    "agree": operations.agree,
    "send": operations.send,
    "receive": operations.receive,
    "withdraw": operations.withdraw,
}


@require_POST
@web.allow(MAY)
def act(request: Any, pk: int, step: str) -> HttpResponse:
    """Agree, send off, receive or withdraw."""
    asked = transfer_here(request, pk)
    ACTS[step](asked, by=request.user, at=timezone.now())
    facts = {"part": asked.part.name, "quantity": asked.quantity, "state": asked.get_state_display()}
    return web.done(request, _("%(part)s × %(quantity)d: %(state)s") % facts, "catalogue:transfers")


@require_POST
@web.allow(MAY)
def refuse(request: Any, pk: int) -> HttpResponse:
    asked, form = transfer_here(request, pk), RefuseForm(request.POST)
    if not form.is_valid():
        return listed(request, status=422, refused=asked, refusal=form.errors["reason"][0], typed=form.data)
    operations.refuse(asked, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    sentence = _("%(store)s is told that it cannot have %(part)s.")
    return web.done(request, sentence % {"store": asked.asking.name, "part": asked.part.name}, "catalogue:transfers")
