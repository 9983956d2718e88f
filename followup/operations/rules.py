"""The contact rules: as the procedure has them (B.2), and as a manager changes them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.utils.translation import gettext as _

from dealership import workflow
from dealership.staff.models import User
from dealership.staff.roles import Role
from followup.models import Actor, Channel, Code, ContactRule, Unit

PROCEDURE: list[dict[str, Any]] = [
    {
        "code": Code.THANKS,
        "channel": Channel.MESSAGE,
        "offsets": [(0, Unit.HOURS), (0, Unit.HOURS), (24, Unit.HOURS)],
        "caller_roles": [Role.INFORMATION_CLERK],
        "actor_constraint": Actor.NONE,
        "advisors_barred": False,
        "use_convenient_time": False,
        "survey_required": False,
        "source_clause": "1.2.1.1, 1.2.1.2",
    },
    {
        "code": Code.CALL,
        "channel": Channel.CALL,
        "offsets": [(2, Unit.DAYS), (3, Unit.DAYS), (5, Unit.DAYS)],
        "caller_roles": [Role.INFORMATION_CLERK, Role.ADVISOR_ASSISTANT, Role.TECHNICIAN],
        "source_clause": "2.6.4.8, 3.6.1.1-3.6.1.4",
    },
    {
        "code": Code.SECOND_CALL,
        "channel": Channel.CALL,
        "offsets": [(5, Unit.DAYS), (7, Unit.DAYS), (7, Unit.DAYS)],
        "caller_roles": [Role.INFORMATION_CLERK, Role.ADVISOR_ASSISTANT],
        "supersede_if_satisfied": True,
        "source_clause": "B.1 C2",
    },
    {
        "code": Code.CARE,
        "channel": Channel.CALL,
        # The procedure names no earliest day; the last ten days of the two months leave room for a good moment.
        "offsets": [(50, Unit.DAYS), (2, Unit.MONTHS), (2, Unit.MONTHS)],
        "caller_roles": [Role.SALESPERSON, Role.INFORMATION_CLERK, Role.ADVISOR_ASSISTANT],
        "repeats": True,
        "source_clause": "1.2.5.1, 1.2.5.2",
    },
]


def seed_rules(using: str = "default") -> None:
    """Add the rules of the procedure that are missing; what a manager changed stays as it is."""
    rules = [ContactRule(**fields(rule)) for rule in PROCEDURE]
    ContactRule.objects.using(using).bulk_create(rules, ignore_conflicts=True)


def fields(rule: dict[str, Any]) -> dict[str, Any]:
    (begin, begin_unit), (meant, meant_unit), (last, last_unit) = rule["offsets"]
    return {name: value for name, value in rule.items() if name != "offsets"} | {
        "not_before_amount": begin,
        "not_before_unit": begin_unit,
        "target_amount": meant,
        "target_unit": meant_unit,
        "limit_amount": last,
        "limit_unit": last_unit,
        "caller_roles": [str(role) for role in rule["caller_roles"]],
    }


def seed_after_migration(using: str = "default", **kwargs: Any) -> None:
    """Seed unless the tables were just migrated away."""
    if ContactRule._meta.db_table in connections[using].introspection.table_names():
        seed_rules(using)


@transaction.atomic
def change_rule(rule: ContactRule, *, by: User, at: datetime, **changes: Any) -> None:
    """Change a rule for the visits that end from now on; raises NotAllowed, ValidationError.

    A rule taken into use again does not reach back to the visits of the time between.
    """
    workflow.require(by, "followup.change_contactrule")
    stored = ContactRule.objects.select_for_update().get(pk=rule.pk)
    for name, value in changes.items():
        setattr(rule, name, value)
    if rule.code != stored.code:
        raise ValidationError({"code": _("The code of a rule is fixed.")})
    if rule.active and not stored.active:
        rule.valid_from = at
    rule.full_clean()
    rule.save()
