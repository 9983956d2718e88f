"""Which rules a store keeps on which day."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import cached_property

from appointments.models import BookingRules
from dealership.staff.models import Store


class RuleBook:
    """All versions of a store's rules, loaded in one query; the procedure's own figures where none were entered."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.versions = list(BookingRules.objects.filter(store=store).order_by("valid_from"))
        self.usual = BookingRules(store=store)

    def on(self, day: date) -> BookingRules:
        """Return the version in force on a day; before the first one, the procedure's figures."""
        in_force = [rules for rules in self.versions if rules.valid_from <= day]
        return in_force[-1] if in_force else self.usual

    def slot_end(self, starts_at: datetime, store: int) -> datetime:
        """Return when a slot ends that begins then in a store, this one or another."""
        day = starts_at.astimezone(self.store.zone).date()
        if store == self.store.pk:
            return starts_at + timedelta(minutes=self.on(day).slot_minutes)
        in_force = [minutes for valid_from, minutes in self.elsewhere[store] if valid_from <= day]
        return starts_at + timedelta(minutes=in_force[-1] if in_force else self.usual.slot_minutes)

    @cached_property
    def elsewhere(self) -> dict[int, list[tuple[date, int]]]:
        """The other stores' slots; asked for only where somebody works in two."""
        found: dict[int, list[tuple[date, int]]] = defaultdict(list)
        versions = BookingRules.objects.exclude(store=self.store).order_by("valid_from")
        for store, valid_from, minutes in versions.values_list("store", "valid_from", "slot_minutes"):
            found[store].append((valid_from, minutes))
        return found


def rules_on(store: Store, day: date) -> BookingRules:
    """Return the rules in force on a day of the store."""
    found = BookingRules.objects.filter(store=store, valid_from__lte=day).order_by("-valid_from").first()
    return found or BookingRules(store=store)
