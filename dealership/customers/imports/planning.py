"""Compare every row of a table with what the desk knows, and say what importing it would do. Saves nothing.

Who is who: a customer is the one with this name and one of these phones, else the keeper of this car with this
name, else (no phone, no car) the first with this name. A car is the one with this VIN, else with this plate.
A cell left empty never erases anything. Where two rows of a file disagree about one thing the first counts and the
second is warned about: otherwise every repetition of the file would change the data back and forth.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership.customers import plates, vins
from dealership.customers.imports import cells, columns
from dealership.customers.imports.knowledge import Car, Known, Order, Person
from dealership.customers.operations.vehicles import vin_sentence
from dealership.staff.models import Store

ORGANISATION = re.compile(r"公司|集团|厂$|局$|学校|大学|医院|银行|Ltd|GmbH|Inc\b|Corp", re.IGNORECASE)


class Result(Enum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"

    @property
    def label(self) -> str:
        return str(RESULT_LABELS[self])


RESULT_LABELS = {
    Result.NEW: gettext_lazy("new"),
    Result.CHANGED: gettext_lazy("changed"),
    Result.UNCHANGED: gettext_lazy("unchanged"),
    Result.WRONG: gettext_lazy("wrong"),
}


@dataclass
class Line:
    """One row of the file: what it says, what is wrong with it, and what it would do."""

    number: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)  # header, sentence
    warnings: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    person: Person | None = None
    car: Car | None = None
    order: Order | None = None
    new: list[str] = field(default_factory=list)  # "customer", "vehicle", "order"
    customer_changes: dict[str, Any] = field(default_factory=dict)
    phones: list[str] = field(default_factory=list)
    vehicle_changes: dict[str, Any] = field(default_factory=dict)
    order_changes: dict[str, Any] = field(default_factory=dict)
    keeper_changes: bool = False
    km: int | None = None

    @property
    def result(self) -> Result:
        if self.errors:
            return Result.WRONG
        if self.new:
            return Result.NEW
        touched = self.customer_changes or self.phones or self.vehicle_changes or self.order_changes
        return Result.CHANGED if touched or self.keeper_changes or self.km is not None else Result.UNCHANGED

    @property
    def title(self) -> str:
        """Name the row as a person knows it: customer, plate or VIN."""
        values = self.values
        return " · ".join(filter(None, [values.get("name"), values.get("plate") or values.get("vin")]))

    def has(self, *names: str) -> bool:
        return any(name in self.values for name in names)


@dataclass
class Plan:
    """What importing a table would do, row by row in the order of the file."""

    header: list[str]
    lines: list[Line]
    source: str

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(line.result.value for line in self.lines)
        return {result.value: counted[result.value] for result in Result}

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.result is Result.WRONG]

    @property
    def fingerprint(self) -> str:
        """Return the same text for the same plan in every language: what a person saw is what he confirms."""
        essence = [
            [line.number, line.result.value, line.new, line.keeper_changes, line.km, line.phones]
            + [line.customer_changes, line.vehicle_changes, line.order_changes]
            for line in self.lines
        ]
        return hashlib.sha256(json.dumps(essence, default=str).encode()).hexdigest()


def plan(header: list[str], rows: Iterable[tuple[int, list[str]]], *, store: Store, source: str) -> Plan:
    """Work out what every row would do; loads what the desk knows about the rows with a few queries."""
    places = columns.recognised(header)
    lines = [read_line(number, texts, header, places, store.region) for number, texts in rows]
    known = Known.about([line.values for line in lines], store=store, source=source)
    for line in lines:
        if not line.errors:
            fit(line, known, header, places)
    return Plan(header, lines, source)


def read_line(number: int, texts: list[str], header: list[str], places: dict[int, columns.Column], region: str) -> Line:
    line = Line(number, list(texts))
    for place, column in places.items():
        content = cells.clean(texts[place])
        if not content:
            continue
        try:
            value = column.read(content, region)
        except cells.Unreadable as error:
            line.errors.append((header[place], str(error)))
        else:
            if value != "":
                line.values[column.name] = value
    heads = {column.name: header[place] for place, column in places.items()}
    check_whole(line, heads)
    return line


def check_whole(line: Line, heads: dict[str, str]) -> None:
    """Find what is wrong with a row as a whole: no name, a wrong VIN, half an order."""
    wrong_columns = {head for head, _sentence in line.errors}

    def wrong(name: str, sentence: str) -> None:
        head = heads.get(name, str(columns.BY_NAME[name].label))
        if head not in wrong_columns:
            line.errors.append((head, sentence))

    if not line.has("name"):
        wrong("name", _("The name is missing."))
    vin = line.values.get("vin", "")
    problem = vins.problem(vin) if vin else None
    if problem is not None and problem.blocks:
        wrong("vin", vin_sentence(vin, problem))
    elif problem is not None:
        line.warnings.append(_("The check digit of the VIN is wrong; it is taken as the file has it."))
    plate = line.values.get("plate", "")
    if plate and not plates.is_chinese(plate):
        line.warnings.append(_("“%(plate)s” does not look like a Chinese plate.") % {"plate": plate})
    if line.has(*columns.ORDER):
        for name in ("order_number", "order_closed_on"):
            if not line.has(name):
                wrong(name, _("An order needs a number and a date."))
        if not line.has("plate", "vin"):
            wrong("plate", _("An order needs a car: its plate or VIN."))
    sold, warranted = line.values.get("sale_on"), line.values.get("warranty_until")
    if sold and warranted and warranted < sold:
        wrong("warranty_until", _("The warranty cannot end before the car was sold."))


def fit(line: Line, known: Known, header: list[str], places: dict[int, columns.Column]) -> None:
    """Find the things the row is about and note what it would change about them; a row that is wrong does nothing."""
    heads = {column.name: header[place] for place, column in places.items()}
    car = known.car(line.values)
    person = known.person(line.values, car)
    if obstacle := conflict(line, known, car, person):
        name, sentence = obstacle
        line.errors.append((heads.get(name, str(columns.BY_NAME[name].label)), sentence))
        return
    line.person = person or known.new_person(line.values["name"])
    if person is None:
        line.new.append("customer")
        line.changes.append(_("new customer"))
    note_customer(line, known)
    if line.has("plate", "vin"):
        line.car = car or known.new_car()
        if car is None:
            line.new.append("vehicle")
            line.changes.append(_("new car"))
        note_vehicle(line, known)
    elif line.has(*columns.VEHICLE):
        line.warnings.append(_("Without a plate or VIN the car is left out."))
    if line.has("order_number"):
        note_order(line, known)


def conflict(line: Line, known: Known, car: Car | None, person: Person | None) -> tuple[str, str] | None:
    """Return the column and the sentence where the row contradicts another car, order or row."""
    vin, plate = line.values.get("vin", ""), line.values.get("plate", "")
    holder = known.cars_by_plate.get(plate) if plate else None
    if holder is not None and holder is not car:
        return "plate", _("This plate belongs to the car with the VIN %(vin)s.") % {"vin": holder.get("vin")}
    if car is not None and vin and car.get("vin") not in ("", vin):
        return "plate", _("This plate belongs to the car with the VIN %(vin)s.") % {"vin": car.get("vin")}
    if car is not None and "plate" in car.claimed and plate and car.get("plate") != plate:
        return "plate", _("Line %(line)d gives this car another plate.") % {"line": car.claimed["plate"]}
    same = person is not None and car is not None and car.keeper is person
    if car is not None and "keeper" in car.claimed and not same:
        return "name", _("Line %(line)d names another keeper of this car.") % {"line": car.claimed["keeper"]}
    order = known.orders.get(line.values.get("order_number", ""))
    if order is not None and (car is None or order.car is not car):
        return "order_number", _("This order number already belongs to another car.")
    return None


def note_customer(line: Line, known: Known) -> None:
    person = line.person
    assert person is not None
    said = {name: line.values[name] for name in columns.CUSTOMER if line.has(name)}
    if person.record is None and "customer" in line.new and ORGANISATION.search(person.name):
        said.setdefault("kind", "organisation")
    line.customer_changes = differences(line, person, said) | birthday_difference(line, person)
    for number in line.values.get("mobile", []) + line.values.get("phone", []):
        if number not in person.phones:
            known.add_phone(person, number)
            line.phones.append(number)
            if "customer" not in line.new:
                line.changes.append(_("phone %(number)s") % {"number": number})


def birthday_difference(line: Line, person: Person) -> dict[str, Any]:
    """Return the birthday fields if the row tells another day than known, or the year of the day that is known."""
    said = line.values.get("birthday")
    if said is None:
        return {}
    before = {name: person.get(name) for name in said}
    same_day = all(before[name] == said[name] for name in ("birth_month", "birth_day", "birth_calendar"))
    if same_day and said["birth_year"] in (None, before["birth_year"]):
        person.claimed.setdefault("birthday", line.number)
        return {}
    if "birthday" in person.claimed:
        line.warnings.append(
            _("Line %(line)d has another birthday; that stays.") % {"line": person.claimed["birthday"]}
        )
        return {}
    person.claimed["birthday"] = line.number
    person.values.update(said)
    if person.record is not None:
        line.changes.append(str(columns.BY_NAME["birthday"].label))
    return dict(said)


def note_vehicle(line: Line, known: Known) -> None:
    car = line.car
    assert car is not None
    said = {name: line.values[name] for name in ("plate", "vin", *columns.VEHICLE) if line.has(name)}
    if line.has("salesperson"):
        said.update(known.salesperson(line.values["salesperson"]))
    warranty, sold = said.get("warranty_until", car.get("warranty_until")), said.get("sale_on", car.get("sale_on"))
    if warranty and sold and warranty < sold:
        said.pop("warranty_until", None)
        said.pop("sale_on", None)
        line.warnings.append(_("Sale and end of warranty contradict what is known; both stay as they are."))
    line.vehicle_changes = differences(line, car, said)
    known.index_car(car)
    if car.keeper is not line.person:
        line.keeper_changes = True
        if car.keeper is not None:
            names = {"before": car.keeper.name, "after": line.values["name"]}
            line.changes.append(_("keeper: %(before)s → %(after)s") % names)
        car.keeper = line.person
    car.claimed.setdefault("keeper", line.number)
    note_mileage(line, car)


def note_mileage(line: Line, car: Car) -> None:
    """An odometer only runs forward, so the highest value of the file and the desk counts."""
    stated = [line.values[name] for name in ("mileage", "order_km") if line.has(name)]
    if not stated:
        return
    last, km = car.get("mileage"), max(stated)
    if last is None or km > last:
        line.km = car.values["mileage"] = km
        if "vehicle" not in line.new:
            line.changes.append(_("mileage %(km)d km") % {"km": km})


def note_order(line: Line, known: Known) -> None:
    assert line.car is not None
    assert line.person is not None
    number = line.values["order_number"]
    order = known.orders.get(number)
    if order is None:
        order = known.orders[number] = Order(line.car)
        line.new.append("order")
        line.changes.append(_("new order %(number)s") % {"number": number})
    line.order = order
    names = {"closed_on": "order_closed_on", "km": "order_km", "work": "order_work"}
    names |= {"amount_fen": "order_amount", "advisor_name": "order_advisor"}
    said = {name: line.values[column] for name, column in names.items() if line.has(column)}
    line.order_changes = differences(line, order, said)


def differences(line: Line, thing: Person | Car | Order, said: dict[str, Any]) -> dict[str, Any]:
    """Return what the row says that was not known, and make it known to the rows below."""
    changed: dict[str, Any] = {}
    for name, value in said.items():
        before = thing.get(name)
        if before == value:
            thing.claimed.setdefault(name, line.number)
        elif name in thing.claimed:
            line.warnings.append(
                _("Line %(line)d says “%(before)s” instead of “%(after)s”; that stays.")
                % {"line": thing.claimed[name], "before": before, "after": value}
            )
        else:
            changed[name] = thing.values[name] = value
            thing.claimed[name] = line.number
            if thing.record is not None:
                line.changes.append(f"{labelled(name)}: {shown(before)} → {shown(value)}")
    return changed


LABELS = {"closed_on": "order_closed_on", "km": "order_km", "work": "order_work"}
LABELS |= {"amount_fen": "order_amount", "advisor_name": "order_advisor", "salesperson_name": "salesperson"}


def labelled(name: str) -> str:
    column = columns.BY_NAME.get(LABELS.get(name, name))
    return str(column.label) if column else name


def shown(value: Any) -> str:
    return "–" if value in (None, "") else str(value)
