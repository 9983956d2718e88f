"""The lane and the page for customers without appointment on the reception's screens."""

from datetime import UTC

import pytest
from django.urls import reverse

from dealership.staff.roles import Role
from tests import factories
from tests.browser.pages import TABLET, too_small, too_wide
from tests.reception.morning import at, came, receive, two_quick_ones, walked_in

pytestmark = pytest.mark.django_db(transaction=True)
TARGETS = "main a.btn, main button"
SIZES = {"1280": (1280, 800), "1024": TABLET}


@pytest.fixture
def busy_lane(crew, time_machine):
    """Twenty-five past nine: two quick receptions are over, a colleague's takes too long, people wait."""
    crew.service_advisor.full_name = "李娜"
    crew.service_advisor.save()
    colleague = factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="张伟")
    two_quick_ones(crew)
    factories.appointment(crew, at(60))
    receive(came(crew, 0, advisor=colleague), 0)
    came(crew, 15, advisor=colleague)
    factories.appointment(crew, at(30), advisor=colleague)
    problem, service = walked_in(crew, 12, "large"), walked_in(crew, 18, "small")
    type(service.customer).objects.filter(pk=service.customer_id).update(interests="钓鱼 摄影", avoid_topics="足球")
    time_machine.move_to(at(24).astimezone(UTC), tick=False)
    return problem, service


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_lane_fits_the_screen_and_the_gap_is_one_tap(busy_lane, crew, desk_page, screenshot, language, size):
    _problem, service = busy_lane
    page = desk_page(language, SIZES[size], user=crew.service_advisor)
    page.goto(reverse("reception:lane"))
    screenshot(page, f"reception-lane-{language}-{size}")
    assert too_small(page, TARGETS) == []
    assert not too_wide(page)
    page.locator('form:has(input[name=place][value="gap"]) button').click()
    page.wait_for_url("**" + reverse("reception:intake", args=[service.pk]))
    service.refresh_from_db()
    assert service.advisor == crew.service_advisor


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_the_customer_brings_is_one_tap(busy_lane, crew, desk_page, screenshot, language, size):
    _customer, vehicle = factories.customer_with_car(crew.service_advisor)
    page = desk_page(language, SIZES[size], user=crew.advisor_assistant)
    page.goto(f"{reverse('reception:walk_in')}?vehicle={vehicle.pk}")
    screenshot(page, f"reception-walk-in-{language}-{size}")
    assert too_small(page, TARGETS) == []
    page.locator('button[name=size][value="small"]').click()
    page.wait_for_url("**" + reverse("reception:lane"))
    assert vehicle.visits.get().size == "small"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_emergency_is_received_on_its_page(busy_lane, crew, desk_page, screenshot, language):
    problem, _service = busy_lane
    page = desk_page(language, user=crew.service_advisor)
    page.goto(reverse("reception:receive", args=[problem.pk]))
    page.locator("button[value=emergency]").click()
    page.wait_for_selector(".invalid-feedback")
    screenshot(page, f"reception-emergency-{language}")
    page.locator("input[name=reason]").fill("拖车进店")
    page.locator("button[value=emergency]").click()
    page.wait_for_url("**" + reverse("reception:intake", args=[problem.pk]))
    problem.refresh_from_db()
    assert problem.buffer.cause == "emergency"
