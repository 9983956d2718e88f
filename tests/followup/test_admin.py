"""The back office: managers change rules within their order; tasks are looked at, of the own stores only."""

import pytest
from django.urls import reverse

from followup import operations
from followup.models import Code, ContactRule
from tests.followup import house
from tests.followup.house import RELEASED, china

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(db):
    return ContactRule.objects.get(code=Code.CALL)


def address(thing, act="change"):
    return reverse(f"admin:followup_{thing._meta.model_name}_{act}", args=[thing.pk])


def typed(rule, **changes):
    return {
        "own_name": "",
        "active": "on",
        "not_before_amount": 2,
        "not_before_unit": "days",
        "target_amount": 3,
        "target_unit": "days",
        "limit_amount": 5,
        "limit_unit": "days",
        "roll_earlier": "on",
        "use_convenient_time": "on",
        "caller_roles": rule.caller_roles,
        "advisors_barred": "on",
        "survey_required": "on",
        "retry_after": "03:00:00",
    } | changes


def test_a_manager_changes_a_rule(rule, manager, client):
    client.force_login(manager)
    response = client.post(address(rule), typed(rule, limit_amount=4, caller_roles=["technician"]))
    assert response.status_code == 302
    rule.refresh_from_db()
    assert (rule.limit_amount, rule.caller_roles) == (4, ["technician"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"target_amount": 1}, "target_amount"),
        ({"limit_amount": 2}, "limit_amount"),
        ({"caller_roles": []}, "caller_roles"),
    ],
    ids=str,
)
def test_a_rule_out_of_order_comes_back_with_the_reason(rule, manager, client, changes, field):
    client.force_login(manager)
    response = client.post(address(rule), typed(rule, **changes))
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    rule.refresh_from_db()
    assert (rule.target_amount, rule.limit_amount) == (3, 5)


@pytest.mark.clause("3.6.1.3")
def test_nobody_switches_off_the_ban_on_who_served(rule, manager, client):
    client.force_login(manager)
    client.post(address(rule), typed(rule, actor_constraint="none", channel="letter", code="CARE-2M"))
    rule.refresh_from_db()
    assert (rule.actor_constraint, rule.channel, rule.code) == ("not_serving_advisor", "call", Code.CALL)


def test_no_rule_is_added_or_deleted(rule, manager, client):
    client.force_login(manager)
    assert client.get(reverse("admin:followup_contactrule_add")).status_code == 403
    assert client.post(address(rule, "delete")).status_code == 403


@pytest.mark.clause("3.6.1.3")
def test_tasks_are_read_and_never_changed(visit, advisor, manager, client):
    operations.sweep(RELEASED)
    operations.sweep(china(3, 4, 17))
    task = house.task(visit)
    operations.record_call(task, outcome="no_answer", by=house.clerk(visit.store), at=china(3, 4, 17), note="占线")
    client.force_login(manager)
    assert client.get(reverse("admin:followup_followuptask_changelist")).status_code == 200
    shown = client.get(address(task))
    assert shown.status_code == 200
    assert "占线" in shown.content.decode()
    refused = client.post(address(task), {"assigned_to": advisor.pk, "state": "done", "done_by": advisor.pk})
    assert refused.status_code == 403
    assert client.post(address(task, "delete")).status_code == 403
    task.refresh_from_db()
    assert (task.assigned_to, task.state) == (None, "due")


def test_tasks_of_another_store_are_not_shown(store, manager, client):
    other = house.store("YY")
    visit = house.visit(other, house.advisor(other))
    operations.sweep(RELEASED)
    client.force_login(manager)
    assert list(client.get(reverse("admin:followup_followuptask_changelist")).context["cl"].queryset) == []
    assert client.get(address(house.task(visit))).status_code == 302
