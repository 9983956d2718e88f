"""Two entries of one customer become one."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.customers.errors import CannotMerge
from dealership.customers.models import Consent, Contact, Customer, Keeping, Merge, PastOrder, Phone
from dealership.customers.signals import customers_merged
from dealership.workflow import require

FILLED = ["title", "email", "address_home", "address_work"]
JOINED = {"interests": " ", "notes": "\n", "avoid_topics": " "}
LONGEST = {"interests": 200, "avoid_topics": 200}
BIRTHDAY = ["birth_year", "birth_month", "birth_day", "birth_calendar"]
MOVED: list[type[models.Model]] = [Keeping, Contact, Consent, PastOrder]


@transaction.atomic
def merge(survivor: Customer, duplicate: Customer, *, by: Any, at: datetime) -> Merge:
    """Move everything of the duplicate to the survivor and lead every later search there.

    Upper apps move their own rows on the signal `customers_merged`. Raises CannotMerge, NotAllowed.
    """
    require(by, "customers.merge_customers")
    survivor, duplicate = _locked(survivor, duplicate)
    trail = {model.__name__.lower(): _move(model, survivor, duplicate) for model in MOVED}
    trail["phone"] = _move_phones(survivor, duplicate)
    _fill_gaps(survivor, duplicate)
    Customer.objects.filter(merged_into=duplicate).update(merged_into=survivor)
    Customer.objects.filter(pk=duplicate.pk).update(merged_into=survivor)
    merged = Merge.objects.create(survivor=survivor, duplicate=duplicate, by=by, at=at, moved=trail)
    audit.record(Act.MERGED, about=merged, by=by, at=at, survivor=survivor, duplicate=duplicate)
    customers_merged.send(sender=Customer, survivor=survivor, duplicate=duplicate, by=by, at=at)
    return merged


def _locked(survivor: Customer, duplicate: Customer) -> tuple[Customer, Customer]:
    """Lock both rows, always in the same order, so that two merges the other way round cannot deadlock."""
    if survivor.pk == duplicate.pk:
        raise CannotMerge(_("Please choose two different customers."))
    both = {
        c.pk: c for c in Customer.objects.select_for_update().filter(pk__in=[survivor.pk, duplicate.pk]).order_by("pk")
    }
    for customer in both.values():
        if customer.merged_into_id is not None:
            raise CannotMerge(_("%(name)s was already merged into another customer.") % {"name": customer.name})
    return both[survivor.pk], both[duplicate.pk]


def _move(model: type[models.Model], survivor: Customer, duplicate: Customer) -> list[int]:
    rows = model._default_manager.filter(customer=duplicate)
    moved = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.update(customer=survivor)
    return moved


def _move_phones(survivor: Customer, duplicate: Customer) -> list[int]:
    """Move the numbers the survivor does not have; his own preferred number stays the preferred one."""
    own = set(survivor.phones.values_list("number", flat=True))
    numbers = Phone.objects.filter(customer=duplicate).exclude(number__in=own)
    moved = list(numbers.order_by("pk").values_list("pk", flat=True))
    if own:
        numbers.update(preferred=False)
    Phone.objects.filter(pk__in=moved).update(customer=survivor)
    return moved


def _fill_gaps(survivor: Customer, duplicate: Customer) -> None:
    """Keep what only the duplicate knew; where both knew something, the survivor's answer stays."""
    for field in FILLED:
        if not getattr(survivor, field):
            setattr(survivor, field, getattr(duplicate, field))
    for field, separator in JOINED.items():
        parts = dict.fromkeys(filter(None, [getattr(survivor, field), getattr(duplicate, field)]))
        limit = LONGEST.get(field)
        setattr(survivor, field, separator.join(parts)[:limit])
    if not survivor.has_birthday:
        for field in BIRTHDAY:
            setattr(survivor, field, getattr(duplicate, field))
    if survivor.call_from is None:
        survivor.call_from, survivor.call_until = duplicate.call_from, duplicate.call_until
    survivor.key_account = survivor.key_account or duplicate.key_account
    survivor.save()
