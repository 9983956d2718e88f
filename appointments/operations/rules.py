"""Changing the figures of the booking desk: a new version from a day on, never a rewritten one (B.3)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.models import BookingRules
from appointments.models.rules import ALWAYS
from dealership import workflow
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed


def hold_rules(store: Store) -> None:
    """Make others who change this store's rules wait until this transaction ends."""
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)


@transaction.atomic
def change_rules(rules: BookingRules, *, by: User, at: datetime) -> BookingRules:
    """Let a new version begin on its day, today at the earliest; what is not in force yet may be replaced.

    Raises NotAllowed for a day that is over or a missing reason, ValidationError for figures that do not fit.
    """
    workflow.require(by, "appointments.add_bookingrules")
    hold_rules(rules.store)
    today = at.astimezone(rules.store.zone).date()
    if BookingRules.objects.filter(pk=rules.pk, valid_from__lte=today).exists():
        raise NotAllowed(_("These rules are in force already. Please add new ones that begin on a later day."))
    first = not BookingRules.objects.filter(store=rules.store).exclude(pk=rules.pk).exists()
    if first and rules.valid_from < today:
        rules.valid_from = ALWAYS  # the first rules of a store hold for what is booked already, too
    elif rules.valid_from < today:
        raise NotAllowed(_("New rules begin today at the earliest: what was promised under the old ones stays."))
    if not rules.reason.strip():
        raise NotAllowed(_("Write down why the rules are changed."))
    rules.by, rules.at = by, at
    rules.full_clean()
    rules.save()
    return rules
