"""Which rules a store keeps on which day."""

from datetime import date

from appointments.models import BookingRules
from dealership.staff.models import Store


class RuleBook:
    """All versions of a store's rules, loaded in one query; the procedure's own figures where none were entered."""

    def __init__(self, store: Store) -> None:
        self.versions = list(BookingRules.objects.filter(store=store).order_by("valid_from"))
        self.usual = BookingRules(store=store)

    def on(self, day: date) -> BookingRules:
        """Return the version in force on a day; before the first one, the procedure's figures."""
        in_force = [rules for rules in self.versions if rules.valid_from <= day]
        return in_force[-1] if in_force else self.usual


def rules_on(store: Store, day: date) -> BookingRules:
    """Return the rules in force on a day of the store."""
    found = BookingRules.objects.filter(store=store, valid_from__lte=day).order_by("-valid_from").first()
    return found or BookingRules(store=store)
