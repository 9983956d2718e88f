"""The whole demo day in one go, in the language and the zone of its store."""

import zoneinfo
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation

from dealership.demo import care, catalogue, customers, history, house, people, readiness, today


@transaction.atomic
def make_day(now: datetime) -> house.House:
    """Fill an empty database with a demo day as it looks at this moment."""
    with translation.override("zh-hans"):
        stores = house.open_stores()
        with timezone.override(zoneinfo.ZoneInfo(stores[0].time_zone)):
            made = house.set_up(stores, people.take_on(stores), now)
            catalogue.stock_up(made)
            customers.register(made)
            readiness.set_rules(made)
            care.plan(made)
            history.tell(made)
            today.tell(made)
            care.look_after(made)
            today.in_the_other_store(made, stores[1])
            history.close_days(made)
    return made
