"""The catalogue in the back office: prices are added, the stock ledger is read."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dealership.catalogue import operations, queries
from dealership.catalogue.models import (
    LabourOperation,
    MaintenanceInterval,
    Package,
    PackagePrice,
    Part,
    Price,
    Stock,
    StockMovement,
    StockReservation,
    Supply,
)
from dealership.staff import operations as staff
from dealership.workflow import CLOCK
from tests import factories
from tests.catalogue.conftest import NOW, make_operation, make_part


@pytest.fixture
def office(client, manager):
    client.force_login(manager)
    return client


def page(model, action, *args):
    return reverse(f"admin:catalogue_{model._meta.model_name}_{action}", args=args)


def price_of(thing, amount="98.50", day=None):
    key = "part" if isinstance(thing, Part) else "operation"
    return {key: thing.pk, "valid_from": (day or timezone.localdate()).isoformat(), "amount": amount}


def errors(answer):
    return answer.context["adminform"].form.errors


def test_a_price_is_entered_in_yuan_and_kept_in_fen(office, manager, part):
    assert office.post(page(Price, "add"), price_of(part)).status_code == 302
    price = Price.objects.get()
    assert (price.amount_fen, price.by, price.part) == (9_850, manager, part)
    assert "¥98.50" in office.get(page(Price, "changelist")).content.decode()
    assert "¥98.50" in office.get(page(Price, "change", price.pk)).content.decode()


def test_a_price_belongs_to_one_thing(office, part, operation):
    both = price_of(part) | {"operation": operation.pk}
    for wrong in [both, price_of(part) | {"part": ""}]:
        assert "__all__" in errors(office.post(page(Price, "add"), wrong))
    assert not Price.objects.exists()


def test_a_price_in_use_is_neither_edited_nor_replaced_nor_deleted(office, part):
    office.post(page(Price, "add"), price_of(part))
    price = Price.objects.get()
    assert "valid_from" in errors(office.post(page(Price, "add"), price_of(part, "1.00")))
    assert office.post(page(Price, "change", price.pk), price_of(part, "1.00")).status_code == 403
    assert office.post(page(Price, "delete", price.pk), {"post": "yes"}).status_code == 403
    assert Price.objects.get().amount_fen == 9_850


def test_a_price_that_has_not_begun_is_replaced(office, operation):
    day = timezone.localdate() + timedelta(days=7)
    office.post(page(Price, "add"), price_of(operation, "120", day))
    assert office.post(page(Price, "add"), price_of(operation, "130", day)).status_code == 302
    assert queries.price_on(operation, day) == 13_000
    assert Price.objects.count() == 1


@pytest.mark.parametrize("wrong", ["-1", "1.005", "much"])
def test_an_impossible_amount_is_shown_again(office, part, wrong):
    assert "amount" in errors(office.post(page(Price, "add"), price_of(part, wrong)))


@pytest.mark.parametrize("model", [Stock, StockMovement, StockReservation])
def test_stock_and_its_ledger_are_read_only_and_only_of_the_own_store(office, store, part, model):
    operations.receive_goods(store, part, 7, by=CLOCK, at=NOW, reference="DN-1")
    other = staff.open_store(name="Red Bridge", code="RB")
    operations.receive_goods(other, part, 93, by=CLOCK, at=NOW, reference="DN-93")
    for place in [store, other]:
        operations.reserve(place, part, 1, reference="APT-1", by=CLOCK, at=NOW)
    ours, theirs = model.objects.get(store=store), model.objects.get(store=other)
    listed = office.get(page(model, "changelist"))
    assert [row.pk for row in listed.context["cl"].result_list] == [ours.pk]
    assert other.name not in listed.content.decode()
    assert office.get(page(model, "change", ours.pk)).status_code == 200
    assert office.get(page(model, "change", theirs.pk)).status_code == 302
    for action, args in [("add", []), ("change", [ours.pk]), ("delete", [ours.pk])]:
        assert office.post(page(model, action, *args), {"post": "yes", "quantity": 9}).status_code == 403
    assert model.objects.count() == 2


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "model", [LabourOperation, MaintenanceInterval, Part, Price, Stock, StockMovement, StockReservation]
)
def test_lists_take_the_same_queries_for_one_row_and_for_three(
    office, store, manager, model, rows, django_assert_max_num_queries
):
    for number in range(rows):
        part = make_part(f"P{number}")
        MaintenanceInterval.objects.create(operation=make_operation(f"M{number}"), months=12)
        operations.set_price(part, 100, date(2026, 11, 24), by=manager, at=NOW)
        operations.receive_goods(store, part, 1, by=manager, at=NOW, reference="DN-1")
        operations.reserve(store, part, 1, reference="APT-1", by=manager, at=NOW)
    # session, user, stores; permissions of the person and of the roles; stores to filter by; count, rows; dates twice
    with django_assert_max_num_queries(10):
        answer = office.get(page(model, "changelist"))
    assert answer.context["cl"].result_count == rows


@pytest.mark.parametrize("wrong", [{"hours": "0"}, {"hours": "-1"}, {"order_class": "gardening"}, {"code": "M10"}])
def test_an_impossible_operation_is_shown_again(office, operation, wrong):
    posted = {"code": "M11", "name": "Change pads", "hours": "1.5", "order_class": "general", "active": "on"} | wrong
    answer = office.post(page(LabourOperation, "add"), posted)
    assert answer.status_code == 200
    assert errors(answer)
    assert LabourOperation.objects.count() == 1


def test_operations_and_parts_are_added_and_never_deleted(office, operation, part):
    posted = {"code": "M11", "name": "Change pads", "hours": "1.5", "order_class": "general", "active": "on"}
    posted |= {"usual_parts-TOTAL_FORMS": "0", "usual_parts-INITIAL_FORMS": "0"}
    assert office.post(page(LabourOperation, "add"), posted).status_code == 302
    assert office.post(page(Part, "add"), {"number": "P1", "name": "Pad", "unit": "set"}).status_code == 302
    assert office.post(page(Part, "delete", part.pk), {"post": "yes"}).status_code == 403
    assert office.post(page(LabourOperation, "delete", operation.pk), {"post": "yes"}).status_code == 403


def test_an_interval_comes_round_by_months_or_kilometres(office, operation):
    page_of_a_new_one = page(MaintenanceInterval, "add")
    assert "__all__" in errors(office.post(page_of_a_new_one, {"operation": operation.pk}))
    assert not MaintenanceInterval.objects.exists()
    assert office.post(page_of_a_new_one, {"operation": operation.pk, "months": "12"}).status_code == 302
    made = MaintenanceInterval.objects.get()
    assert office.post(page(MaintenanceInterval, "change", made.pk), {"operation": operation.pk, "km": "10000"})
    made.refresh_from_db()
    assert (made.months, made.km) == (None, 10_000)
    assert office.post(page(MaintenanceInterval, "delete", made.pk), {"post": "yes"}).status_code == 403


def test_others_than_the_manager_stay_outside(client, clerk, part):
    client.force_login(clerk)
    assert client.get(page(Part, "changelist")).status_code == 302


@pytest.mark.clause("2.1.6")
def test_the_usual_parts_of_an_operation_are_entered_with_it(office, operation, part):
    row = {"usual_parts-0-part": part.pk, "usual_parts-0-quantity": "2"}
    sent = {"code": "M10", "name": "Change oil", "hours": "0.80", "order_class": "general", "active": "on"} | {
        "usual_parts-TOTAL_FORMS": "1",
        "usual_parts-INITIAL_FORMS": "0",
    }
    assert office.post(page(LabourOperation, "change", operation.pk), sent | row).status_code == 302
    assert list(operation.usual_parts.values_list("part", "quantity")) == [(part.pk, 2)]
    for wrong in "0", "100":
        answer = office.post(page(LabourOperation, "add"), sent | row | {"code": "N", "usual_parts-0-quantity": wrong})
        assert answer.status_code == 200
        with pytest.raises(IntegrityError), transaction.atomic():
            operation.usual_parts.update(quantity=int(wrong))


def test_the_office_reads_what_is_on_order_in_its_own_stores_and_changes_nothing(office, store, part):
    day = timezone.localdate() + timedelta(days=3)
    theirs = staff.open_store(name="Red Bridge", code="RB")
    for at_store, number in [(store, "PO-ours"), (theirs, "PO-theirs")]:
        operations.order_goods(at_store, part, 4, expected_on=day, reference=number, by=CLOCK, at=timezone.now())
    text = office.get(page(Supply, "changelist")).content.decode()
    assert "PO-ours" in text
    assert "PO-theirs" not in text
    ours = Supply.objects.get(store=store)
    assert office.get(page(Supply, "change", ours.pk)).status_code == 200
    assert office.post(page(Supply, "change", ours.pk), {"quantity": 9}).status_code == 403
    assert office.get(page(Supply, "add")).status_code == 403


def test_a_package_is_put_together_and_priced_by_the_manager(office, manager, part, operation):
    lines = {
        "operations-TOTAL_FORMS": 1, "operations-INITIAL_FORMS": 0, "operations-0-operation": operation.pk,
        "parts-TOTAL_FORMS": 1, "parts-INITIAL_FORMS": 0, "parts-0-part": part.pk, "parts-0-quantity": 2,
    }  # fmt: skip
    typed = {"code": "T2", "name": "小保养", "order_class": "oil", "active": "on", "express": "on"}
    assert office.post(page(Package, "add"), typed | lines).status_code == 302
    package = Package.objects.get(express=True)
    assert (package.operations.get().operation, package.parts.get().quantity) == (operation, 2)
    day = timezone.localdate().isoformat()
    priced = {"package": package.pk, "valid_from": day, "amount": "398.00"}
    assert office.post(page(PackagePrice, "add"), priced).status_code == 302
    price = PackagePrice.objects.get()
    assert (price.amount_fen, price.by) == (39_800, manager)
    assert "¥398.00" in office.get(page(PackagePrice, "changelist")).content.decode()


def test_a_packages_price_in_use_is_neither_edited_nor_replaced_nor_deleted(office, part):
    package, today = factories.package({}, {part: 1}), timezone.localdate()
    priced = {"package": package.pk, "valid_from": today.isoformat(), "amount": "398.00"}
    office.post(page(PackagePrice, "add"), priced)
    price = PackagePrice.objects.get()
    assert "valid_from" in errors(office.post(page(PackagePrice, "add"), priced | {"amount": "1"}))
    assert office.post(page(PackagePrice, "change", price.pk), priced | {"amount": "1"}).status_code == 403
    assert office.post(page(PackagePrice, "delete", price.pk), {"post": "yes"}).status_code == 403
    later = priced | {"valid_from": (today + timedelta(days=1)).isoformat(), "amount": ""}
    for _twice in range(2):
        assert office.post(page(PackagePrice, "add"), later).status_code == 302
    assert list(package.prices.values_list("amount_fen", flat=True)) == [None, 39_800]
