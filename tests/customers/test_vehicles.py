import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dealership.customers import operations, queries
from dealership.customers.models import Customer, Keeping, MileageReading, PastOrder, Vehicle

DAY = datetime.timedelta(days=1)
RIGHT = "LSVAA2BR2CN123456"
WRONG_CHINESE = "LSVAA2BR1CN123456"
WRONG_GERMAN = "WVWZZZ1JZ3W386752"


@pytest.fixture
def li(advisor, at):
    return operations.register(name="李娜", title="ms", by=advisor, at=at)


def test_a_car_comes_with_its_keeper_of_today(car, wang, at):
    assert car.keeper == wang
    assert car.keeping.since == at.date()
    assert (car.plate, car.plate_shown) == ("沪A12345", "沪A·12345")


def test_a_customer_and_his_car_are_registered_together_or_not_at_all(advisor, at):
    with pytest.raises(operations.VinInvalid):
        operations.register_with_car(name="王伟", vin=WRONG_CHINESE, by=advisor, at=at)
    assert not Customer.objects.exists()


@pytest.mark.clause("3.2.1.4")
@pytest.mark.parametrize("vin", [WRONG_CHINESE, RIGHT[:-1], "LSVAA2BR0CNO23456"])
def test_a_wrong_chinese_vin_is_refused_whatever_the_reason(li, advisor, at, vin):
    with pytest.raises(operations.VinInvalid) as refusal:
        operations.add_vehicle(keeper=li, vin=vin, vin_override_reason="so steht es da", by=advisor, at=at)
    assert "vin" in refusal.value.message_dict


@pytest.mark.clause("3.2.1.4")
def test_a_doubtful_foreign_vin_needs_a_typed_reason(li, advisor, at):
    with pytest.raises(operations.VinDoubtful):
        operations.add_vehicle(keeper=li, vin=WRONG_GERMAN, by=advisor, at=at)
    car = operations.add_vehicle(
        keeper=li, vin=WRONG_GERMAN, vin_override_reason="read twice from the car", by=advisor, at=at
    )
    assert car.vin_override_reason == "read twice from the car"


def test_a_reason_nobody_needs_is_dropped(li, advisor, at):
    car = operations.add_vehicle(keeper=li, vin=RIGHT, vin_override_reason="for nothing", by=advisor, at=at)
    assert car.vin_override_reason == ""


@pytest.mark.clause("1.2.3.5")
def test_a_new_car_gets_its_plate_later(li, advisor, at):
    car = operations.add_vehicle(keeper=li, model_name="途观L", by=advisor, at=at)
    other = operations.add_vehicle(keeper=li, model_name="ID.3", by=advisor, at=at)  # two cars without plate and VIN
    operations.correct_vehicle(car, plate="沪ad·12345", by=advisor, at=at)
    car.refresh_from_db()
    assert (car.plate, other.plate) == ("沪AD12345", "")


def test_an_unknown_form_of_plate_is_confirmed(li, advisor, at):
    with pytest.raises(operations.PlateDoubtful):
        operations.add_vehicle(keeper=li, plate="M-AB 123", by=advisor, at=at)
    car = operations.add_vehicle(keeper=li, plate="M-AB 123", plate_confirmed=True, by=advisor, at=at)
    operations.correct_vehicle(car, colour="red", by=advisor, at=at)  # not asked again
    assert car.plate == "MAB123"


def test_a_plate_and_a_vin_belong_to_one_car(car, li, advisor, at):
    with pytest.raises(operations.PlateTaken) as refusal:
        operations.add_vehicle(keeper=li, plate="沪A 12345", by=advisor, at=at)
    assert "王伟" in str(refusal.value)
    with pytest.raises(operations.VinTaken):
        operations.add_vehicle(keeper=li, vin=RIGHT, by=advisor, at=at)


def test_whoever_loses_the_race_for_a_plate_hears_who_has_it(car, li, advisor, at, monkeypatch):
    """The look before the save finds nothing; the database then refuses and the sentence is found after it."""
    looks = []
    real = operations.vehicles.check_free
    monkeypatch.setattr(operations.vehicles, "check_free", lambda v: looks.append(v) if not looks else real(v))
    with pytest.raises(operations.PlateTaken):
        operations.add_vehicle(keeper=li, plate="沪A12345", by=advisor, at=at)
    assert Vehicle.objects.count() == 1


