"""The cashier's desk on its screen: large taps, the change large, the evening's count."""

from datetime import UTC

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.browser.pages import TABLET, too_small
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR
from workorders.models import DayClose, Payment

pytestmark = pytest.mark.django_db(transaction=True)
TARGETS = "main .btn, main input:not([type=hidden]):not(.btn-check), main a"


@pytest.mark.clause("2.6.8.2", "2.6.8.3")
@pytest.mark.parametrize(("language", "size"), [("zh-hans", (1280, 800)), ("en", TABLET)])
def test_part_by_wechat_the_rest_in_cash_and_the_day_is_counted(
    desk_page, screenshot, crew, time_machine, language, size
):
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=False)
    factories.settled(crew)
    page = desk_page(language, size, user=crew.cashier)
    page.goto(reverse("workorders:cashier"))
    screenshot(page, f"cashier-{language}")
    assert too_small(page, TARGETS) == []
    page.locator(".list-group a").click()
    assert too_small(page, TARGETS) == []
    for method, yuan in [("wechat", "100"), ("cash", "100")]:
        radio = page.locator(f'[name=method][value="{method}"]').get_attribute("id")
        page.click(f'label[for="{radio}"]')
        page.fill("[name=received_fen]", yuan)
        screenshot(page, f"cashier-pay-{method}-{language}")
        page.click(".btn-success")
    expect(page.locator(".display-4")).to_have_text("¥1.00")
    screenshot(page, f"cashier-paid-{language}")
    assert too_small(page, TARGETS) == []
    assert [payment.amount_fen for payment in Payment.objects.all()] == [10000, 9900]
    page.goto(reverse("workorders:day"))
    screenshot(page, f"cashier-day-{language}")
    assert too_small(page, TARGETS) == []
    page.fill("[name=counted_fen]", "99")
    page.click(".btn-success")
    expect(page.locator(".sheet")).to_be_visible()
    screenshot(page, f"cashier-day-close-{language}")
    assert DayClose.objects.get().difference_fen == 0
