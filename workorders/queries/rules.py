"""Which figures of the workshop a store keeps on which day."""

from datetime import date, datetime

from dealership.staff.models import Store
from workorders.models import WorkshopRules


def rules_on(store: Store, day: date) -> WorkshopRules:
    """Return the rules in force on a day; the procedure's own figures where none were entered."""
    found = WorkshopRules.objects.filter(store=store, valid_from__lte=day).order_by("-valid_from").first()
    return found or WorkshopRules(store=store)


def rules_at(store: Store, moment: datetime) -> WorkshopRules:
    return rules_on(store, moment.astimezone(store.zone).date())
