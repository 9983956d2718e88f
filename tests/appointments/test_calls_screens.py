"""The caller's screens on a tablet and the customer's page on a telephone: readable, every target a finger wide."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from appointments import notices
from appointments.models import CustomerLink, Reminder
from appointments.models.reminders import Outcome, ReminderState
from dealership.customers import operations as customers
from tests import factories
from tests.browser.pages import PHONE, TABLET, too_small, too_wide

pytestmark = pytest.mark.django_db(transaction=True)
TARGETS = (
    "main a, main button:not([disabled]), main summary, main textarea, main .btn-check + label,"
    " main input:not([type=hidden]):not(.btn-check):not(.form-check-input)"
)


@pytest.fixture
def crew(transactional_db):
    return factories.Crew(factories.store(phone="010-6500 1234", address="建国路1号"))


@pytest.fixture
def made(crew):
    """An appointment in five days, made a minute ago, of a customer who wishes mail."""
    now = timezone.now()
    customer, vehicle = factories.customer_with_car(crew.service_advisor, now)
    customers.correct(
        customer, email="a@example.com", preferred_channel="email", avoid_topics="上次的投诉",
        by=crew.service_advisor, at=now,
    )  # fmt: skip
    day = (now + timedelta(days=5)).astimezone(crew.store.zone)
    nine = day.replace(hour=9, minute=0, second=0, microsecond=0)
    return factories.appointment(crew, nine, at=now, car=(customer, vehicle), reason="保养，左前轮有异响")


@pytest.fixture
def call(made):
    """Let both calls about the appointment be due, the one overdue."""
    now = timezone.now()
    Reminder.objects.filter(kind="day").update(
        channel="call", due_at=now - timedelta(hours=5), limit_at=now - timedelta(hours=1)
    )
    Reminder.objects.filter(kind="near").update(due_at=now - timedelta(minutes=5), limit_at=now + timedelta(minutes=40))
    return made.reminders.get(kind="day")


@pytest.mark.parametrize(("language", "size"), [("zh-hans", TABLET), ("en", (1280, 800))])
def test_a_call_is_found_made_and_told_with_three_touches(crew, call, desk_page, screenshot, language, size):
    page = desk_page(language, size, user=crew.service_advisor)
    page.goto(reverse("appointments:calls"))
    screenshot(page, f"calls-{language}")
    assert (too_small(page, TARGETS), too_wide(page)) == ([], 0)
    page.locator(f'form[action$="/{call.pk}/take"] button').click()
    page.wait_for_selector("button[name=outcome]")
    screenshot(page, f"call-{language}")
    assert (too_small(page, TARGETS), too_wide(page)) == ([], 0)
    page.locator("button[value=can_come]").click()
    page.wait_for_selector(".alert-success")
    call.refresh_from_db()
    assert (call.state, call.outcome) == (ReminderState.DONE, Outcome.CAN_COME)
    page.locator('a[href$="/move"]').click()
    page.wait_for_selector("input[name=time]", state="attached")
    screenshot(page, f"call-move-{language}")
    assert (too_small(page, TARGETS), too_wide(page)) == ([], 0)
    page.locator("#another button.btn-success").click()
    page.wait_for_selector(".alert-success")
    call.appointment.refresh_from_db()
    assert call.appointment.sequence == 1


@pytest.mark.parametrize(("language", "size"), [("zh-hans", TABLET), ("en", (1280, 800))])
def test_a_car_that_is_due_is_called_about_and_booked(crew, desk_page, screenshot, language, size):
    now = timezone.now()
    _customer, car = factories.customer_with_car(crew.service_advisor, now)
    by, today = crew.service_advisor, now.date()
    work = factories.operation(code="B100", name="二级保养", hours="2.00", at=now)
    customers.correct_vehicle(car, next_service_on=today, by=by, at=now)
    customers.plan_line(car, item=work.name, code=work.code, due_on=today, by=by, at=now)
    customers.recommend(
        car, words="前轮磨损", declined=True, reason="太贵", source="W-1", remind_on=today, by=by, at=now
    )
    page = desk_page(language, size, user=by)
    page.goto(reverse("appointments:due"))
    screenshot(page, f"due-{language}")
    assert (too_small(page, TARGETS), too_wide(page)) == ([], 0)
    page.locator(f'a.btn-primary[href$="/{car.pk}"]').click()
    page.wait_for_selector("input[name=time]", state="attached")
    screenshot(page, f"proactive-{language}")
    assert (too_small(page, TARGETS), too_wide(page)) == ([], 0)
    page.locator("[name=mileage]").fill("14800")
    page.locator("button[formaction]").click()
    page.wait_for_selector(".alert-success")
    assert car.appointments.get().kind == "proactive"
    assert car.proactive_calls.get().mileage == 14_800


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("purpose", ["confirm", "move", "cancel"])
def test_a_customer_answers_on_his_telephone(made, desk_page, screenshot, language, purpose):
    link = CustomerLink.objects.get(appointment=made, purpose=purpose)
    page = desk_page(language, PHONE, scripts=False, statuses=[410])
    page.goto(notices.address(link).removeprefix(settings.SITE_URL))
    screenshot(page, f"answer-{purpose}-{language}")
    assert (too_small(page, TARGETS), too_wide(page)) == ([], 0)
    if purpose == "move":
        page.locator("textarea").fill("周五下午")
    page.locator("main button").click()
    page.wait_for_selector("[role=status]")
    screenshot(page, f"answer-{purpose}-thanks-{language}")
    link.refresh_from_db()
    assert link.spent_at is not None
    page.goto(notices.address(link).removeprefix(settings.SITE_URL))
    assert page.locator("main button").count() == 0
