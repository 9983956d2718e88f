"""Whether a car is under warranty on a day and at a mileage, as far as anybody noted."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from dealership.customers import operations, queries
from dealership.customers.models import Vehicle

SOLD, UNTIL = date(2025, 3, 1), date(2028, 3, 1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("noted", "on", "km", "standing"),
    [
        ({}, SOLD, 100, "unknown"),
        ({"sale_on": SOLD}, SOLD, 100, "unknown"),
        ({"warranty_until": UNTIL}, UNTIL, None, "in"),
        ({"warranty_until": UNTIL}, UNTIL + DAY, 100, "out"),
        ({"warranty_until": UNTIL, "sale_on": SOLD}, SOLD, 100, "in"),
        ({"warranty_until": UNTIL, "sale_on": SOLD}, SOLD - DAY, 100, "unknown"),
        ({"warranty_until": UNTIL, "warranty_km": 100_000}, UNTIL, 100_000, "in"),
        ({"warranty_until": UNTIL, "warranty_km": 100_000}, SOLD, 100_001, "out"),
        ({"warranty_until": UNTIL, "warranty_km": 100_000}, SOLD, None, "unknown"),
        ({"warranty_until": UNTIL, "warranty_km": 100_000}, UNTIL + DAY, None, "out"),
        ({"warranty_km": 100_000}, SOLD, 100_001, "out"),
        ({"warranty_km": 100_000}, SOLD, 5, "unknown"),
    ],
)
def test_the_warranty_ends_by_day_or_mileage_whichever_is_first(noted, on, km, standing):
    assert queries.warranty_standing(Vehicle(**noted), on, km) == standing


@pytest.mark.parametrize(
    ("until", "most", "word"),
    [
        (date(2999, 1, 1), 100_000, "under warranty"),
        (date(2020, 1, 1), None, "out of warranty"),
        (None, None, "warranty unknown"),
    ],
)
def test_the_vehicles_page_says_so_in_words(desk, car, advisor, at, until, most, word):
    operations.correct_vehicle(car, warranty_until=until, warranty_km=most, by=advisor, at=at)
    operations.record_mileage(car, 9000, "desk", by=advisor, at=at)
    text = desk.get(reverse("customers:vehicle", args=[car.pk])).content.decode()
    assert f">{word}<" in text
    assert ("100000 km" in text) is (most is not None)


@pytest.mark.parametrize("km", [0, 3_000_001])
def test_the_database_refuses_an_impossible_limit(car, km):
    with pytest.raises(IntegrityError), transaction.atomic():
        Vehicle.objects.filter(pk=car.pk).update(warranty_km=km)