def test_a_correction_does_not_wind_back_the_mileage(car, advisor, at):
    stale = Vehicle.objects.get(pk=car.pk)
    operations.record_mileage(car, 5000, "reception", by=advisor, at=at)
    operations.correct_vehicle(stale, colour="red", by=advisor, at=at)
    car.refresh_from_db()
    assert (car.mileage, car.colour) == (5000, "red")


def test_a_correction_from_an_old_copy_keeps_plate_and_vin(car, li, advisor, at):
    """The settlement writes the next service to a car it loaded long before."""
    stale = Vehicle.objects.get(pk=car.pk)
    operations.correct_vehicle(car, plate="沪AD12345", vin="", by=advisor, at=at)
    operations.add_vehicle(keeper=li, plate="沪A12345", vin=RIGHT, by=advisor, at=at)  # the old plate goes on
    operations.correct_vehicle(stale, next_service_km=20000, by=advisor, at=at)
    car.refresh_from_db()
    assert (car.plate, car.vin, car.next_service_km) == ("沪AD12345", "", 20000)
    assert (stale.plate, stale.vin) == ("沪AD12345", "")


def test_a_correction_from_an_old_copy_keeps_the_excuse_of_the_vin(car, advisor, at):
    stale = Vehicle.objects.get(pk=car.pk)
    operations.correct_vehicle(car, vin=WRONG_GERMAN, vin_override_reason="read twice", by=advisor, at=at)
    operations.correct_vehicle(stale, colour="red", by=advisor, at=at)
    car.refresh_from_db()
    assert (car.vin, car.vin_override_reason, car.colour) == (WRONG_GERMAN, "read twice", "red")


def test_the_excuse_of_one_vin_is_none_for_another(car, advisor, at):
    operations.correct_vehicle(car, vin=WRONG_GERMAN, vin_override_reason="read twice", by=advisor, at=at)
    with pytest.raises(operations.VinDoubtful):
        operations.correct_vehicle(car, vin=WRONG_GERMAN[:-1] + "3", by=advisor, at=at)
    operations.correct_vehicle(car, vin=RIGHT, by=advisor, at=at)
    car.refresh_from_db()
    assert (car.vin, car.vin_override_reason) == (RIGHT, "")


def test_an_old_copy_does_not_hide_what_contradicts_a_correction(car, advisor, at):
    stale = Vehicle.objects.get(pk=car.pk)
    operations.correct_vehicle(car, sale_on=at.date(), by=advisor, at=at)
    with pytest.raises(ValidationError):
        operations.correct_vehicle(stale, warranty_until=at.date() - DAY, by=advisor, at=at)


def test_the_warranty_ends_after_the_sale(car, advisor, at):
    with pytest.raises(ValidationError):
        operations.correct_vehicle(car, sale_on=at.date(), warranty_until=at.date() - DAY, by=advisor, at=at)


def test_keepers_follow_each_other(car, wang, li, advisor, at):
    day = at.date() + 30 * DAY
    operations.change_keeper(car, li, day, by=advisor, at=at + 30 * DAY)
    assert car.keeper == li
    loaded = Vehicle.objects.with_keeper().get(pk=car.pk)
    assert loaded.keeper == li
    assert [(k.customer, k.since, k.until) for k in queries.vehicle_file(loaded).keepings] == [
        (li, day, None),
        (wang, at.date(), day),
    ]


def test_the_same_keeper_changes_nothing(car, wang, advisor, at):
    operations.change_keeper(car, wang, at.date(), by=advisor, at=at + DAY)
    assert car.keepings.count() == 1


def test_a_keeper_cannot_begin_before_the_one_before(car, li, advisor, at):
    with pytest.raises(operations.KeepingTooEarly):
        operations.change_keeper(car, li, at.date() - DAY, by=advisor, at=at)
    assert Vehicle.objects.get(pk=car.pk).keeper.name == "王伟"


