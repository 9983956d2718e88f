"""What this app answers from below: the work in the house, how far cars of waiting customers are, whose a paper is."""

from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from appointments.signals import Work, work_in_house
from dealership.catalogue.models import Part
from dealership.catalogue.signals import goods_came, supply_changed
from dealership.customers.models import Customer
from dealership.paperwork.models import IssuedDocument
from dealership.paperwork.signals import addressee_asked
from dealership.staff.models import Store, User
from reception.models import Visit
from reception.signals import Progress, progress_asked, visit_handed_over
from workorders import queries
from workorders.models import WorkOrder
from workorders.operations import waiting, writeup
from workorders.states import State


@receiver(work_in_house, dispatch_uid="workorders.work_in_house")
def tell_the_booking_desk(store: Store, first: date, last: date, today: date, **kwargs: Any) -> list[Work]:
    return queries.work_between(store, first, last, today)


@receiver(addressee_asked, dispatch_uid="workorders.addressee_asked")
def tell_whose_paper_it_is(document: IssuedDocument, **kwargs: Any) -> Customer | None:
    paths = ["orders__authorisations__paper", "orders__settlements__sheet", "gate_passes__paper"]
    whose = [Q(**{f"visits__{path}": document}) for path in paths]
    return Customer.objects.filter(reduce(or_, whose)).first()


@receiver(progress_asked, dispatch_uid="workorders.progress_asked")
def tell_the_lounge(visits: list[Visit], now: datetime, **kwargs: Any) -> list[Progress]:
    orders = WorkOrder.objects.filter(visit__in=visits).exclude(state=State.CANCELLED).order_by("opened_at", "pk")
    return [
        Progress(order.visit_id, order.promised_at, order.get_state_display(), queries.urgency(order, now))
        for order in orders
    ]


@receiver(visit_handed_over, dispatch_uid="workorders.visit_handed_over")
def follow_the_advisor(visit: Visit, to: User, **kwargs: Any) -> None:
    writeup.follow_advisor(visit, to)


@receiver(goods_came, dispatch_uid="workorders.goods_came")
def serve_those_who_wait(store: Store, part: Part, by: Any, at: datetime, **kwargs: Any) -> None:
    waiting.serve(store, part, by=by, at=at)


@receiver(supply_changed, dispatch_uid="workorders.supply_changed")
def tell_the_day(store: Store, part: Part, news: bool, by: Any, at: datetime, **kwargs: Any) -> None:
    waiting.tell_day(store, part, news=news, by=by, at=at)
