"""The rows of the lines on a tablet laid across: nothing scrolls sideways, and every button can be hit."""

from datetime import UTC

import pytest
from django.urls import reverse

from tests import factories
from tests.browser.pages import TABLET, too_small, too_wide
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR
from tests.workorders.test_cases import submitted
from tests.workorders.test_diagnosis import quoted
from tests.workorders.test_lines import repair, told
from tests.workorders.test_offers import advised, planned
from workorders.operations import lines, writeup

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crew(transactional_db, time_machine):
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=True)
    return factories.Crew(factories.store())


def full_order(crew):
    """An order with a repair nobody has looked into, one to diagnose, one declined, and two things to offer."""
    order, _line = repair(crew, name="更换左前轮毂轴承单元并做四轮定位检查")
    advised(crew, order.visit.vehicle, words="后轮胎花纹偏浅，下次保养时建议更换两条后轮胎")
    planned(crew, order.visit.vehicle)
    unknown, declined = (
        writeup.add_labour(order, operation=factories.operation(name=name), complaint=None, **told(crew))
        for name in ["变速箱异响检查", "清洗节气门"]
    )
    lines.say_fault(unknown, fault="undetermined", **told(crew))
    lines.decide(declined, accepted=False, reason="上个月刚做过，发票在家里，下次带来", **told(crew))
    return order


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_of_the_lines_scrolls_sideways_and_every_button_is_44_pixels_high(
    desk_page, screenshot, crew, language
):
    order = full_order(crew)
    signed, line = quoted(crew)
    _order, _line, case = submitted(crew)
    pages = {
        "order": ("service_advisor", reverse("workorders:order", args=[order.pk])),
        "signed": ("service_advisor", reverse("workorders:order", args=[signed.pk])),
        "examine": ("service_advisor", reverse("workorders:examine", args=[signed.pk, line.pk])),
        "cases": ("claims", reverse("workorders:cases")),
        "case": ("claims", reverse("workorders:case", args=[case.pk])),
    }
    wide, low, opened = {}, {}, {}
    for name, (role, url) in pages.items():
        page = opened.setdefault(role, None) or desk_page(language, TABLET, user=getattr(crew, role))
        opened[role] = page
        page.goto(url)
        screenshot(page, f"lines-{name}-{language}")
        wide[name] = too_wide(page)
        low[name] = too_small(page)
    assert {name: over for name, over in wide.items() if over} == {}
    assert {name: found for name, found in low.items() if found} == {}
