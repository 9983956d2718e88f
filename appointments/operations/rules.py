"""Changing a store's figures: a new version from a day on, never a rewritten one (B.3)."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from appointments.models.rules import ALWAYS
from dealership import workflow
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed

Rules = TypeVar("Rules", bound=Model)  # BookingRules, and the workshop's: a store, a day, a reason, who and when


def hold_rules(store: Store) -> None:
    """Make others who change this store's rules wait until this transaction ends."""
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)


@transaction.atomic
def change_rules(rules: Rules, *, by: User, at: datetime) -> Rules:
    """Let a new version begin on its day, today at the earliest; what is not in force yet may be replaced.

    Raises NotAllowed for a day that is over or a missing reason, ValidationError for figures that do not fit.
    """
    version: Any = rules
    workflow.require(by, f"{version._meta.app_label}.add_{version._meta.model_name}")
    hold_rules(version.store)
    today = at.astimezone(version.store.zone).date()
    versions = type(version).objects.filter(store=version.store)
    if versions.filter(pk=version.pk, valid_from__lte=today).exists():
        raise NotAllowed(_("These rules are in force already. Please add new ones that begin on a later day."))
    first = not versions.exclude(pk=version.pk).exists()
    if first and version.valid_from < today:
        version.valid_from = ALWAYS  # the first rules of a store hold for what was agreed before, too
    elif version.valid_from < today:
        raise NotAllowed(_("New rules begin today at the earliest: what was promised under the old ones stays."))
    if not version.reason.strip():
        raise NotAllowed(_("Write down why the rules are changed."))
    version.by, version.at = by, at
    version.full_clean()
    version.save()
    return rules