@pytest.mark.parametrize("days", [1, 2000])
def test_nobody_keeps_a_car_from_a_day_to_come(car, li, advisor, at, days):
    with pytest.raises(operations.KeepingAhead):
        operations.change_keeper(car, li, at.date() + days * DAY, by=advisor, at=at)
    with pytest.raises(operations.KeepingAhead):
        operations.add_vehicle(keeper=li, plate="沪B54321", since=at.date() + days * DAY, by=advisor, at=at)
    assert Vehicle.objects.get().keeper.name == "王伟"


def test_today_is_the_day_of_the_store(car, li, advisor, at):
    """At five in the afternoon in London it is tomorrow in Shanghai: 25 November has begun in one store only."""
    evening = at.replace(hour=17, tzinfo=datetime.UTC)
    wednesday = datetime.date(2026, 11, 25)
    with timezone.override("Europe/London"), pytest.raises(operations.KeepingAhead):
        operations.change_keeper(car, li, wednesday, by=advisor, at=evening)
    with timezone.override("Asia/Shanghai"):
        assert operations.change_keeper(car, li, wednesday, by=advisor, at=evening).since == wednesday


def test_a_store_further_west_takes_over_the_day_written_in_the_east(car, wang, li, advisor, at):
    evening = at.replace(hour=17, tzinfo=datetime.UTC)
    wednesday = datetime.date(2026, 11, 25)
    with timezone.override("Asia/Shanghai"):
        operations.change_keeper(car, li, wednesday, by=advisor, at=evening)
    with timezone.override("Europe/London"):
        assert operations.change_keeper(car, wang, wednesday, by=advisor, at=evening).since == wednesday


def test_one_keeper_at_a_time_in_the_database(car, li, at):
    with pytest.raises(IntegrityError), transaction.atomic():
        Keeping.objects.create(vehicle=car, customer=li, since=at.date())


@pytest.mark.parametrize(("last", "km"), [(5000, 4999), (5000, 500_000)])
def test_an_implausible_mileage_needs_a_note(car, advisor, at, last, km):
    operations.record_mileage(car, last, "reception", by=advisor, at=at)
    with pytest.raises(operations.MileageImplausible):
        operations.record_mileage(car, km, "reception", by=advisor, at=at)
    car.refresh_from_db()
    assert car.mileage == last
    operations.record_mileage(car, km, "reception", "new odometer", by=advisor, at=at)
    car.refresh_from_db()
    assert car.mileage == km
    assert [r.note for r in car.mileage_readings.all()] == ["new odometer", ""]


def test_the_same_mileage_twice_is_plausible(car, advisor, at):
    for _ in range(2):
        operations.record_mileage(car, 5000, "reception", by=advisor, at=at)
    assert car.mileage_readings.count() == 2


def test_a_past_order_is_kept_once_per_source(car, wang, at):
    for amount in (100, 200):
        operations.record_past_order(
            car, wang, source="DMS", number="RO1", closed_on=at.date(), amount_fen=amount, by=None, at=at
        )
    operations.record_past_order(car, wang, source="Excel", number="RO1", closed_on=at.date(), by=None, at=at)
    assert sorted(PastOrder.objects.values_list("source", "amount_fen")) == [("DMS", 200), ("Excel", None)]


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Vehicle, {"vin": "SHORT"}),
        (Vehicle, {"vin": RIGHT.lower()}),
        (Vehicle, {"plate": "沪a12345"}),
        (Vehicle, {"vin_override_reason": "x"}),
        (Vehicle, {"energy": "steam"}),
        (Vehicle, {"mileage": 3_000_001}),
        (Keeping, {"until": datetime.date(2000, 1, 1)}),
        (MileageReading, {"km": 3_000_001}),
        (PastOrder, {"amount_fen": -1}),
        (PastOrder, {"number": ""}),
    ],
)
def test_the_database_holds_the_rules_alone(car, wang, advisor, at, model, values):
    operations.record_mileage(car, 1, "reception", by=advisor, at=at)
    operations.record_past_order(car, wang, source="DMS", number="RO1", closed_on=at.date(), by=advisor, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**values)
