"""The cashier's desk: what is to be paid, one sheet, giving back, the day."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealership import money
from dealership.web import allow, bound, done, form_status, store_of, typed
from dealership.workflow import NotAllowed
from reception.models import Visit
from workorders import queries
from workorders.forms.money import CloseForm, FloatForm, InvoiceForm, PayForm, RefundForm
from workorders.models import CashShift, Payer, Payment, PaymentMethod, Refund, Settlement
from workorders.operations import cashier as desk
from workorders.operations import till


@dataclass(frozen=True)
class Guest:
    """Whom the cashier has before him: the car, and the customer as he wishes to be named in public."""

    plate: str
    name: str


def guest(visit: Visit) -> Guest:
    plate = visit.vehicle.plate_shown or str(visit.vehicle)
    return Guest(plate, visit.customer.board_name(plate))


@allow("workorders.take_payment")
def cashier(request: Any) -> HttpResponse:
    """List what customers owe and what they paid too much (2.6.8.1)."""
    store = store_of(request)
    due = [(sheet, guest(sheet.order.visit)) for sheet in queries.money.to_pay(store)]
    too_much = [(one, guest(one.order.visit), one.payments) for one in queries.money.to_give_back(store)]
    words = typed(request, "q")
    context = {
        "due": due,
        "too_much": too_much,
        "paid": [
            (sheet, guest(sheet.order.visit)) for sheet in queries.money.paid_sheets(store, timezone.now(), words)
        ],
        "words": words,
        "days": len(queries.till.open_shifts(store, request.user)),
    }
    return render(request, "workorders/cashier.html", context)


def sheet_for(request: Any, pk: int) -> Settlement:
    found = Settlement.objects.filter(order__store__in=request.user.stores.all(), payer=Payer.CUSTOMER, reverses=None)
    beside = ["sheet", "balance", "order__store", "order__visit__vehicle", "order__visit__customer"]
    return get_object_or_404(found.select_related(*beside), pk=pk)


@allow("workorders.take_payment")
def pay(request: Any, pk: int) -> HttpResponse:
    """Take the money for one sheet; the change is the first thing the cashier reads."""
    sheet = sheet_for(request, pk)
    form = bound(PayForm, request, due_fen=sheet.due_fen, method=sheet.order.payment_method)
    if request.method == "POST" and form.is_valid():
        try:
            payment = desk.pay(sheet, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            if not sheet_for(request, pk).due_fen:
                raise  # somebody was faster: the form no longer fits
            form.add_error("received_fen", str(refusal))
        else:  # the same form sent twice, too: it finds its payment
            return done(request, taken_sentence(payment), "workorders:pay", pk)
    return shown(request, sheet, pay_form=form, status=form_status(form))


def shown(request: Any, sheet: Settlement, status: int = 200, **forms: Any) -> HttpResponse:
    payments = list(queries.money.payments_of(sheet.order))
    invoice = sheet.invoices.select_related("by").last()
    said = {name: getattr(invoice, name) for name in ("number", "title", "tax_number")} if invoice else None
    context = {
        "sheet": sheet,
        "guest": guest(sheet.order.visit),
        "payments": payments,
        "last": payments[-1] if payments else None,
        "gate_pass": queries.gate.pass_of(sheet.order.visit),
        "invoice": invoice,
        "invoice_form": InvoiceForm(initial=said),
        "may_refund": sheet.live and bool(sheet.balance.credit_fen),
        "pay_form": PayForm(due_fen=sheet.due_fen, method=sheet.order.payment_method),
    }
    return render(request, "workorders/pay.html", context | forms, status=status)


def taken_sentence(payment: Payment) -> str:
    sums = {"amount": money.written(payment.amount_fen), "change": money.written(payment.change_fen)}
    due = Settlement.objects.select_related("balance").get(pk=payment.settlement_id).due_fen
    if due:
        return _("Taken: %(amount)s. Still due: %(due)s.") % (sums | {"due": money.written(due)})
    return _("Taken: %(amount)s. Change: %(change)s.") % sums


@allow("workorders.take_payment")
@require_POST
def invoice(request: Any, pk: int) -> HttpResponse:
    sheet, form = sheet_for(request, pk), InvoiceForm(request.POST)
    if not form.is_valid():
        return shown(request, sheet, status=422, invoice_form=form)
    desk.note_invoice(sheet, **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("The invoice is noted."), "workorders:pay", pk)


@allow("workorders.refund_credit")
def refund(request: Any, pk: int) -> HttpResponse:
    """Give back money of one payment."""
    found = Payment.objects.select_related("settlement__order__visit__vehicle", "settlement__order__visit__customer")
    payment = get_object_or_404(found, pk=pk, settlement__order__store__in=request.user.stores.all())
    left, most, too_much = queries.money.to_give(payment, request.user)
    usual = payment.method if payment.method in PaymentMethod.values else PaymentMethod.CASH.value
    initial = {"method": usual, "amount_fen": money.yuan(min(left, too_much))}
    form = RefundForm(request.POST) if request.method == "POST" else RefundForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            given = desk.refund(payment, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("amount_fen", str(refusal))
        else:
            return done(request, given_sentence(given), request.path)
    context = {"payment": payment, "guest": guest(payment.settlement.order.visit), "left": left, "most": most}
    context |= {"form": form, "refunds": payment.refunds.select_related("by")}
    return render(request, "workorders/refund.html", context, status=form_status(form))


def given_sentence(given: Refund) -> str:
    facts = {"amount": money.written(given.amount_fen), "who": given.shift.cashier.full_name}
    if given.method == PaymentMethod.CASH and given.shift.cashier_id != given.by_id:
        return _("Given back: %(amount)s, out of the drawer of %(who)s.") % facts
    return _("Given back: %(amount)s.") % facts


@allow("workorders.close_day")
def day(request: Any) -> HttpResponse:
    """Show the days this person has still to count; a manager's page shows everybody's."""
    return days(request)


def days(
    request: Any, status: int = 200, refused: CloseForm | None = None, pk: int = 0, float_form: FloatForm | None = None
) -> HttpResponse:
    everybody = request.user.has_perm("workorders.view_dayclose")
    shifts = queries.till.open_shifts(store_of(request), None if everybody else request.user)
    rows = [
        (shift, found, queries.till.expected_cash(shift, found), refused if refused and shift.pk == pk else CloseForm())
        for shift, found in queries.till.counts_of(list(shifts))
    ]
    return render(
        request, "workorders/day.html", {"rows": rows, "float_form": float_form or FloatForm()}, status=status
    )


@allow("workorders.take_payment")
@require_POST
def float_(request: Any) -> HttpResponse:
    form = FloatForm(request.POST)
    if not form.is_valid():
        return days(request, status=422, float_form=form)
    till.set_float(store_of(request), **form.cleaned_data, by=request.user, at=timezone.now())
    return done(request, _("The float is noted."), "workorders:day")


@allow("workorders.close_day")
@require_POST
def close_day(request: Any, pk: int) -> HttpResponse:
    """Close one day with what was counted; a difference without its reason comes back."""
    shift = get_object_or_404(CashShift, pk=pk, store__in=request.user.stores.all())
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            close = till.close_day(shift, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            if shift.closed or CashShift.objects.filter(pk=pk, close__isnull=False).exists():
                raise
            form.add_error("reason", str(refusal))
        else:
            return done(request, _("The day is closed."), "paperwork:document", close.paper_id)
    return days(request, status=422, refused=form, pk=pk)
