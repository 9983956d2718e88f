"""What is late about an item is an alert, once; what is dealt with stands before no desk any more."""

from datetime import timedelta

import pytest
from django.utils import translation

from tests import factories
from tests.workorders import extras
from tests.workorders.extras import FOUND_AT, call
from workorders.models import Alert
from workorders.operations import additional, slips
from workorders.queries.rules import rules_on

MINUTE = timedelta(minutes=1)


@pytest.fixture
def crew(db):
    with translation.override("en"):
        yield factories.Crew(factories.store())


@pytest.mark.clause("2.4.4.3")
@pytest.mark.parametrize("made", [extras.found, extras.quoted])
def test_who_is_not_called_within_a_quarter_of_an_hour_is_an_alert_once(crew, made):
    made(crew)
    assert additional.sweep(FOUND_AT + 14 * MINUTE)["call"] == 0
    assert additional.sweep(FOUND_AT + 16 * MINUTE)["call"] == 1
    assert additional.sweep(FOUND_AT + 17 * MINUTE)["call"] == 0
    assert Alert.objects.filter(about="call_late", desk="advisor", by=None).count() == 1


def test_whoever_was_tried_in_time_is_no_alert(crew):
    item = extras.quoted(crew)
    call(item, crew, "not_reached", delay_told=False)
    assert additional.sweep(FOUND_AT + 60 * MINUTE) == {"call": 0, "relay": 0}


@pytest.mark.clause("2.4.4.5")
@pytest.mark.parametrize("made", [extras.approved, extras.slip_issued, extras.refused])
def test_an_answer_that_is_not_passed_on_within_five_minutes_is_an_alert_once(crew, made):
    made(crew)
    assert additional.sweep(FOUND_AT + 4 * MINUTE)["relay"] == 0
    assert additional.sweep(FOUND_AT + 5 * MINUTE)["relay"] == 1
    assert additional.sweep(FOUND_AT + 6 * MINUTE)["relay"] == 0
    assert Alert.objects.filter(about="relay_late", desk="advisor").count() == 1


def unseen(order, desk):
    return set(order.alerts.filter(desk=desk, seen_at=None).values_list("about", flat=True))


def test_what_is_dealt_with_stands_before_no_desk_any_more(crew):
    item = extras.found(crew)
    assert unseen(item.order, "advisor") == unseen(item.order, "foreman") == {"extra"}
    assert additional.sweep(FOUND_AT + 16 * MINUTE)["call"] == 1
    extras.price(item, crew)
    item.refresh_from_db()
    assert unseen(item.order, "advisor") == {"call_late"}
    call(item, crew, "agreed")
    slips.issue(item.order, by=crew.service_advisor, at=FOUND_AT)
    assert unseen(item.order, "advisor") == set()
    assert unseen(item.order, "foreman") == {"extra", "slip"}
    slips.take(item.order, by=crew.foreman, at=FOUND_AT)
    assert unseen(item.order, "foreman") == set()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_workshop_that_was_told_of_a_refusal_reads_it_no_more(crew, language):
    with translation.override(language):
        item = extras.refused(crew)
    assert unseen(item.order, "foreman") == {"extra", "answered"}
    additional.sweep(FOUND_AT + 6 * MINUTE)
    additional.tell_workshop(item, receiver=crew.foreman, by=crew.service_advisor, at=FOUND_AT + 7 * MINUTE)
    assert unseen(item.order, "foreman") == unseen(item.order, "advisor") == set()
    assert set(item.order.alerts.filter(desk="foreman").values_list("seen_by", flat=True)) == {crew.foreman.pk}


def test_what_stays_on_the_order_is_written_as_the_store_reads_it(crew):
    """The advisor has chosen English; the workshop reads Chinese."""
    item = extras.found(crew)
    additional.withdraw(item, reason="看错了", by=crew.foreman, at=FOUND_AT)
    told = item.order.alerts.order_by("pk").last().words
    assert told == "“前制动片只剩 2 毫米”已撤回：看错了"


@pytest.mark.parametrize("made", [extras.handed, extras.told, extras.withdrawn])
def test_what_the_workshop_knows_is_not_late(crew, made):
    made(crew)
    assert additional.sweep(FOUND_AT + 60 * MINUTE) == {"call": 0, "relay": 0}


def test_the_store_says_how_long_is_in_time(crew):
    rules = rules_on(crew.store, FOUND_AT.date())
    rules.call_minutes = 30
    rules.save()
    extras.found(crew)
    assert additional.sweep(FOUND_AT + 29 * MINUTE)["call"] == 0
    assert additional.sweep(FOUND_AT + 30 * MINUTE)["call"] == 1
