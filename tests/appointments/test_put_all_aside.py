"""One press puts aside every part of a car that is there, and one sentence says what is short."""

import pytest
from django.urls import reverse

from appointments import operations
from appointments.operations import Job
from dealership.catalogue.models import Stock, StockReservation
from dealership.workflow import NotAllowed
from tests import factories
from tests.appointments.desk import text
from tests.factories import MONDAY

PARTS = reverse("appointments:parts")
ALL = "Put aside all for this car"


@pytest.fixture
def made(crew):
    """Return an appointment with two parts that are there and one of which one is missing."""
    parts = [
        (factories.part(crew.store, name=name, stock=stock), 2)
        for name, stock in [("油", 9), ("垫片", 9), ("火花塞", 1)]
    ]
    return factories.appointment(crew, job=Job(parts=parts, other=["保养"]))


@pytest.fixture
def parts_desk(desk, crew):
    desk.force_login(crew.parts)
    return desk


@pytest.mark.clause("2.1.6")
def test_one_press_puts_aside_what_is_there_and_names_what_is_short(parts_desk, crew, made):
    page = parts_desk.get(PARTS)
    address = reverse("appointments:put_all_aside", args=[made.pk])
    assert (text(page).count(ALL), text(page).count(address)) == (1, 1)
    answer = parts_desk.post(address, follow=True)
    assert "what is there; short: 火花塞 (1/2)." in text(answer)
    assert [row.wanted.part.name for row in answer.context["rows"]] == ["火花塞"]
    assert ALL not in text(answer), "a single part has its own button"
    assert {one.reference for one in StockReservation.objects.all()} == {operations.reference_of(made)}
    assert {one.part.name: (one.seen_by, one.seen_at) for one in made.parts.exclude(reservation=None)} == {
        "油": (crew.parts, MONDAY), "垫片": (crew.parts, MONDAY),
    }  # fmt: skip
    Stock.objects.filter(part__name="火花塞").update(quantity=2)
    assert "is put aside." in text(parts_desk.post(address, follow=True))
    parts_desk.post(address)
    assert StockReservation.objects.count() == 3, "pressed twice is put aside once"


def test_nothing_is_put_aside_for_an_appointment_that_is_over(parts_desk, crew, made, english):
    operations.cancel(made, reason="出差", by=crew.service_advisor, at=MONDAY)
    assert parts_desk.post(reverse("appointments:put_all_aside", args=[made.pk])).status_code == 409
    with pytest.raises(NotAllowed, match="over"):
        operations.put_all_aside(made, by=crew.parts, at=MONDAY)
    assert not StockReservation.objects.exists()


def test_others_put_nothing_aside(desk, made):
    assert desk.post(reverse("appointments:put_all_aside", args=[made.pk])).status_code == 403
    other = factories.Crew(factories.store("分店"))
    desk.force_login(other.parts)
    assert desk.post(reverse("appointments:put_all_aside", args=[made.pk])).status_code == 404
