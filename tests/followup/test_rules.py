"""The rule table: seeded once, changed by managers, kept in order by form, operation and database."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from dealership.workflow import NotAllowed
from followup import operations
from followup.models import Code, ContactRule
from tests.followup import house

pytestmark = pytest.mark.django_db


def offsets(code):
    rule = ContactRule.objects.get(code=code)
    return [(o.amount, o.unit) for o in (rule.not_before, rule.target, rule.limit)]


@pytest.mark.clause("1.2.1.1", "1.2.5.1", "2.6.4.8", "3.6.1.1")
def test_the_rules_of_the_procedure_are_there_after_migration():
    assert offsets(Code.THANKS) == [(0, "hours"), (0, "hours"), (24, "hours")]
    assert offsets(Code.CALL) == [(2, "days"), (3, "days"), (5, "days")]
    assert offsets(Code.SECOND_CALL) == [(5, "days"), (7, "days"), (7, "days")]
    assert offsets(Code.CARE)[1:] == [(2, "months"), (2, "months")]
    for rule in ContactRule.objects.all():
        rule.full_clean()


def test_seeding_again_keeps_what_a_manager_changed():
    ContactRule.objects.filter(code=Code.CALL).update(limit_amount=4)
    ContactRule.objects.filter(code=Code.CARE).delete()
    operations.seed_rules()
    assert offsets(Code.CALL)[2] == (4, "days")
    assert ContactRule.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_flushed_database_has_its_rules_again():
    call_command("flush", interactive=False, verbosity=0)
    assert ContactRule.objects.count() == 4


def test_a_manager_changes_a_rule(manager):
    rule = ContactRule.objects.get(code=Code.CALL)
    operations.change_rule(rule, limit_amount=4, by=manager, at=house.RELEASED)
    assert offsets(Code.CALL)[2] == (4, "days")


def test_a_clerk_changes_no_rule(clerk):
    with pytest.raises(NotAllowed):
        operations.change_rule(ContactRule.objects.get(code=Code.CALL), limit_amount=4, by=clerk, at=house.RELEASED)
    assert offsets(Code.CALL)[2] == (5, "days")


@pytest.mark.parametrize(
    "changes",
    [
        {"target_amount": 1},
        {"limit_amount": 2},
        {"limit_amount": 48, "limit_unit": "hours"},
        {"caller_roles": ["astronaut"]},
        {"caller_roles": []},
        {"actor_constraint": "none"},
        {"code": Code.CARE},
    ],
    ids=str,
)
def test_a_rule_that_contradicts_itself_is_refused(manager, changes):
    rule = ContactRule.objects.get(code=Code.CALL)
    with pytest.raises(ValidationError):
        operations.change_rule(rule, by=manager, at=house.RELEASED, **changes)
    assert offsets(Code.CALL) == [(2, "days"), (3, "days"), (5, "days")]


@pytest.mark.parametrize("changes", [{"target_amount": 1}, {"limit_amount": 2}, {"actor_constraint": "none"}], ids=str)
def test_the_database_refuses_it_as_well(changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactRule.objects.filter(code=Code.CALL).update(**changes)


def test_a_rule_taken_into_use_again_does_not_reach_back(store, advisor, manager):
    rule = ContactRule.objects.get(code=Code.CARE)
    operations.change_rule(rule, active=False, by=manager, at=house.RELEASED)
    between = house.visit(store, advisor)
    operations.change_rule(rule, active=True, by=manager, at=house.RELEASED + timedelta(hours=1))
    later = house.visit(store, advisor, released_at=house.RELEASED + timedelta(hours=2))
    operations.sweep(house.RELEASED + timedelta(hours=3))
    assert not between.followup_tasks.filter(rule=rule).exists()
    assert later.followup_tasks.filter(rule=rule).count() == 1
    assert between.followup_tasks.count() == 3


def test_without_any_rule_nothing_is_planned(visit):
    ContactRule.objects.update(active=False)
    assert operations.sweep(house.RELEASED)["visits"] == 0
    assert not visit.followup_tasks.exists()
