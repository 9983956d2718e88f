"""The workshop's figures in the back office: versions with a reason, what does not fit refused beside the field."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from tests import factories
from workorders.models import WorkshopRules
from workorders.queries.rules import rules_on

ADD = "admin:workorders_workshoprules_add"
TYPED = {
    "valid_from": "2026-11-24", "reason": "试行", "call_minutes": 20, "relay_minutes": 5, "manager_mode": "approve",
    "manager_from": "12000.50", "progress_from": 60, "progress_to": 75, "untouched_minutes": 90, "long_job_hours": 24,
    "left_days": 3, "discount_advisor": 5, "discount_manager": 20, "gate_pass_hours": 12,
    "ready_minutes": 15, "peak_windows": "16:30-18:00",
}  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def manager(client, crew, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: factories.TUESDAY_NINE)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    crew.after_sales_manager.is_staff = True
    crew.after_sales_manager.save()
    client.force_login(crew.after_sales_manager)
    return client


def refused(answer):
    assert answer.status_code == 200
    assert not WorkshopRules.objects.filter(reason="试行").exists()
    return answer.context["adminform"].form.errors


def test_a_manager_gives_the_workshop_new_figures(manager, crew):
    assert 'value="70"' in manager.get(reverse(ADD)).content.decode()
    assert manager.post(reverse(ADD), TYPED | {"store": crew.store.pk}).status_code == 302
    made = rules_on(crew.store, date(2026, 11, 24))
    assert (made.progress_from, made.manager_from_fen, made.by) == (60, 1_200_050, crew.after_sales_manager)
    assert 'value="12000.5' in manager.get(reverse(ADD)).content.decode()  # the next begin with what is in force
    page = manager.get(reverse("admin:workorders_workshoprules_change", args=[made.pk])).content.decode()
    assert 'name="progress_from"' not in page  # in force: read, not rewritten
    assert "12,000.50" in page


@pytest.mark.parametrize(("change", "field", "sentence"), [
    ({"reason": ""}, "reason", "required"),
    ({"manager_from": "0"}, "manager_from", "greater than or equal to 0.01"),
    ({"progress_from": 75}, "progress_from", "to a later one"),
    ({"left_days": 0}, "left_days", "greater than or equal to 1"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_beside_its_field(manager, crew, change, field, sentence):
    errors = refused(manager.post(reverse(ADD), TYPED | {"store": crew.store.pk} | change))
    assert list(errors) == [field]
    assert sentence in errors[field][0]


@pytest.mark.parametrize(("day", "sentence"), [
    ("2026-11-23", "begin today at the earliest"), ("2026-11-24", "rules from this day already"),
])  # fmt: skip
def test_a_day_that_cannot_be_is_refused_beside_it(manager, crew, day, sentence):
    WorkshopRules.objects.create(store=crew.store, valid_from=date(2026, 11, 24))
    errors = refused(manager.post(reverse(ADD), TYPED | {"store": crew.store.pk, "valid_from": day}))
    assert list(errors) == ["valid_from"]
    assert sentence in errors["valid_from"][0]


def test_the_foreman_does_not_change_them(manager, crew):
    crew.foreman.is_staff = True
    crew.foreman.save()
    manager.force_login(crew.foreman)
    assert manager.get(reverse(ADD)).status_code == 403
