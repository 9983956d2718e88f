"""Changing the figures of the workshop: a new version from a day on, never a rewritten one (B.3)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.models.rules import ALWAYS
from dealership import workflow
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from workorders.models import WorkshopRules


@transaction.atomic
def change_rules(rules: WorkshopRules, *, by: User, at: datetime) -> WorkshopRules:
    """Let a new version begin on its day, today at the earliest; what is not in force yet may be replaced.

    Raises NotAllowed for a day that is over or a missing reason, ValidationError for figures that do not fit.
    """
    workflow.require(by, "workorders.add_workshoprules")
    Store.objects.select_for_update(no_key=True).get(pk=rules.store_id)
    today = at.astimezone(rules.store.zone).date()
    if WorkshopRules.objects.filter(pk=rules.pk, valid_from__lte=today).exists():
        raise NotAllowed(_("These rules are in force already. Please add new ones that begin on a later day."))
    first = not WorkshopRules.objects.filter(store=rules.store).exclude(pk=rules.pk).exists()
    if first and rules.valid_from < today:
        rules.valid_from = ALWAYS  # the first rules of a store hold for what is in the house already, too
    elif rules.valid_from < today:
        raise NotAllowed(_("New rules begin today at the earliest: what was promised under the old ones stays."))
    if not rules.reason.strip():
        raise NotAllowed(_("Write down why the rules are changed."))
    rules.by, rules.at = by, at
    rules.full_clean()
    rules.save()
    return rules
