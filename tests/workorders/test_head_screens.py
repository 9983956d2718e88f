"""The head of an order on the desk's screens: four taps and a signature, and two people at once."""

from datetime import UTC

import pytest
from playwright.sync_api import expect

from dealership.staff.roles import Role
from tests import factories
from tests.browser.pages import DESK, TABLET
from tests.factories import TUESDAY_NINE
from tests.workorders.sheets import HOUR, address
from workorders import head, queries
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(crew, time_machine):
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=False)
    return factories.draft(crew)


def now(order):
    return queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()


def tap(page, selector):
    """Tap as a person does, and wait until the desk has kept it."""
    with page.expect_response(lambda answer: answer.url.endswith("/head")):
        page.locator(selector).click()


def draw(page):
    box = page.locator("#sign canvas")
    box.scroll_into_view_if_needed()
    at = box.bounding_box()
    page.mouse.move(at["x"] + 20, at["y"] + 20)
    page.mouse.down()
    page.mouse.move(at["x"] + 120, at["y"] + 60, steps=5)
    page.mouse.up()


def sign(page, order):
    page.locator("#sign > .btn-success").click()
    expect(page.locator(".alert-success[role=status]")).to_be_visible()
    assert now(order).state == "signed"


@pytest.mark.parametrize(("language", "size"), [("zh-hans", TABLET), ("en", DESK)])
def test_a_usual_order_takes_four_taps_and_a_signature(order, crew, desk_page, screenshot, language, size):
    page = desk_page(language, size, user=crew.service_advisor)
    page.goto(address("order", order))
    low = page.locator("#sign .form-check, #sign .btn:not(.visually-hidden-focusable)").evaluate_all(
        "all => all.filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.innerText)"
    )
    assert low == []
    for selector in [
        '[name=payment_method][value="cash"]', '[name=old_parts][value="look"]', "button[name=told]",
        "[name=phone_checked]",
    ]:  # fmt: skip
        tap(page, selector)
    expect(page.locator("#missing .alert")).to_have_count(0)
    kept = now(order)
    assert (kept.payment_method, kept.old_parts, head.gaps(kept)) == ("cash", "look", [])
    draw(page)
    screenshot(page, f"order-head-{language}-{size[0]}")
    sign(page, order)


def test_taps_faster_than_the_desk_answers_are_all_kept(order, crew, desk_page):
    page = desk_page("en", user=crew.service_advisor)
    page.goto(address("order", order))
    for name in ["payment_method", "old_parts"]:
        page.locator(f"[name={name}]").first.check()
    page.locator("[name=phone_checked]").check()
    page.locator("button[name=told]").click()
    page.locator('[name=wash_wanted][value="no"]').check()
    expect(page.locator("#missing .alert")).to_have_count(0)
    expect(page.locator("[name=items_told]")).to_be_checked()
    page.wait_for_load_state("networkidle")
    assert (head.gaps(now(order)), now(order).wash_wanted) == ([], False)


def test_two_advisors_on_one_draft_see_each_others_words(order, crew, desk_page):
    colleague = factories.person(Role.SERVICE_ADVISOR, crew.store, "李娜")
    mine, theirs = (desk_page("en", user=user) for user in [crew.service_advisor, colleague])
    for page in [mine, theirs]:
        page.goto(address("order", order))
    tap(theirs, '[name=payment_method][value="card"]')
    tap(mine, '[name=old_parts][value="take"]')
    expect(mine.locator('[name=payment_method][value="card"]')).to_be_checked()  # what the colleague chose
    expect(mine.locator('[name=old_parts][value="take"]')).to_be_checked()
    tap(theirs, '[name=old_parts][value="look"]')
    expect(theirs.locator("#main")).to_contain_text("changed the same")
    theirs.get_by_role("button", name="Take mine").click()
    expect(theirs.locator("#sign")).to_be_visible()
    assert (now(order).old_parts, now(order).payment_method) == ("look", "card")


def test_without_scripts_the_head_is_saved_by_a_press(order, crew, desk_page):
    page = desk_page("en", user=crew.service_advisor, scripts=False)
    page.goto(address("order", order))
    page.locator('[name=payment_method][value="card"]').check()
    page.locator("button[name=told]").click()
    expect(page.locator("[name=items_told]")).to_be_checked()
    expect(page.locator('[name=payment_method][value="card"]')).to_be_checked()


def test_what_changes_under_a_drawn_signature_empties_the_box(order, crew, desk_page):
    page = desk_page("en", user=crew.service_advisor)
    page.goto(address("order", order))
    for selector in ['[name=payment_method][value="cash"]', '[name=old_parts][value="look"]', "button[name=told]"]:
        tap(page, selector)
    state, value = page.locator("[data-signature-state]"), page.locator("[name=signature]")
    for selector in ['[name=wash_wanted][value="no"]', "[name=phone_checked]"]:
        draw(page)
        draw(page)  # a second stroke
        expect(state).to_have_text("Signed")
        tap(page, selector)
        expect(state).to_have_text("The order changed; please sign again.")
        expect(value).to_have_value("")
    draw(page)
    page.locator("[name=promised_at]").fill("2026-11-26T16:30")
    expect(value).to_have_value("")
    draw(page)
    sign(page, order)


def test_a_signature_that_came_back_with_a_refusal_falls_with_the_first_change(order, crew, desk_page):
    page = desk_page("en", user=crew.service_advisor)
    page.goto(address("order", order))
    for selector in ['[name=payment_method][value="cash"]', '[name=old_parts][value="look"]', "button[name=told]"]:
        tap(page, selector)
    draw(page)
    page.locator("#sign > .btn-success").click()
    expect(page.locator("#sign .invalid-feedback")).to_contain_text(["Check the phone number"])
    state = page.locator("[data-signature-state]")
    expect(state).to_have_text("Signed")
    tap(page, "[name=phone_checked]")
    expect(state).to_have_text("The order changed; please sign again.")
    page.locator("#sign > .btn-success").click()
    expect(page.locator("#sign .invalid-feedback")).to_contain_text(["Please sign in the box."])
    assert now(order).state == "draft"


def test_a_promise_that_has_passed_is_told_while_it_is_typed(order, crew, desk_page):
    page = desk_page("en", user=crew.service_advisor, statuses=[422])
    page.goto(address("order", order))
    promise, missing = page.locator("[name=promised_at]"), page.locator("#missing")
    promise.fill("2020-01-01T08:00")
    expect(missing).to_contain_text("Promise a time that is still to come.")
    expect(promise).to_have_value("2020-01-01T08:00")
    page.locator("button[name=take]").click()
    expect(missing).not_to_contain_text("Promise a time that is still to come.")
    expect(promise).not_to_have_value("2020-01-01T08:00")
    assert now(order).promised_at is not None
