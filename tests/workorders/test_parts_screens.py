"""The parts desk on a tablet: two people sign one slip, and the shelf is short by what they signed for."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dealership.catalogue import operations as catalogue
from tests import factories
from tests.browser.pages import TABLET, too_wide
from tests.factories import TUESDAY_NINE
from tests.workorders.counter import receive, stock, two_parts, with_team
from tests.workorders.sheets import HOUR, address
from workorders.models import IssueSlip, PartLine
from workorders.operations import parts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(crew, time_machine):
    """Return an order at the counter; another waits for a part that comes too late."""
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=False)
    order = with_team(crew, two_parts(crew))
    parts.request(order, by=crew.technician, at=TUESDAY_NINE + timedelta(minutes=20))
    for line in order.part_lines.all():
        catalogue.put_in_place(crew.store, line.part, "A-03-2", by=crew.parts, at=TUESDAY_NINE)
    waits = factories.draft(crew, part_stock=0)
    PartLine.objects.filter(order=waits).update(description="启停蓄电池 AGM 70Ah")
    with_team(crew, waits, promise_reason="配件调货")
    missing = waits.part_lines.get().part
    day = TUESDAY_NINE.date() + timedelta(days=3)
    catalogue.order_goods(crew.store, missing, 4, expected_on=day, reference="XL-20931", by=crew.parts, at=TUESDAY_NINE)
    return order


def draw(page, name):
    box = page.locator(f"[data-signature]:has([name={name}]) canvas")
    box.scroll_into_view_if_needed()
    at = box.bounding_box()
    page.mouse.move(at["x"] + 20, at["y"] + 20)
    page.mouse.down()
    page.mouse.move(at["x"] + 120, at["y"] + 60, steps=5)
    page.mouse.up()


@pytest.mark.clause("2.4.3.5")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_both_sign_on_the_tablet_and_what_changes_under_them_empties_the_boxes(
    desk, crew, desk_page, screenshot, language
):
    page = desk_page(language, TABLET, user=crew.parts)
    page.goto(reverse("workorders:to_issue"))
    screenshot(page, f"parts-to-issue-{language}")
    page.locator(f"#order-{desk.pk} .btn-primary").click()
    first, second = desk.part_lines.order_by("pk")
    draw(page, "drawn")
    draw(page, "handed")
    for name in ["drawn", "handed"]:
        expect(page.locator(f"[name={name}]")).not_to_have_value("")
    page.locator(f"#line-{second.pk}").uncheck()
    for name in ["drawn", "handed"]:
        expect(page.locator(f"[name={name}]")).to_have_value("")
    draw(page, "drawn")
    draw(page, "handed")
    screenshot(page, f"parts-counter-{language}")
    page.locator("#issue .btn-success").click()
    expect(page.locator(".alert-success[role=status]")).to_contain_text(IssueSlip.objects.get().paper.number)
    assert (stock(first)[0], stock(second)[0]) == (4, 5)
    for name, url in {
        "counter-after": address("counter", desk),
        "order": address("order", desk),
        "short": reverse("workorders:short_parts"),
        "ledger": reverse("workorders:part", args=[first.part_id]),
        "slip": reverse("paperwork:document", args=[IssueSlip.objects.get().paper_id]),
        "count": f"{reverse('catalogue:count')}?place=A-03",
        "stock": reverse("catalogue:stock"),
    }.items():
        page.goto(url)
        screenshot(page, f"parts-{name}-{language}")
        assert too_wide(page) <= 0, name


def test_one_who_clears_his_box_does_not_empty_the_other(desk, crew, desk_page):
    page = desk_page("en", TABLET, user=crew.parts)
    page.goto(address("counter", desk))
    draw(page, "drawn")
    draw(page, "handed")
    page.locator("[data-signature]:has([name=drawn]) [data-signature-clear]").click()
    expect(page.locator("[name=drawn]")).to_have_value("")
    expect(page.locator("[name=handed]")).not_to_have_value("")
    draw(page, "drawn")
    page.locator("#issue .btn-success").click()
    expect(page.locator(".alert-success[role=status]")).to_be_visible()
    assert IssueSlip.objects.count() == 1


def test_the_other_store_on_a_tablet(desk, crew, desk_page, screenshot):
    there = factories.Crew(factories.store("浦东分店"))
    part = desk.part_lines.first().part
    receive(crew, part, 9)
    for _n in range(2):
        asked = catalogue.transfers.ask_for(
            there.store, part, 2, of=crew.store, wanted_on=TUESDAY_NINE.date(), note="WO-7", by=there.parts,
            at=TUESDAY_NINE,
        )  # fmt: skip
    catalogue.transfers.agree(asked, by=crew.parts, at=TUESDAY_NINE)
    for language in ["zh-hans", "en"]:
        page = desk_page(language, TABLET, user=crew.parts)
        page.goto(reverse("catalogue:transfers"))
        screenshot(page, f"parts-transfers-{language}")
        assert too_wide(page) <= 0
        page.goto(f"{reverse('catalogue:ask_store')}?part={part.number}&quantity=2")
        screenshot(page, f"parts-ask-store-{language}")
