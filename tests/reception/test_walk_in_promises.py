"""Who comes without appointment today may have one on a coming day; the desk is told."""

from datetime import UTC, timedelta

from django.urls import reverse

from tests import factories
from tests.factories import TUESDAY_NINE

WALK_IN = reverse("reception:walk_in")


def test_a_walk_in_is_told_of_the_cars_coming_appointment(client, crew, time_machine):
    made = factories.appointment(crew, TUESDAY_NINE)
    time_machine.move_to((TUESDAY_NINE - timedelta(days=1)).astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    page = client.get(WALK_IN, {"vehicle": made.vehicle.pk}).content.decode()
    assert "This car has an appointment on" in page
    assert made.advisor.full_name in page
    assert reverse("appointments:appointment", args=[made.pk]) in page
    assert 'name="size"' in page, "the arrival can be noted all the same"
    _customer, other = factories.customer_with_car(crew.service_advisor)
    assert "This car has an appointment on" not in client.get(WALK_IN, {"vehicle": other.pk}).content.decode()
    time_machine.move_to((TUESDAY_NINE - timedelta(minutes=5)).astimezone(UTC), tick=False)
    client.force_login(crew.service_advisor)
    today = client.get(WALK_IN, {"vehicle": made.vehicle.pk}).content.decode()
    assert "Booked today at 09:00" in today
    assert "This car has an appointment on" not in today
