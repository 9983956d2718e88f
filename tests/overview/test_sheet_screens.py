"""The statistics sheet, the figures and the day's first page on a tablet and on paper."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from appointments import operations as appointments
from dealership.staff.roles import Role
from tests import factories
from tests.browser.pages import SCREENSHOTS, too_wide
from tests.factories import TUESDAY_NINE
from tests.followup.test_screens import too_small
from tests.overview import promises

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = [(1280, 800), (1024, 768)]


@pytest.fixture
def manager(time_machine):
    """Return the manager of a store whose Tuesday is over: promises of every fate, one with everything on its row."""
    time_machine.move_to(TUESDAY_NINE.replace(hour=16).astimezone(UTC), tick=False)
    crew = factories.Crew(factories.store())
    advisor = factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="欧阳明月")
    for number in range(1, 6):
        crew.store.bays.create(name=f"举升机{number}号")
    costly = factories.part(crew.store, name="自动变速箱总成", price_fen=3_800_000, at=promises.SATURDAY)
    made = factories.appointment(
        crew, promises.at(0), at=promises.SATURDAY, advisor=advisor, kind="proactive", cause="fault",
        reason="冷车起步时变速箱有明显的异响，热车后消失，希望当天取车", waits=True,
        job=factories.job(operations=[factories.operation(name="检查自动变速箱")], parts=[(costly, 1)]),
        car=factories.customer_with_car(advisor, name="北京长城汽车租赁公司", make="梅赛德斯奔驰", model_name="E300L"),
    )  # fmt: skip
    appointments.see_notice(made.notices.get(), by=crew.foreman, at=promises.SATURDAY)
    call = made.reminders.get(kind="day")
    appointments.record_call(call, outcome="can_come", note="", by=advisor, at=call.due_at)
    factories.draft(crew, promises.at(0) + timedelta(minutes=4), car=(made.customer, made.vehicle))
    promises.every_fate(crew)
    promises.rebooked(crew)
    return crew.after_sales_manager


@pytest.mark.clause("F1")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_fit_a_tablet_and_a_finger(manager, desk_page, screenshot, language, size):
    page = desk_page(language, size, user=manager)
    for name in ["sheet", "booking_figures", "house_figures", "today"]:
        page.goto(reverse(f"overview:{name}"))
        if name == "today":
            page.wait_for_selector("#today-rest section")  # the second part comes by itself
        screenshot(page, f"overview-{name}-{language}-{size[0]}")
        wide = too_wide(page)
        assert wide <= 0, name
        if name != "today":
            assert too_small(page) == []


@pytest.mark.clause("F1")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_sheet_prints_on_paper_laid_across(manager, desk_page, language):
    page = desk_page(language, SIZES[1], user=manager)
    page.goto(reverse("overview:sheet", query={"first": "2026-11-21", "last": "2026-11-26"}))
    page.emulate_media(media="print")
    assert page.locator(".d-print-none:visible").count() == 0
    assert page.locator(".statistics thead").evaluate("e => getComputedStyle(e).display") == "table-header-group"
    assert page.locator(".statistics-days tbody tr").first.is_visible(), "the totals by day are printed too"
    printed = page.pdf(prefer_css_page_size=True, path=SCREENSHOTS / f"overview-sheet-{language}.pdf")
    assert b"/MediaBox [0 0 841" in printed or b"/MediaBox [0 0 842" in printed
