"""The welcome board: who stands on it and how, when it has to be up, and what the lobby sees of it."""

import html
import re
from datetime import time, timedelta

import pytest
from django.urls import reverse

from appointments import operations, queries
from appointments.models import WelcomeBoard, WelcomeScreen
from appointments.views.welcome import AT_ONCE, in_turn
from dealership.customers import operations as customers
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

BOARD, PUT_UP = reverse("appointments:welcome"), reverse("appointments:put_up_board")
SCREENS = reverse("appointments:screens")
HTMX = {"HX-Request": "true"}
TUESDAY = TUESDAY_NINE.date()
QUARTER = timedelta(minutes=15)


def text(answer):
    return html.unescape(answer.content.decode())


def guest(crew, wish, name="王建国", minutes=0, **details):
    """Book somebody who wants to be named so on the board."""
    car = factories.customer_with_car(crew.service_advisor, name=name, **details)
    customers.correct(car[0], by=crew.service_advisor, at=MONDAY, board_display=wish)
    return factories.appointment(crew, starts_at=TUESDAY_NINE + timedelta(minutes=minutes), car=car)


def screen_of(crew):
    return operations.open_screen(crew.store, name="门口", by=crew.after_sales_manager, at=MONDAY)


def address(screen):
    return reverse("appointments:screen", args=[screen.key])


