"""What the demo enters as the back office would: rows that are filled in there and need no desk operation."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from dealership.catalogue.models import (
    LabourOperation,
    MaintenanceInterval,
    OrderClass,
    Package,
    PackageOperation,
    PackagePart,
    Part,
    UsualPart,
)
from dealership.customers.models import Recall
from dealership.staff.models import Absence, Store, Team, User
from dealership.workshop.models import Bay


def form_team(store: Store, name: str, leader: User, members: Iterable[User], skills: str) -> Team:
    team = checked(Team(store=store, name=name, leader=leader, skills=skills))
    team.members.set(members)
    return team


def equip(bay: Bay, skills: str) -> Bay:
    bay.skills = skills
    return checked(bay)


def be_away(person: User, first_on: date, last_on: date, reason: str) -> Absence:
    return checked(Absence(user=person, first_on=first_on, last_on=last_on, reason=reason))


def repeat(operation: LabourOperation, months: int, km: int) -> MaintenanceInterval:
    return checked(MaintenanceInterval(operation=operation, months=months, km=km))


def need(operation: LabourOperation, part: Part, quantity: int) -> UsualPart:
    return checked(UsualPart(operation=operation, part=part, quantity=quantity))


def bundle(
    code: str,
    name: str,
    name_en: str,
    order_class: str,
    express: bool,
    work: Iterable[LabourOperation],
    parts: Mapping[Part, int],
) -> Package:
    package = checked(Package(code=code, name=name, name_en=name_en, order_class=order_class, express=express))
    for operation in work:
        checked(PackageOperation(package=package, operation=operation))
    for part, quantity in parts.items():
        checked(PackagePart(package=package, part=part, quantity=quantity))
    return package


def recall(number: str, published_on: date, **details: str) -> Recall:
    return checked(Recall(number=number, published_on=published_on, **details))


def offer(code: str, name: str, hours: str, skill: str, order_class: str) -> LabourOperation:
    operation = LabourOperation(code=code, name=name, hours=Decimal(hours), skill=skill, order_class=order_class)
    operation.first_service = order_class == OrderClass.FIRST
    return checked(operation)


def list_part(number: str, name: str, unit: str, safety_stock: int | None) -> Part:
    return checked(Part(number=number, name=name, unit=unit, safety_stock=safety_stock))


def checked(row: Any) -> Any:
    row.full_clean()
    row.save()
    return row


def share_password(people: Iterable[User], password: str) -> None:
    """Give everybody the one password that is printed anyway; hashing it once each would take longer than all else."""
    User.objects.filter(pk__in=[person.pk for person in people]).update(password=make_password(password))
