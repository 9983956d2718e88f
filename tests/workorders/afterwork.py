"""Cars between the quality check and the hand-over, for the tests that walk through every address and table."""

from tests import factories
from tests.factories import TUESDAY_NINE
from workorders.models import CheckPoint, ThingsReturned
from workorders.operations import delivery, ready


def sent_back(house):
    order = factories.washed(house.crew)
    ready.send_to_workshop(order, words="异响", by=house.crew.service_advisor, at=TUESDAY_NINE)
    return order.rework_items.get()


def recheck(house):
    order = factories.finished(house.crew)
    factories.inspect(order, house.crew, "渗油")
    factories.put_right(order, house.crew)
    return factories.inspect(order, house.crew)


HOUSE_MAKERS = {
    "washed": lambda house: factories.washed(house.crew),
    "told": lambda house: factories.told(house.crew),
    "made_ready": lambda house: factories.made_ready(house.crew),
    "rework_item": sent_back,
    "recheck": recheck,
    "check_point": lambda house: CheckPoint.objects.first(),
    "question": lambda house: delivery.ask(
        house.handed_over, words="自动启停怎么关？", by=house.crew.service_advisor, at=TUESDAY_NINE
    ),
    "returned": lambda house: ThingsReturned.objects.get(visit=house.paid.visit_id),
    "incident": lambda house: ready.report_damage(
        house.washed, words="划痕", by=house.crew.service_advisor, at=TUESDAY_NINE
    ),
}
ADDRESSES = {
    "finished": "check",
    "passed": "wash",
    "washed": "final_check",
    "made_ready": "send_back tell_ready",
    "rework_item": "rework_done",
    "recheck": "countersign",
    "incident": "decide_incident",
    "handed_over": "ask_question",
    "settled": "give_back",
    "question": "answer_question",
}
