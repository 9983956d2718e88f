"""What people type into the order's forms, and how the answers are read."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.urls import reverse

from tests import factories
from workorders import queries
from workorders.forms.signing import SignForm
from workorders.forms.walk import WalkForm
from workorders.models import WorkOrder
from workorders.operations import delivery

HOUR = timedelta(hours=1)


def address(name, order):
    return reverse(f"workorders:{name}", args=[order.pk, "part", 1] if name == "remove_line" else [order.pk])


def text(answer):
    return answer.content.decode()


def state_of(order):
    return WorkOrder.objects.get(pk=order.pk).state


def wrong(answer, form="step_form"):
    """Return {field: sentences} of the form that came back."""
    assert answer.status_code == 422
    return answer.context[form].errors


def signing(**values):
    return {
        "promised_at": "2026-11-25T16:30",
        "promise_reason": "",
        "order_class": "general",
        "payment_method": "alipay",
        "old_parts": "look",
        "phone_checked": "on",
        "told": "on",
        "signer_name": "王小二",
        "signature": factories.signature_data_url(),
    } | values


def drawn(values):
    """Return what the page keeps of its fields when somebody signs on it."""
    return urlencode({name: values[name] for name in SignForm.under if name in values})


def showing(**values):
    """What is ticked and typed at the car; the lines of an `order` are ticked too."""
    order = values.pop("order", None)
    lines = [WalkForm.key(line) for line in queries.leaving.charged(order)] if order else []
    said = {"next_service_on": "2027-05-24", "next_service_km": "22000", "advice": "前轮胎", "next_visit": "remind"}
    return dict.fromkeys([*delivery.STEPS, *lines], "on") | said | values


def settling(**values):
    return {"explained": "on", "signer_name": "王小二", "signature": factories.signature_data_url()} | values


def paying(received, method="cash", key=None):
    return {"method": method, "received_fen": received, "request_key": str(key or uuid4())}
