"""Booking on the phone in a real browser: how many presses and how long, and what the pages look like."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from appointments.models import Appointment, BookingRules
from dealership.staff.roles import Role
from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUARTER = timedelta(minutes=15)


class Desk:
    """A store at work: three advisors, two bays, a catalogue, a day that is fuller than its neighbours."""

    def __init__(self):
        self.crew = factories.Crew(factories.store(name="滨江店"))
        self.crew.service_advisor = factories.person(Role.SERVICE_ADVISOR, self.crew.store, full_name="李娜")
        self.others = [
            factories.person(Role.SERVICE_ADVISOR, self.crew.store, full_name=name) for name in ("张伟", "王芳")
        ]
        BookingRules.objects.create(store=self.crew.store, workshop_hours=24, skill_hours={"保养": "16"})
        for name in ("1号工位", "2号工位", "3号工位"):
            workshop.add_bay(self.crew.store, name=name, kind="general", by=CLOCK)
        self.crew.team()
        self.oil = factories.operation(name="更换机油及机油滤清器", hours="0.60")
        factories.operation(name="常规保养（四滤检查更换）", hours="1.20")
        factories.operation(name="大保养（含火花塞与变速箱油）", hours="3.00")
        factories.part(self.crew.store, name="起停蓄电池 AGM 70Ah", price_fen=128000)
        self.car = factories.customer_with_car(self.crew.service_advisor, name="陈静", title="ms", plate="浙A8M207")
        for number, advisor in enumerate([self.crew.service_advisor, *self.others]):
            for slot in range(3):
                at = TUESDAY_NINE + (slot + 4 * number) * QUARTER
                factories.appointment(self.crew, starts_at=at, advisor=advisor, job=factories.job("0.50"))


@pytest.fixture
def desk_at_work(transactional_db):
    with time_machine.travel(MONDAY, tick=True):
        yield Desk()


class Presses:
    """Counts what the advisor does: each press and each field typed into is one."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, place):
        place.click()
        self.count += 1

    def type(self, place, text):
        place.press_sequentially(text, delay=20)
        self.count += 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [(1280, 800), (1024, 768)], ids=["1280", "1024"])
def test_a_known_customer_is_booked_by_phone(desk_at_work, desk_page, screenshot, language, size):
    page = desk_page(language, size, user=desk_at_work.crew.service_advisor)
    page.goto("/appointments/?day=2026-11-24")
    screenshot(page, f"grid-{language}-{size[0]}")
    advisor, begun = Presses(page), time.monotonic()
    advisor.press(page.locator("a[href$='/appointments/book']"))
    advisor.type(page.locator("#q"), "M207")
    advisor.press(page.locator("a.list-group-item").first)
    expect(page.locator("#times input[type=radio]").first).to_be_attached()
    advisor.press(page.locator("label[for=id_cause_1]"))
    advisor.type(page.locator("#id_reason"), "踩刹车时前面有尖叫声")
    screenshot(page, f"book-{language}-{size[0]}")
    phone = page.locator("main a[href^='tel:']").first.bounding_box()
    assert min(phone["width"], phone["height"]) >= 44
    advisor.press(page.locator("button[name=agreed][value=on]"))
    expect(page).to_have_url(re.compile(r"/appointments/\d+$"))
    took = time.monotonic() - begun
    screenshot(page, f"appointment-{language}-{size[0]}")
    made = Appointment.objects.latest("pk")
    assert (made.vehicle, made.state, made.reason) == (desk_at_work.car[1], "confirmed", "踩刹车时前面有尖叫声")
    assert advisor.count <= 6, f"{advisor.count} inputs"
    assert took <= 30, f"{took:.1f} s"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_long_job_with_parts_is_offered_times_that_fit_it(desk_at_work, desk_page, screenshot, language):
    page = desk_page(language, (1280, 800), user=desk_at_work.crew.service_advisor)
    page.goto(f"/appointments/book?vehicle={desk_at_work.car[1].pk}")
    expect(page.locator("#times input[type=radio]").first).to_be_attached()
    page.locator("label", has_text="大保养").click()
    page.locator("#find").press_sequentially("AGM", delay=20)
    page.locator("label", has_text="AGM").click()
    page.locator("label[for=id_cause_0]").click()
    screenshot(page, f"book-long-{language}")
    page.locator("button[name=agreed][value=on]").click()
    expect(page).to_have_url(re.compile(r"/appointments/\d+$"))
    screenshot(page, f"appointment-long-{language}")
    made = Appointment.objects.latest("pk")
    assert (str(made.hours), made.parts.get().high_value) == ("3.00", True)
    assert made.reservation is not None
    page.goto(f"/appointments/{made.pk}/move")
    expect(page.locator("#times input[type=radio]").first).to_be_attached()
    screenshot(page, f"move-{language}")
    page.fill("#id_reason", "客户出差")
    page.locator("form.row button.btn-success").click()
    expect(page).to_have_url(re.compile(rf"/appointments/{made.pk}$"))
    made.refresh_from_db()
    assert made.sequence == 1
    page.goto("/appointments/week?day=2026-11-24")
    screenshot(page, f"week-{language}")


@pytest.mark.clause("3.1.5.1")
def test_the_quieter_day_is_one_press_away(desk_at_work, desk_page, screenshot):
    work = desk_at_work
    for number in range(3):
        at = TUESDAY_NINE + timedelta(days=2) + number * QUARTER
        factories.appointment(work.crew, starts_at=at, job=factories.job("7"))
    page = desk_page("en", (1280, 800), user=work.crew.service_advisor)
    page.goto(f"/appointments/book?vehicle={work.car[1].pk}&advisor={work.crew.service_advisor.pk}&at=2026-11-26T11:00")
    warning = page.locator("#times .alert-warning")
    expect(warning).to_contain_text("much fuller")
    screenshot(page, "book-fuller-day")
    quiet = warning.locator("a").get_attribute("data-day")
    warning.locator("a").click()
    expect(page.locator("#on")).to_have_value(quiet)
    expect(page.locator("#times input[type=radio]").first).to_have_value(re.compile(rf"\|{quiet}"))
