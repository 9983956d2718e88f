"""A promise that cannot be kept: the workshop says so, the customer is told, and only then it moves."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from dealership.workflow import NotAllowed
from tests import factories
from tests.workorders.extras import FOUND_AT
from tests.workorders.sheets import text
from workorders.models import Alert, WorkOrder
from workorders.operations import promise

LATER = FOUND_AT + timedelta(days=3)
TOLD = {"channel": "phone", "spoke_to": "王建国", "number": "13800000000"}


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def again(order):
    return WorkOrder.objects.get(pk=order.pk)


@pytest.mark.clause("2.4.4.1")
def test_a_delay_is_told_to_foreman_and_advisor(english, crew):
    order = factories.in_progress(crew)
    promise.report_delay(order, reason="螺栓锈死", estimate_at=LATER, by=crew.technician, at=FOUND_AT)
    told = Alert.objects.filter(order=order, about="progress")
    assert {alert.desk for alert in told} == {"foreman", "advisor"}
    assert all("螺栓锈死" in alert.words for alert in told)
    assert again(order).promised_at == order.promised_at
    with pytest.raises(NotAllowed, match="Write down why"):
        promise.report_delay(order, reason=" ", estimate_at=LATER, by=crew.technician, at=FOUND_AT)
    with pytest.raises(NotAllowed, match="still to come"):
        promise.report_delay(order, reason="x", estimate_at=FOUND_AT, by=crew.technician, at=FOUND_AT)
    with pytest.raises(NotAllowed, match="role"):
        promise.report_delay(order, reason="x", estimate_at=LATER, by=crew.service_advisor, at=FOUND_AT)
    with pytest.raises(NotAllowed):
        promise.report_delay(factories.signed(crew), reason="x", estimate_at=LATER, by=crew.technician, at=FOUND_AT)


@pytest.mark.clause("2.4.4.2")
@pytest.mark.parametrize("result", ["agreed", "refused"])
def test_the_promise_moves_once_the_customer_was_told(english, crew, result):
    order = factories.in_progress(crew)
    before = order.promised_at
    promise.move(order, LATER, result=result, by=crew.service_advisor, at=FOUND_AT, **TOLD)
    order = again(order)
    assert (order.promised_at, order.first_promised_at) == (LATER, before)
    said = order.contacts.get()
    assert (said.result, said.at, said.channel, said.finish_told_at) == (result, FOUND_AT, "phone", LATER)
    change = order.head_changes.get(field="promised_at", at=FOUND_AT)
    assert change.by == crew.service_advisor
    assert Alert.objects.filter(order=order, about="replanned", desk="foreman").count() == 1


@pytest.mark.clause("2.4.4.2")
def test_without_a_contact_the_promise_stays(english, crew):
    order = factories.in_progress(crew)
    for result in ("not_reached", "thinks"):
        promise.move(order, LATER, result=result, by=crew.service_advisor, at=FOUND_AT, channel="phone")
    with pytest.raises(NotAllowed, match="Contact the customer first"):
        promise.move(order, LATER, result="agreed", by=crew.service_advisor, at=FOUND_AT, channel="phone")
    with pytest.raises(NotAllowed, match="role"):
        promise.move(order, LATER, result="agreed", by=crew.foreman, at=FOUND_AT, **TOLD)
    with pytest.raises(NotAllowed, match="still to come"):
        promise.move(order, FOUND_AT, result="agreed", by=crew.service_advisor, at=FOUND_AT, **TOLD)
    with pytest.raises(NotAllowed, match="closed then"):
        promise.move(order, LATER.replace(hour=3), result="agreed", by=crew.service_advisor, at=FOUND_AT, **TOLD)
    assert again(order).promised_at == order.promised_at
    assert order.contacts.count() == 2
    with pytest.raises(NotAllowed):
        promise.move(factories.handed_over(crew), LATER, result="agreed", by=crew.service_advisor, at=FOUND_AT, **TOLD)


def test_the_pages_of_delay_and_promise(client, crew, time_machine):
    time_machine.move_to(FOUND_AT.astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    order = factories.in_progress(crew)
    client.force_login(crew.technician)
    delay = reverse("workorders:report_delay", args=[order.pk])
    assert "It takes longer" in text(client.get(reverse("workorders:order", args=[order.pk]), follow=True))
    wrong = client.post(delay, {"reason": "", "estimate_at": "2026-11-24T08:00"})
    assert (wrong.status_code, sorted(wrong.context["form"].errors)) == (422, ["estimate_at", "reason"])
    assert client.post(delay, {"reason": "螺栓锈死", "estimate_at": "2026-11-27T10:00"}).status_code == 302
    client.force_login(crew.service_advisor)
    page = reverse("workorders:move_promise", args=[order.pk])
    shown = client.get(page)
    assert "螺栓锈死" in text(shown)
    assert 'value="2026-11-27T10:00"' in text(shown), "the time the workshop spoke of"
    night = client.post(page, {"promised_at": "2026-11-27T03:00", "channel": "phone", "result": "agreed"})
    assert "The store is closed then" in str(night.context["form"].errors["promised_at"])
    bare = client.post(page, {"promised_at": "2026-11-27T10:00", "channel": "phone"})
    assert (bare.status_code, list(bare.context["form"].errors)) == (422, ["result"])
    nobody = client.post(page, {"promised_at": "2026-11-27T10:00", "channel": "phone", "result": "agreed"})
    assert (nobody.status_code, list(nobody.context["form"].errors)) == (422, ["spoke_to"])
    assert 'value="2026-11-27T10:00"' in text(nobody)
    said = {"promised_at": "2026-11-27T10:00", "result": "agreed", **TOLD}
    assert client.post(page, said).status_code == 302
    assert again(order).promised_at == LATER
