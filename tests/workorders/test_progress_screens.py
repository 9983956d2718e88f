"""Answering on the tablet, and the lists, in a real browser."""

from datetime import UTC, date, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.browser.pages import TARGETS, too_small, too_wide
from tests.factories import MONDAY
from tests.workorders.plans import HOUR, clock, plan, planned
from tests.workorders.sheets import address
from workorders.models import ProgressQuestion, WorkOrder
from workorders.operations import progress, stays

TABLET = (1024, 768)


@pytest.fixture
def crew(db):
    return factories.Crew(factories.store())


@pytest.fixture
def order(crew, time_machine):
    made = factories.in_progress(crew)
    plan(made, crew, clock("09:00"), clock("12:00"))
    WorkOrder.objects.filter(pk=made.pk).update(promised_at=clock("16:30"))
    progress.sweep(clock("09:00"))
    time_machine.move_to(clock("11:10").astimezone(UTC), tick=False)
    return made


@pytest.mark.clause("2.4.5.4")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_technician_answers_on_the_tablet(order, crew, desk_page, screenshot, language):
    page = desk_page(language, TABLET, user=crew.technician, statuses=[422])
    page.goto(address("order", order))
    page.locator("#progress").scroll_into_view_if_needed()
    screenshot(page, f"progress-card-{language}")
    page.locator("#progress a").click()
    assert too_small(page, f"{TARGETS}, main .form-check") == []
    page.locator('[name=abnormal][value="yes"]').check()
    page.locator("[name=words]").fill("缸盖螺栓断在孔里")
    page.locator("form.asked button").click()
    expect(page.locator(".invalid-feedback")).to_have_count(2)
    expect(page.locator("[name=words]")).to_have_value("缸盖螺栓断在孔里")
    screenshot(page, f"progress-refused-{language}")
    page.locator("[name=measure]").fill("借取丝工具，第二名技师一起做")
    page.locator("[name=measure_by]").select_option(str(crew.team_leader.pk))
    page.locator("[name=finish_at]").fill("2026-11-24T17:15")
    page.locator("form.asked button").click()
    expect(page.locator("#progress")).to_contain_text("缸盖螺栓断在孔里")
    page.locator("#progress").scroll_into_view_if_needed()
    screenshot(page, f"progress-answered-{language}")
    assert ProgressQuestion.objects.get().measure_by == crew.team_leader


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_lists_on_the_tablet(order, crew, desk_page, screenshot, language):
    late = planned(crew, "09:00", "11:00", hours="0.10")
    WorkOrder.objects.filter(pk=late.pk).update(promised_at=clock("10:30"))
    late.labour_lines.update(hours=6)
    factories.signed(crew, clock("15:00") - 24 * HOUR, hours="0.10")
    old = factories.dispatched(crew, MONDAY, hours="0.10")
    stays.note(
        old, kind="long", words="等厂家技术支持", until_at=clock("16:00", date(2026, 11, 26)), told_at=MONDAY,
        told_how="电话", by=crew.service_advisor, at=MONDAY + HOUR,
    )  # fmt: skip
    factories.passed(crew, MONDAY - timedelta(days=5), hours="0.10")
    progress.sweep(clock("11:10"))
    page = desk_page(language, TABLET, user=crew.service_advisor)
    for name, path in [
        ("today", "overview:today"),
        ("risks", "workorders:risks"),
        ("stays", "workorders:long_jobs"),
        ("board", "workorders:board"),
    ]:
        page.goto(reverse(path))
        assert too_small(page, f"{TARGETS}, main .form-check, main a") == []
        assert too_wide(page) <= 0, name
        screenshot(page, f"progress-{name}-{language}")
    page.goto(reverse("workorders:stay", args=[old.pk, "long"]))
    assert too_small(page, f"{TARGETS}, main .form-check") == []
    screenshot(page, f"progress-stay-{language}")
