"""What every page shares: store and time zone, parts, refusals, the closed door, headers, health."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dealership import web
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

LANE, GRID = reverse("reception:lane"), reverse("appointments:grid")
LANGUAGES = ["zh-hans", "en"]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def crew(db):
    return factories.Crew(factories.store())


@pytest.fixture
def desk(client, crew):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.service_advisor)
    return client


def text(answer):
    return answer.content.decode()


def sentence(language, words):
    with translation.override(language):
        return _(words)


# Stores and their time zones


@pytest.mark.parametrize(("zone", "day"), [("America/Los_Angeles", "2026-11-23"), ("Asia/Shanghai", "2026-11-24")])
def test_pages_show_the_stores_day_and_time(client, db, time_machine, zone, day):
    """Half past four in the afternoon in California is the next day already where the server stands."""
    time_machine.move_to(datetime(2026, 11, 24, 0, 30, tzinfo=UTC), tick=False)
    crew = factories.Crew(factories.store(time_zone=zone))
    client.force_login(crew.service_advisor)
    page = client.get(GRID)
    assert page.context["grid"].day.isoformat() == day
    assert '<th scope="row">09:00</th>' in text(page)
    assert '<th scope="row">16:45</th>' in text(page)


def test_a_page_on_the_day_the_clocks_change_shows_the_clock_on_the_wall(client, db, time_machine):
    crew = factories.Crew(factories.store(time_zone="Europe/Berlin"))
    time_machine.move_to(datetime(2027, 3, 28, 7, 30, tzinfo=UTC), tick=False)
    factories.arrived(crew, datetime(2027, 3, 28, 7, 25, tzinfo=UTC))
    client.force_login(crew.service_advisor)
    assert "09:25" in text(client.get(LANE))


def test_the_time_zone_of_one_request_does_not_stick_to_the_next(client, db):
    crew = factories.Crew(factories.store(time_zone="America/Los_Angeles"))
    client.force_login(crew.service_advisor)
    client.get(GRID)
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"


# Whole pages and their parts


def test_one_address_answers_the_page_or_its_part(desk):
    page, part = desk.get(LANE), desk.get(LANE, headers=HTMX)
    boosted = desk.get(LANE, headers=HTMX | {"HX-Boosted": "true"})
    assert "<html" in text(page)
    assert "<html" in text(boosted)
    assert "<html" not in text(part)
    assert all("HX-Request" in answer["Vary"] for answer in [page, part, boosted])


def test_the_menu_shows_what_the_role_opens(desk, crew):
    assert [entry["url"] for entry in desk.get(GRID).context["menu"]] == [
        "overview:today",
        "appointments:grid",
        "reception:lane",
        "workorders:board",
        "customers:search",
    ]
    assert [entry["url"] for entry in desk.get(GRID).context["menu"] if entry["active"]] == ["appointments:grid"]
    desk.force_login(crew.cashier)
    shown = [entry["url"] for entry in desk.get("/").context["menu"]]
    assert shown == ["overview:today", "workorders:cashier"]


def test_every_entry_of_the_menu_opens(client, crew):
    client.force_login(crew.after_sales_manager)
    entries = client.get("/").context["menu"]
    assert len(entries) >= 6
    for entry in entries:
        assert client.get(reverse(entry["url"])).status_code == 200, entry["url"]


@pytest.mark.parametrize(("typed", "read"), [(" 京A\0 ", "京A"), ("\0", ""), (None, ""), ("a b", "a b")])
def test_a_search_box_is_read_without_what_no_database_compares(typed, read):
    request = RequestFactory().get("/", {} if typed is None else {"q": typed})
    assert web.typed(request, "q") == read


# Refusals


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_act_is_a_page_with_its_sentence(desk, crew, language):
    visit = factories.arrived(crew)
    answer = desk.post(reverse("reception:press", args=[visit.pk, "covers"]), headers={"Accept-Language": language})
    assert answer.status_code == 409
    assert sentence(language, "This customer has not been received yet.") in text(answer)
    assert f'<html lang="{language}">' in text(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_of_another_role_is_refused_with_a_sentence(client, crew, language):
    client.force_login(crew.cashier)
    answer = client.get(LANE, headers={"Accept-Language": language})
    assert answer.status_code == 403
    assert sentence(language, "Your role does not open this page.") in text(answer)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/nowhere", "/reception/999999", "/appointments/" + "9" * 30, "/reception/-1"])
def test_what_is_not_there_is_told_with_a_sentence(desk, language, address):
    answer = desk.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 404
    words = sentence(language, "There is nothing at this address, or it belongs to another store.")
    assert words in text(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_open_too_long_is_told_with_a_sentence(crew, language):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(crew.service_advisor)
    answer = strict.post(reverse("reception:walk_in"), headers={"Accept-Language": language})
    assert answer.status_code == 403
    words = "This page was open too long. Please go back, reload it and send it again."
    assert sentence(language, words) in text(answer)


def test_a_refusal_leads_back_to_where_one_came_from_on_this_site(desk, crew):
    address = reverse("reception:press", args=[factories.arrived(crew).pk, "covers"])
    for came_from, back in [
        (f"http://testserver{LANE}", f"http://testserver{LANE}"),
        ("https://example.com/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ]:
        assert f'href="{back}">Back' in text(desk.post(address, headers={"Referer": came_from}))


def test_a_refusal_over_htmx_is_a_part_in_place_of_the_page(desk, crew):
    desk.force_login(crew.cashier)
    answer = desk.get(LANE, headers=HTMX)
    assert answer.status_code == 403
    assert "<html" not in text(answer)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#main", "innerHTML")
    assert "HX-Retarget" not in desk.get(LANE)


def test_a_lost_permission_closes_the_page_at_once(desk, crew):
    assert desk.get(LANE).status_code == 200
    crew.service_advisor.groups.set(Group.objects.none())
    assert desk.get(LANE).status_code == 403


def test_who_has_no_store_works_nowhere():
    request = RequestFactory().get("/")
    request.store = None
    with pytest.raises(NotAllowed):
        web.store_of(request)


# The closed door and the headers


@pytest.mark.parametrize("address", ["/", LANE, GRID, "/nowhere/", "/admin/"])
def test_the_site_is_closed_by_default(client, db, address):
    answer = client.get(address)
    if address == "/nowhere/":
        assert answer.status_code == 404
    else:
        assert answer.status_code == 302
        assert "login" in answer["Location"]


@pytest.mark.parametrize("address", ["/staff/login", "/", LANE, GRID, "/nowhere"])
def test_every_page_travels_with_its_locks(desk, address):
    answer = desk.get(address) if address != "/staff/login" else Client().get(address)
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part.strip())
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_pages_hold_nothing_the_policy_would_stop(desk, crew):
    visit = factories.receiving(crew)
    pages = ["/", LANE, GRID, reverse("reception:intake", args=[visit.pk]), reverse("reception:walk_in")]
    for address in pages:
        page = text(desk.get(address))
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page) == [], address
        assert "http://" not in page.replace("http://testserver", ""), "nothing comes from elsewhere"


def test_cookies_are_for_this_site_and_the_session_for_no_script(client, crew):
    data = {"username": crew.service_advisor.username, "password": factories.PASSWORD}
    cookies = client.post(reverse("staff:login"), data).cookies
    assert cookies["sessionid"]["httponly"]
    assert cookies["sessionid"]["samesite"] == cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    "query", ["q=%00", "day=%00", "vehicle=%00", "at=%00&advisor=%00", "page=%00", "x[]=1&;&&=", "q=%F0"]
)
@pytest.mark.parametrize("address", ["/", LANE, GRID, reverse("reception:walk_in"), reverse("appointments:book")])
def test_no_query_string_breaks_a_page(desk, address, query):
    assert desk.get(f"{address}?{query}").status_code in {200, 404}


# Health


def another_connection(**changes):
    """Return a connection of its own to the test database, or to where `changes` point."""
    return ConnectionHandler({"default": {**connection.settings_dict, **changes}})["default"]


def health(name, client=None):
    answer = (client or Client()).get(f"/healthz/{name}", headers={"Host": "10.0.0.7"})
    return answer.status_code, answer.json()


def test_a_process_that_answers_is_live_whatever_the_database_does():
    assert health("live") == (200, {"live": True})


def test_a_process_is_ready_when_the_database_answers_and_is_up_to_date(db):
    assert health("ready") == (200, {"ready": True})


@pytest.mark.logs_error("Service Unavailable: /healthz/ready")
def test_a_process_is_not_ready_while_the_database_cannot_be_reached(db, monkeypatch, tmp_path):
    gone = {"NAME": str(tmp_path / "gone" / "desk.sqlite3")} if connection.vendor == "sqlite" else {"PORT": "1"}
    monkeypatch.setattr(web, "connection", another_connection(**gone))
    assert health("ready") == (503, {"ready": False, "why": "database"})
    assert health("live")[0] == 200


@pytest.mark.logs_error("Service Unavailable: /healthz/ready")
def test_a_process_is_not_ready_after_its_connection_was_cut(db, monkeypatch):
    cut = another_connection(CONN_HEALTH_CHECKS=False)
    cut.ensure_connection()
    cut.connection.close()
    monkeypatch.setattr(web, "connection", cut)
    assert health("ready") == (503, {"ready": False, "why": "database"})


@pytest.mark.logs_error("Service Unavailable: /healthz/ready")
def test_a_process_is_not_ready_while_a_migration_is_missing(db):
    [(app, last)] = MigrationLoader(connection).graph.leaf_nodes("reception")
    MigrationRecorder(connection).record_unapplied(app, last)
    status, answer = health("ready")
    assert (status, answer["ready"], answer["why"]) == (503, False, "migrations")
    assert answer["missing"] >= 1


def test_health_is_told_to_nobody_logged_in_and_sets_no_cookie(db):
    answer = Client().get("/healthz/ready")
    assert not answer.cookies
    assert "Location" not in answer


# Forms and answers


def test_a_done_act_is_told_on_the_next_page(desk, crew, time_machine):
    time_machine.move_to(MONDAY.astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    made = factories.appointment(crew, starts_at=TUESDAY_NINE)
    answer = desk.post(reverse("appointments:cancel", args=[made.pk]), {"reason": "改期"}, follow=True)
    assert answer.redirect_chain == [(reverse("appointments:appointment", args=[made.pk]), 302)]
    assert "The appointment is cancelled" in text(answer)
    assert "The appointment is cancelled" not in text(desk.get(GRID)), "told once"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/reception/34/sign", "/reception/34"),
        ("/reception/34/damage/2/remove", "/reception/34"),
        ("/reception/arrive/5", "/reception/"),
        ("/staff/logout", "/"),
    ],
)
def test_the_page_above_an_address_of_a_form(path, page):
    assert web.page_above(path) == page


# Numbers no row can have


@pytest.mark.parametrize("digits", [19, 25, 5000])
@pytest.mark.parametrize(
    "path",
    [
        "/appointments/%s", "/appointments/%s/move/times", "/appointments/due/%s/times", "/appointments/calls/%s",
        "/reception/%s", "/workorders/%s", "/customers/%s", "/customers/vehicles/%s",
    ],
)  # fmt: skip
def test_an_address_with_a_number_no_row_can_have_is_not_found(desk, path, digits):
    assert desk.get(path % ("9" * digits)).status_code == 404


@pytest.mark.parametrize("typed", ["9" * 19, "9" * 5000, "-3", "1.5", "²", "", "x", None])
def test_what_is_no_number_a_database_can_hold_is_none(typed):
    assert web.number(typed) is None


def test_a_number_is_read_from_decimal_digits():
    assert web.number("9" * 18) == 10**18 - 1
    assert web.number("007") == web.number(7) == 7
