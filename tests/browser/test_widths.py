"""No page of the desk scrolls sideways on a tablet laid across, in either language."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from appointments import operations as appointments
from dealership.catalogue import operations as catalogue
from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from tests import factories
from tests.browser.pages import TABLET, too_wide
from tests.factories import TUESDAY_NINE

pytestmark = pytest.mark.django_db(transaction=True)
ADVISING = [
    "overview:today", "reception:lane", "appointments:grid", "appointments:week", "appointments:book",
    "appointments:calls", "appointments:unkept", "appointments:due", "appointments:preparation",
    "appointments:welcome", "overview:sheet", "workorders:board", "customers:search",
]  # fmt: skip
PAGES = {
    "after_sales_manager": [
        *ADVISING,
        "appointments:parts",
        "appointments:notices_missed",
        "overview:booking_figures",
        "catalogue:stock",
        "catalogue:supplies",
    ],
    "foreman": ["overview:today", "appointments:notices", "workorders:board"],
    "cashier": ["overview:today", "workorders:cashier", "workorders:day"],
    "claims": ["workorders:cases"],
    "parts": [
        "workorders:to_issue",
        "workorders:short_parts",
        "catalogue:stock",
        "catalogue:to_order",
        "catalogue:supplies",
        "catalogue:count",
    ],
}


@pytest.fixture
def crew(transactional_db, time_machine):
    """Return the crew of a store on Tuesday at ten, with something on each page."""
    time_machine.move_to((TUESDAY_NINE + timedelta(hours=1)).astimezone(UTC), tick=True)
    crew = factories.Crew(factories.store())
    parts = factories.job(parts=[(factories.part(crew.store, name="自动变速箱总成", price_fen=3_800_000), 1)])
    car = {"name": "北京长城汽车租赁公司", "make": "梅赛德斯奔驰", "model_name": "E300L"}
    for days in range(4):
        booked = factories.customer_with_car(crew.service_advisor, **car)
        factories.appointment(
            crew, TUESDAY_NINE + timedelta(days=days, hours=2), job=parts, car=booked,
            reason="冷车起步时变速箱有明显的异响，热车后消失，希望当天取车",
        )  # fmt: skip
    battery = factories.part(crew.store, number="BAT-AGM70-START-STOP", name="启停蓄电池 AGM 70Ah")
    day = (TUESDAY_NINE + timedelta(days=3)).date()
    catalogue.order_goods(
        crew.store, battery, 4, expected_on=day, reference="XL-2026-20931", by=crew.parts, at=TUESDAY_NINE
    )
    workshop.close_on(crew.store, (TUESDAY_NINE + timedelta(days=2)).date(), name="盘点", by=CLOCK)
    appointments.sweep(TUESDAY_NINE)
    for state in ["arrived", "receiving", "draft", "in_progress", "passed", "settled", "paid"]:
        getattr(factories, state)(crew)
    return crew


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("role", PAGES)
def test_no_page_scrolls_sideways_on_a_tablet(desk_page, screenshot, crew, language, role):
    page, wide = desk_page(language, TABLET, user=getattr(crew, role)), {}
    for name in PAGES[role]:
        page.goto(reverse(name))
        screenshot(page, f"width-{role}-{name.replace(':', '-')}-{language}")
        over = too_wide(page)
        if over > 0:
            wide[name] = over
    assert wide == {}
