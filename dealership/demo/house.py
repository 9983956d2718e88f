"""The two stores of the demo group: hours, bays, teams, a day on which they are closed."""

import random
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from dealership.catalogue.models import LabourOperation, Part
from dealership.customers.models import Customer, Vehicle
from dealership.demo import operations
from dealership.demo.day import Day
from dealership.staff import operations as staff
from dealership.staff.models import Store, Team, User
from dealership.workshop import operations as workshop
from dealership.workshop import queries as workshop_queries
from dealership.workshop.models import Bay

HOURS = [(time(8, 30), time(12)), (time(13), time(17, 30))]
DAYS_TO_CLOSURE = 10
STORES = [
    {
        "name": "星澜汽车滨江店",
        "code": "BJ1",
        "brand": "星澜汽车",
        "manufacturer": "星澜汽车集团有限公司",
        "phone": "0571-85550100",
        "address": "浙江省杭州市滨江区示范大道100号",
    },
    {
        "name": "星澜汽车城西店",
        "code": "CX1",
        "brand": "星澜汽车",
        "manufacturer": "星澜汽车集团有限公司",
        "phone": "0571-85550200",
        "address": "浙江省杭州市西湖区样板路8号",
    },
]
BAYS = [
    ("1号快修工位", Bay.Kind.QUICK, "保养 电器"),
    ("2号快修工位", Bay.Kind.QUICK, "保养 电器 新能源"),
    ("3号机修工位", Bay.Kind.GENERAL, "机修 保养 电器"),
    ("4号机修工位", Bay.Kind.GENERAL, "机修 保养 电器 新能源"),
    ("5号四轮定位工位", Bay.Kind.ALIGNMENT, "机修 保养"),
    ("6号钣喷工位", Bay.Kind.BODY, "钣喷"),
]
TEAMS = [
    ("机修一班", "leader", ["technician", "technician2"], "机修 保养 电器"),
    ("机修二班", "leader2", ["technician3", "technician4"], "机修 钣喷 新能源"),
]


@dataclass
class House:
    """Everything the demo's visits draw on; people by log-in, the catalogue by code, guests by name."""

    store: Store
    day: Day
    people: dict[str, User]
    random: random.Random
    teams: list[Team] = field(default_factory=list)
    bays: list[Bay] = field(default_factory=list)
    labour: dict[str, LabourOperation] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    guests: dict[str, tuple[Customer, Vehicle]] = field(default_factory=dict)


def open_stores() -> list[Store]:
    return [staff.open_store(**details) for details in STORES]


def set_up(stores: list[Store], people: dict[str, User], now: datetime) -> House:
    """Give the stores their hours and bays; return the first one, in which the demo's day takes place."""
    manager = people["manager"]
    for store in stores:
        for weekday in range(7):
            workshop.set_hours(store, weekday, HOURS, by=manager)
    first, second = stores
    closed_on = now.astimezone(first.zone).date() + timedelta(days=DAYS_TO_CLOSURE)
    workshop.close_on(first, closed_on, name="全员培训与库存盘点", by=manager)
    workshop.add_bay(second, name="1号工位", kind=Bay.Kind.GENERAL, by=manager)
    minute = now.astimezone(first.zone).replace(second=0, microsecond=0)
    house = House(first, Day(minute, workshop_queries.calendar_of(first)), people, random.Random("demo day"))
    for name, kind, skills in BAYS:
        bay = workshop.add_bay(first, name=name, kind=kind, by=manager)
        house.bays.append(operations.equip(bay, skills))
    house.teams = [
        operations.form_team(first, name, people[leader], [people[member] for member in members], skills)
        for name, leader, members, skills in TEAMS
    ]
    return house
