"""The caller's screens on a tablet: every target is wide enough for a finger, a call is told with a few touches."""

import pytest
from django.urls import reverse

from followup import operations
from tests.browser.pages import too_small
from tests.followup import house
from tests.followup.house import RELEASED, china

pytestmark = pytest.mark.django_db(transaction=True)
TARGETS = "main a.btn, main button, main input[type=submit], main summary, main .btn-check + label, main select"


@pytest.fixture
def due(visit):
    operations.sweep(RELEASED)
    operations.sweep(china(3, 4, 17))
    return house.task(visit)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_call_is_found_and_told_on_a_tablet(due, clerk, desk_page, screenshot, language):
    page = desk_page(language, user=clerk)
    page.goto(reverse("followup:worklist"))
    assert too_small(page, TARGETS) == []
    screenshot(page, f"followup-worklist-{language}")
    page.locator(f'a.btn-primary[href$="/{due.pk}"]').click()
    assert too_small(page, TARGETS) == []
    for name, value in [("outcome", "reached"), ("satisfied", "yes"), ("score", "5")]:
        page.locator(f'input[name={name}][value="{value}"] + label').click()
    page.locator("textarea[name=opinion]").fill("很好")
    screenshot(page, f"followup-task-{language}")
    page.locator("input[type=submit]").click()
    page.wait_for_url("**" + reverse("followup:worklist"))
    due.refresh_from_db()
    assert (due.satisfied, due.score, due.opinion) == (True, 5, "很好")


def test_the_pages_work_with_scripts_off(due, clerk, desk_page):
    page = desk_page(user=clerk, scripts=False, statuses=[422])
    page.goto(reverse("followup:task", args=[due.pk]))
    page.locator("input[name=outcome][value=reached] + label").click()
    page.locator("input[name=note]").fill("晚上打的")
    page.locator("input[type=submit]").click()
    page.wait_for_selector(".invalid-feedback")
    assert page.locator("input[name=note]").input_value() == "晚上打的"
