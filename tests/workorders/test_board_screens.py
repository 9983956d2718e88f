"""The board on the foreman's tablet and on the wall, in a real browser."""

from datetime import UTC

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from appointments import operations as appointments
from tests import factories
from tests.browser.pages import DESK, TABLET
from tests.factories import TUESDAY_NINE
from tests.workorders.board_days import full_day, put
from tests.workorders.sheets import HOUR, address
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db(transaction=True)
BOARD = reverse("workorders:board")
WIDER_THAN_SHOWN = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.className + e.scrollWidth)"


@pytest.fixture
def ten(crew, time_machine):
    time_machine.move_to((TUESDAY_NINE + HOUR).astimezone(UTC), tick=True)
    return crew


def polled(page):
    """Wait for the next time the board asks, and return the answer."""
    with page.expect_response(lambda answer: "hx-request" in answer.request.headers) as asked:
        pass
    return asked.value


@pytest.mark.clause("F4")
@pytest.mark.parametrize("size", [TABLET, (1280, 800)])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_full_board_does_not_scroll_sideways_on_a_tablet(ten, desk_page, screenshot, language, size):
    factories.appointment(ten, starts_at=TUESDAY_NINE + 5 * HOUR)
    for days in range(2, 7):
        factories.appointment(ten, starts_at=TUESDAY_NINE + days * 24 * HOUR, at=TUESDAY_NINE)
    appointments.sweep(TUESDAY_NINE)
    full_day(ten)
    page = desk_page(language, size, user=ten.foreman)
    page.goto(BOARD)
    assert page.locator(".board-column").count() == 8
    screenshot(page, f"board-{language}-{size[0]}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".board, .board-column, .job").evaluate_all(WIDER_THAN_SHOWN) == []
    small = page.locator("main a").evaluate_all("all => all.filter(e => e.offsetHeight < 44).map(e => e.innerText)")
    assert small == []
    for by in ["team", "technician", "bay"]:
        page.goto(f"{BOARD}?by={by}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        screenshot(page, f"board-{by}-{language}-{size[0]}")


def test_an_unchanged_board_is_left_alone_and_a_change_appears_by_itself(ten, desk_page):
    order = factories.signed(ten)
    page = desk_page("en", user=ten.foreman)
    page.goto(BOARD)
    page.locator(".board").evaluate("e => { e.sameAsBefore = true }")
    statuses = [polled(page).status for _time in range(2)]
    if 200 not in statuses:  # else a minute went by meanwhile
        assert page.locator(".board").evaluate("e => e.sameAsBefore") is True
    assert 304 in statuses
    put(order, priority=1, parked_at="B2 17")
    expect(page.locator(f"#job-{order.pk} .tag-first")).to_have_text("urgent")
    expect(page.locator(f"#job-{order.pk}")).to_contain_text("B2 17")


def test_the_grouping_is_one_tap_and_stays(ten, desk_page):
    order = factories.dispatched(ten)
    page = desk_page("en", user=ten.foreman)
    page.goto(BOARD)
    page.get_by_role("link", name="Team", exact=True).click()
    column = page.locator(f'[data-column="{ten.team().pk}"]')
    expect(column.locator(".plate")).to_have_text(order.visit.vehicle.plate_shown)
    put(order, priority=1)
    expect(column.locator(".tag-first")).to_have_text("urgent")
    assert "by=team" in page.url


@pytest.mark.parametrize("where", ["board", "tv"])
def test_without_network_the_last_cards_stay_and_say_how_old_they_are(ten, desk_page, where):
    order = factories.in_progress(ten)
    page = desk_page("en", user=ten.foreman, offline=True)
    page.goto(reverse(f"workorders:{where}"))
    plate, age = page.locator(".plate"), page.locator("#board-age")
    page.context.set_offline(True)
    expect(age).to_contain_text("no connection")
    assert page.locator("#board-age.lost").count() == 1
    expect(plate).to_have_text(order.visit.vehicle.plate_shown)
    seen = age.inner_text()
    expect(age).not_to_have_text(seen)  # it grows older
    put(order, parked_at="B2 17")
    page.context.set_offline(False)
    expect(page.locator("#board")).to_contain_text("B2 17")
    expect(age).not_to_contain_text("no connection")


def test_after_minutes_without_network_minutes_are_told(ten, desk_page):
    factories.in_progress(ten)
    page = desk_page("zh-hans", user=ten.foreman, offline=True)
    page.clock.install()
    page.goto(BOARD)
    page.context.set_offline(True)
    page.clock.run_for(130_000)
    expect(page.locator("#board-age")).to_contain_text("已 2 分钟")


@pytest.fixture
def waiting(ten):
    teams = [ten.team("一班"), ten.team("二班")]
    return factories.signed(ten), teams


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.clause("2.3.6")
def test_a_card_pulled_onto_a_team_by_mouse_opens_its_form_and_changes_nothing(waiting, ten, desk_page, screenshot):
    order, (_first, second) = waiting
    page = desk_page("en", DESK, user=ten.foreman)
    page.goto(BOARD)
    expect(page.locator("#board-teams")).to_be_hidden()
    page.mouse.move(*middle(page.locator(f"#job-{order.pk}")))
    page.mouse.down()
    page.mouse.move(600, 300, steps=4)
    expect(page.locator("#board-teams")).to_be_visible()
    assert polled(page).status in {200, 304}
    expect(page.locator(".job-carried")).to_be_visible()  # what came meanwhile did not take it out of the hand
    zone = page.locator(f'[data-team="{second.pk}"]')
    page.mouse.move(*middle(zone), steps=4)
    expect(zone).to_have_class("board-team over")
    screenshot(page, "board-drag-mouse")
    page.mouse.up()
    page.wait_for_url(f"**{address('order', order)}?team={second.pk}")
    assert WorkOrder.objects.get(pk=order.pk).state == "signed"


class Finger:
    """A finger on the tablet: the browser's own touch events, as the glass would send them."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)

    def send(self, kind, *at):
        points = [{"x": at[0], "y": at[1]}] if at else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.clause("2.3.6")
def test_a_card_held_by_a_finger_is_pulled_onto_a_team(waiting, ten, desk_page, screenshot):
    order, (first, _second) = waiting
    page = desk_page("zh-hans", TABLET, user=ten.foreman)
    page.goto(BOARD)
    finger, (x, y) = Finger(page), middle(page.locator(f"#job-{order.pk}"))
    finger.send("touchStart", x, y)
    expect(page.locator(".job-carried")).to_be_visible()  # held long enough
    finger.send("touchMove", x + 60, y - 40)
    zone = page.locator(f'[data-team="{first.pk}"]')
    finger.send("touchMove", *middle(zone))
    expect(zone).to_have_class("board-team over")
    assert zone.bounding_box()["height"] >= 44
    screenshot(page, "board-drag-finger")
    finger.send("touchEnd")
    page.wait_for_url(f"**{address('order', order)}?team={first.pk}")
    assert WorkOrder.objects.get(pk=order.pk).state == "signed"


def test_a_finger_that_moves_at_once_pushes_the_page_and_lifts_no_card(waiting, ten, desk_page):
    order, _teams = waiting
    for _number in range(8):
        factories.signed(ten)
    page = desk_page("en", TABLET, user=ten.foreman)
    page.goto(BOARD)
    finger, (x, y) = Finger(page), middle(page.locator(f"#job-{order.pk}"))
    finger.send("touchStart", x, y)
    for step in range(1, 9):
        finger.send("touchMove", x, y - 20 * step)
    finger.send("touchEnd")
    page.wait_for_function("scrollY > 40")
    assert page.locator(".job-carried").count() == 0
    expect(page.locator("html")).not_to_have_class("scripts carrying")
    assert page.url.endswith(BOARD)


def test_a_card_let_go_beside_the_teams_or_given_up_stays_where_it_is(waiting, ten, desk_page):
    order, _teams = waiting
    working = factories.in_progress(ten)
    page = desk_page("en", DESK, user=ten.foreman)
    page.goto(BOARD)
    card = page.locator(f"#job-{order.pk}")
    for give_up in [page.mouse.up, lambda: page.keyboard.press("Escape")]:
        page.mouse.move(*middle(card))
        page.mouse.down()
        page.mouse.move(700, 500, steps=4)
        expect(page.locator(".job-carried")).to_be_visible()
        give_up()
        expect(page.locator(".job-carried")).to_have_count(0)
        expect(page.locator("#board-teams")).to_be_hidden()
        page.mouse.up()
    page.mouse.move(*middle(page.locator(f"#job-{working.pk}")))
    page.mouse.down()
    page.mouse.move(700, 500, steps=4)
    expect(page.locator(".job-carried")).to_have_count(0)  # it is in work already
    page.mouse.up()
    assert page.url.endswith(BOARD)
    card.click()
    page.wait_for_url(f"**{address('order', order)}")  # the way by a tap


@pytest.mark.clause("F4")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_wall_fits_its_screen_and_has_nothing_to_press(ten, desk_page, screenshot, language):
    full_day(ten, cars=9)
    page = desk_page(language, (1920, 1080), user=ten.foreman)
    page.goto(reverse("workorders:tv"))
    screenshot(page, f"board-tv-{language}")
    shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert shown == [1920, 1080]
    assert page.locator("a, button, form, header.desk-bar").count() == 0
    assert page.locator(".wall-job").count() > 30
