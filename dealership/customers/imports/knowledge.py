"""What the desk knows about the things a table speaks of, loaded at once and kept up to date while rows are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dealership.customers.models import Customer, Keeping, PastOrder, Phone, Vehicle
from dealership.customers.names import HAN
from dealership.staff.models import Store, User

AT_ONCE = 400  # values in one IN (...): old SQLite takes 999


@dataclass(eq=False)
class Thing:
    """A record of the desk, or one to come, with the values the rows so far gave it."""

    record: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    claimed: dict[str, int] = field(default_factory=dict)  # field -> line that spoke about it first

    def get(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        return getattr(self.record, name) if self.record is not None else self.missing(name)

    def missing(self, name: str) -> Any:
        return None


@dataclass(eq=False)
class Person(Thing):
    name: str = ""
    names: set[str] = field(default_factory=set)  # keys of the name and of the names of merged duplicates
    phones: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Car(Thing):
    keeper: Person | None = None

    def missing(self, name: str) -> Any:
        return "" if name in ("vin", "plate") else None


@dataclass(eq=False)
class Order(Thing):
    def __init__(self, car: Car, record: Any = None) -> None:
        super().__init__(record)
        self.car = car


def name_key(name: str) -> str:
    """Write a name the one way it is compared: 王 伟 is 王伟, but Li Na is not Lina."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    return re.sub(r"\s+", "" if HAN.search(plain) else " ", plain)


def batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


class Known:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.people: dict[int, Person] = {}
        self.by_phone: dict[tuple[str, str], Person] = {}
        self.by_name: dict[str, Person] = {}
        self.cars: dict[int, Car] = {}
        self.cars_by_vin: dict[str, Car] = {}
        self.cars_by_plate: dict[str, Car] = {}
        self.orders: dict[str, Order] = {}
        self.sellers: dict[str, User] = {}

    @classmethod
    def about(cls, rows: list[dict[str, Any]], *, store: Store, source: str) -> Known:
        known = cls(store)
        numbers = {number for row in rows for number in row.get("mobile", []) + row.get("phone", [])}
        alone = {row["name"] for row in rows if "name" in row and not {"mobile", "phone", "plate", "vin"} & set(row)}
        known.load_orders({row["order_number"] for row in rows if "order_number" in row}, source)
        known.load_cars({row["vin"] for row in rows if "vin" in row}, {row["plate"] for row in rows if "plate" in row})
        known.load_people(numbers, alone)
        names = User.objects.filter(stores=store, full_name__in={row.get("salesperson", "") for row in rows})
        known.sellers = {user.full_name: user for user in names}
        return known

    def load_orders(self, numbers: set[str], source: str) -> None:
        for some in batches(numbers):
            for order in PastOrder.objects.filter(source=source, number__in=some).select_related(
                "vehicle__salesperson"
            ):
                self.orders[order.number] = Order(self.learn_car(order.vehicle), order)

    def load_cars(self, vins: set[str], plates: set[str]) -> None:
        vehicles = Vehicle.objects.select_related("salesperson")
        for some in batches(vins):
            for vehicle in vehicles.filter(vin__in=some):
                self.learn_car(vehicle)
        for some in batches(plates):
            for vehicle in vehicles.filter(plate__in=some):
                self.learn_car(vehicle)

    def load_people(self, numbers: set[str], alone: set[str]) -> None:
        """Load the keepers of the cars, whoever has one of the numbers, and the namesakes of rows with a name only."""
        keepings: list[Keeping] = []
        for some in batches(self.cars):
            keepings += Keeping.objects.filter(vehicle__in=some, until=None).select_related("customer")
        customers = {keeping.customer for keeping in keepings}
        for some in batches(numbers):
            for phone in Phone.objects.filter(number__in=some).select_related("customer__merged_into"):
                customers.add(phone.customer.merged_into or phone.customer)
        for some in batches(alone):
            customers.update(Customer.objects.current().filter(name__in=some))
        self.learn_people({customer.pk: customer for customer in customers})
        for keeping in keepings:
            self.cars[keeping.vehicle_id].keeper = self.people[keeping.customer_id]

    def learn_people(self, customers: dict[int, Customer]) -> None:
        for pk, customer in sorted(customers.items()):
            self.people[pk] = Person(customer, name=customer.name, names={name_key(customer.name)})
            self.by_name.setdefault(name_key(customer.name), self.people[pk])
        for some in batches(customers):
            for duplicate in Customer.objects.filter(merged_into__in=some):
                self.people[duplicate.merged_into_id].names.add(name_key(duplicate.name))  # type: ignore[index]
            for phone in Phone.objects.filter(customer__in=some).order_by("pk"):
                self.add_phone(self.people[phone.customer_id], phone.number)

    def add_phone(self, person: Person, number: str) -> None:
        person.phones.add(number)
        for name in person.names:
            self.by_phone.setdefault((name, number), person)

    def learn_car(self, vehicle: Vehicle) -> Car:
        if vehicle.pk not in self.cars:
            self.cars[vehicle.pk] = Car(vehicle)
            self.index_car(self.cars[vehicle.pk])
        return self.cars[vehicle.pk]

    def index_car(self, car: Car) -> None:
        """Make the car known under its present plate and VIN, and no longer under the plate it had."""
        if car.record is not None and self.cars_by_plate.get(car.record.plate) is car:
            del self.cars_by_plate[car.record.plate]
        if car.get("vin"):
            self.cars_by_vin[car.get("vin")] = car
        if car.get("plate"):
            self.cars_by_plate[car.get("plate")] = car

    def car(self, row: dict[str, Any]) -> Car | None:
        return self.cars_by_vin.get(row.get("vin", "")) or self.cars_by_plate.get(row.get("plate", ""))

    def person(self, row: dict[str, Any], car: Car | None) -> Person | None:
        name = name_key(row["name"])
        numbers = row.get("mobile", []) + row.get("phone", [])
        for number in numbers:
            if (name, number) in self.by_phone:
                return self.by_phone[name, number]
        if car is not None and car.keeper is not None and name in car.keeper.names:
            return car.keeper
        if not numbers and not row.get("vin") and not row.get("plate"):
            return self.by_name.get(name)
        return None

    def new_person(self, name: str) -> Person:
        person = Person(name=name, names={name_key(name)})
        self.by_name.setdefault(name_key(name), person)
        return person

    def new_car(self) -> Car:
        return Car()

    def salesperson(self, name: str) -> dict[str, Any]:
        """Return the log-in of a seller who has one here, else keep the name as it was written."""
        user = self.sellers.get(name)
        return {"salesperson": user} if user else {"salesperson_name": name}
