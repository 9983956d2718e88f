"""Cars that will need something: their maintenance plans, what was declined, the calls about it (3.1.1.2-3.1.1.5)."""

from datetime import datetime, timedelta

from appointments import operations as appointments
from dealership.catalogue import queries as catalogue
from dealership.customers import operations as customers
from dealership.demo.house import House

# Guest, days ago on which the plan was made: the first oil change comes half a year later
PLANS = [("石磊", 190), ("白洁", 184), ("崔敏", 178), ("康健", 172), ("毛宁", 186), ("邱峰", 168), ("叶青", 160)]
# Guest, days ago, kilometres since the registration: some run more, some less than they thought
READINGS = [("石磊", 70, 4900), ("白洁", 64, 5600), ("崔敏", 58, 5200), ("邱峰", 75, 4300)]
DECLINED = ("康健", 41, "前制动片剩余约 3 毫米，建议更换", "想等下次保养一起做")


def plan(house: House) -> None:
    """Make the plans before the visits that fulfil some of their lines."""
    usual = [(one.operation.name, one.operation.code, one.months, one.km) for one in catalogue.usual_plan()]
    for guest, days in PLANS:
        vehicle = house.guests[guest][1]
        customers.make_usual_plan(vehicle, usual, by=house.people["assistant"], at=house.day.on(-days, "10:20"))
    for guest, days, km in READINGS:
        vehicle = house.guests[guest][1]
        read = (vehicle.mileage or 0) + km
        customers.record_mileage(vehicle, read, "call", by=house.people["assistant"], at=house.day.on(-days, "15:10"))


def look_after(house: House) -> None:
    """Note what a customer declined, and two calls: nobody at home, and one who will be called again."""
    guest, days, words, reason = DECLINED
    at = house.day.on(-days, "16:40")
    customers.recommend(
        house.guests[guest][1],
        words=words,
        declined=True,
        reason=reason,
        source="到店检查",
        remind_on=at.date() + timedelta(days=30),
        by=house.people["advisor"],
        at=at,
    )
    called(house, "毛宁", "no_answer", house.day.on(-2, "10:50"))
    called(house, "邱峰", "later", house.day.on(-1, "14:30"), condition="冷车启动时有轻微异响", note="出差，下周回来")


def called(house: House, guest: str, outcome: str, at: datetime, **said: str) -> None:
    appointments.record_proactive_call(
        store=house.store,
        vehicle=house.guests[guest][1],
        outcome=outcome,
        by=house.people["assistant"],
        at=at,
        **said,  # type: ignore[arg-type]  # none of the other facts is told here
    )