@pytest.fixture
def lobby(client, crew, time_machine):
    """Return a browser nobody is logged in with, on Tuesday at half past eight."""
    time_machine.move_to(TUESDAY_NINE - 2 * QUARTER, tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


@pytest.mark.clause("3.1.3.3", "F5")
def test_tomorrows_board_has_a_line_for_each_in_the_order_of_time(desk, crew):
    made = [guest(crew, "surname", minutes=minutes) for minutes in (60, 0, 30)]
    shown = desk.get(BOARD, {"day": "2026-11-24"})
    lines = shown.context["lines"]
    assert [line.starts_at for line in lines] == sorted(one.starts_at for one in made)
    assert {line.plate for line in lines} == {one.vehicle.plate_shown for one in made}
    assert text(shown).count("<li>") == 3
    assert "Mr Wang" in text(shown)
    assert text(desk.get(BOARD)).count("<li>") == 0, "today is Monday"


@pytest.mark.clause("3.1.3.5")
@pytest.mark.parametrize(("wish", "name"), [("full", "王建国"), ("surname", "王先生"), ("plate", "")])
def test_everybody_is_named_as_he_wished(lobby, crew, wish, name):
    made = guest(crew, wish)
    [line] = lobby.get(address(screen_of(crew))).context["lines"]
    assert (line.name, line.plate) == (name, made.vehicle.plate_shown)


@pytest.mark.clause("3.1.3.5")
def test_who_wants_his_plate_alone_is_named_nowhere_in_the_page(lobby, crew):
    made = guest(crew, "plate", name="欧阳锋", vin="LSVAA2BR2CN123456")
    for answer in lobby.get(address(screen_of(crew))), lobby.get(address(screen_of(crew)), headers=HTMX):
        shown = text(answer)
        assert made.vehicle.plate_shown in shown
        for secret in ["欧阳", "锋", "先生", "LSVAA2BR2CN123456", "帕萨特"]:
            assert secret not in shown


def test_the_lobby_sees_nothing_but_the_lines(lobby, crew):
    made = guest(crew, "surname", phones=["13987654321"])
    shown = text(lobby.get(address(screen_of(crew))))
    assert "王先生" in shown
    for secret in ["王建国", "13987654321", "保养", crew.service_advisor.full_name, "<form", "<button", "<a "]:
        assert secret not in shown
    links = set(re.findall(r'(?:href|hx-get|action)="([^"]+)"', shown))
    assert {link for link in links if not link.startswith("/static/")} == {address(WelcomeScreen.objects.get())}
    assert not re.search(rf'["/]{made.pk}["/]', shown)


def test_a_car_without_plate_is_a_guest_and_its_vin_stays_out(lobby, crew):
    guest(crew, "plate", plate="", vin="LSVAA2BR2CN123456")
    shown = text(lobby.get(address(screen_of(crew))))
    assert "LSVAA2BR2CN123456" not in shown
    [line] = lobby.get(address(screen_of(crew))).context["lines"]
    assert line.plate == ""
    assert line.name


def test_a_lobby_screen_is_kept_by_no_cache_and_no_search_engine(lobby, crew):
    answer = lobby.get(address(screen_of(crew)))
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert 'name="robots" content="noindex' in text(answer)
    assert not answer.cookies


def test_an_unknown_or_switched_off_screen_is_not_found(lobby, crew):
    screen = screen_of(crew)
    other = address(screen).replace(str(screen.key)[:8], "00000000")
    assert lobby.get(other).status_code == 404
    operations.close_screen(screen, by=crew.after_sales_manager, at=MONDAY)
    assert lobby.get(address(screen)).status_code == 404
    part = lobby.get(address(screen), headers=HTMX)
    assert (part.status_code, part["HX-Refresh"]) == (404, "true"), "what stood there is taken off"
    assert part.content == b""


def test_a_colleague_who_looks_at_the_screen_sees_no_menu(lobby, crew):
    lobby.force_login(crew.service_advisor)
    shown = text(lobby.get(address(screen_of(crew))))
    assert "desk-bar" not in shown
    assert crew.service_advisor.full_name not in shown


def test_what_a_colleague_was_told_is_not_for_the_lobby(desk, crew):
    made = factories.appointment(crew)
    desk.post(reverse("appointments:deposit", args=[made.pk]), {"amount": "10"})
    assert "The deposit is noted." not in text(desk.get(address(screen_of(crew))))
    assert "The deposit is noted." in text(desk.get(BOARD)), "he reads it on his own page"


def test_the_screen_shows_today_in_the_zone_of_its_store(client, time_machine, db):
    crew = factories.Crew(factories.store(time_zone="Asia/Tokyo"))
    guest(crew, "full")
    screen = screen_of(crew)
    time_machine.move_to(TUESDAY_NINE.replace(hour=0) - timedelta(minutes=59), tick=False)  # 00:01 in Tokyo
    answer = client.get(address(screen))
    assert answer.context["day"] == TUESDAY
    assert "<time>10:00</time>" in text(answer)
    time_machine.move_to(TUESDAY_NINE.replace(hour=0) - timedelta(minutes=61), tick=False)
    assert client.get(address(screen)).context["day"] == MONDAY.date()


def test_the_screen_shows_its_own_store_alone(lobby, crew):
    other = factories.Crew(factories.store("分店"))
    guest(other, "full", name="别人")
    assert lobby.get(address(screen_of(crew))).context["lines"] == []


def test_only_promised_customers_stand_on_the_board(crew):
    here, gone, missed = (guest(crew, "full", minutes=minutes) for minutes in (0, 15, 30))
    operations.mark_arrived(here, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.cancel(gone, reason="不来了", by=crew.service_advisor, at=MONDAY)
    operations.mark_no_show(missed, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(hours=2))
    assert [line.plate for line in queries.welcome_lines(crew.store, TUESDAY)] == [here.vehicle.plate_shown]


def test_more_lines_than_fit_have_their_turns():
    lines = list(range(AT_ONCE * 2 + 3))
    turns = [in_turn(lines, turn) for turn in range(4)]
    assert [len(turn) for turn in turns] == [AT_ONCE, AT_ONCE, 3, AT_ONCE]
    assert turns[0] + turns[1] + turns[2] == lines
    assert in_turn([], 5) == []
    assert in_turn(lines[:AT_ONCE], 7) == lines[:AT_ONCE]


@pytest.mark.clause("3.1.3.4")
def test_putting_up_is_noted_once_with_who_and_when(desk, crew):
    guest(crew, "full")
    assert "not up yet" in text(desk.get(BOARD, {"day": "2026-11-24"}))
    answer = desk.post(f"{PUT_UP}?day=2026-11-24", follow=True)
    placed = WelcomeBoard.objects.get()
    assert (placed.on, placed.placed_by, placed.placed_at) == (TUESDAY, crew.service_advisor, MONDAY)
    assert f"put up by {crew.service_advisor.full_name}, 08:00" in text(answer)
    operations.put_up_board(crew.store, TUESDAY, by=crew.advisor_assistant, at=MONDAY + QUARTER)
    placed.refresh_from_db()
    assert placed.placed_by == crew.service_advisor


def test_no_board_is_put_up_for_a_day_that_is_over(desk, crew, english):
    with pytest.raises(NotAllowed, match="over"):
        operations.put_up_board(crew.store, MONDAY.date() - timedelta(days=1), by=crew.service_advisor, at=MONDAY)
    assert desk.post(f"{PUT_UP}?day=2026-11-22").status_code == 409
    assert "Put up" not in text(desk.get(BOARD, {"day": "2026-11-22"}))


@pytest.mark.clause("3.1.3.4")
def test_a_board_that_is_not_up_when_the_store_opens_is_overdue(crew):
    workshop.set_hours(crew.store, 1, [(time(8, 30), time(17))], by=None)
    opens = TUESDAY_NINE - 2 * QUARTER
    assert not queries.board_overdue(crew.store, opens + timedelta(minutes=1)), "nobody is expected"
    guest(crew, "full")
    assert not queries.board_overdue(crew.store, opens)
    assert queries.board_overdue(crew.store, opens + timedelta(minutes=1))
    operations.put_up_board(crew.store, TUESDAY, by=crew.advisor_assistant, at=opens + timedelta(minutes=2))
    assert not queries.board_overdue(crew.store, opens + timedelta(minutes=3))


def test_the_page_says_that_the_board_is_overdue(desk, crew, monday):
    guest(crew, "full")
    monday.move_to(TUESDAY_NINE + QUARTER, tick=False)
    desk.force_login(crew.service_advisor)
    assert "the board is not up yet" in text(desk.get(BOARD))


def test_a_manager_opens_and_switches_off_screens(client, crew, monday):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.after_sales_manager)
    page = client.post(SCREENS, {"name": "entrance"}, follow=True)
    screen = WelcomeScreen.objects.get()
    assert (screen.name, screen.store, screen.made_by, screen.made_at) == (
        "entrance", crew.store, crew.after_sales_manager, MONDAY,
    )  # fmt: skip
    assert f'value="http://testserver{address(screen)}"' in text(page)
    assert client.get(address(screen)).status_code == 200
    client.post(reverse("appointments:close_screen", args=[screen.pk]))
    screen.refresh_from_db()
    assert screen.ended_at == MONDAY
    assert address(screen) not in text(client.get(SCREENS))


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_screen_without_a_sensible_name_is_not_opened(client, crew, monday, name):
    client.force_login(crew.after_sales_manager)
    answer = client.post(SCREENS, {"name": name})
    assert answer.status_code == 422
    assert not WelcomeScreen.objects.exists()


def test_screens_are_the_managers_of_their_store(desk, crew):
    screen = screen_of(crew)
    assert desk.get(SCREENS).status_code == 403
    assert desk.post(reverse("appointments:close_screen", args=[screen.pk])).status_code == 403
    other = factories.Crew(factories.store("分店"))
    desk.force_login(other.after_sales_manager)
    assert desk.post(reverse("appointments:close_screen", args=[screen.pk])).status_code == 404
    for act in [
        lambda: operations.open_screen(crew.store, name="x", by=crew.service_advisor, at=MONDAY),
        lambda: operations.close_screen(screen, by=crew.service_advisor, at=MONDAY),
    ]:
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.clause("3.1.3.4")
def test_who_puts_the_board_up_finds_the_way_to_the_lobby_screen(desk, crew, client):
    label = "Open on the lobby screen"
    assert label not in text(desk.get(BOARD)), "no screen is on"
    screen = screen_of(crew)
    theirs = screen_of(factories.Crew(factories.store("分店")))
    page = text(desk.get(BOARD))
    assert f'href="{address(screen)}"' in page
    assert page.count(label) == 1
    assert address(theirs) not in page
    second = operations.open_screen(crew.store, name="休息区", by=crew.after_sales_manager, at=MONDAY)
    assert f"{label}: 休息区" in text(desk.get(BOARD))
    for one in [screen, second]:
        operations.close_screen(one, by=crew.after_sales_manager, at=MONDAY)
    assert label not in text(desk.get(BOARD))


def test_who_only_looks_at_the_board_is_not_shown_the_address_of_the_screen(client, crew, monday):
    screen = screen_of(crew)
    client.force_login(crew.claims)
    assert address(screen) not in text(client.get(BOARD))


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_takes_seven_queries(desk, crew, count, django_assert_num_queries):
    for number in range(count):
        guest(crew, "surname", minutes=15 * number)
        screen_of(crew)
    with django_assert_num_queries(7):
        assert len(desk.get(BOARD, {"day": "2026-11-24"}).context["lines"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_lobby_screen_takes_two_queries(lobby, crew, count, django_assert_num_queries):
    for number in range(count):
        guest(crew, "surname", minutes=15 * number)
    screen = screen_of(crew)
    with django_assert_num_queries(2):
        assert len(lobby.get(address(screen)).context["lines"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_screens_takes_six_queries(client, crew, monday, count, django_assert_num_queries):
    for _number in range(count):
        screen_of(crew)
    client.force_login(crew.after_sales_manager)
    with django_assert_num_queries(6):
        assert len(client.get(SCREENS).context["screens"]) == count
