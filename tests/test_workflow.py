"""Moving a thing: guard, compare-and-set, history, and the sentence for whoever was slower."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.models import Appointment
from appointments.states import ARRIVE, CANCEL, State
from dealership import workflow
from dealership.workflow import CLOCK, NotAllowed, transition
from tests import factories
from tests.factories import MONDAY

LANGUAGES = ["zh-hans", "en"]
BY_CLOCK = transition("lapse", [State.CONFIRMED], State.NO_SHOW, "appointments.cancel_appointment", "x", by_clock=True)


@pytest.fixture
def crew(db):
    return factories.Crew(factories.store())


@pytest.fixture
def thing(crew):
    return factories.appointment(crew)


def refusal(*args, **kwargs):
    with pytest.raises(NotAllowed) as caught:
        workflow.move(*args, **kwargs)
    return str(caught.value)


def test_a_move_changes_state_and_fields_together_and_is_written_down(thing, crew):
    workflow.move(thing, CANCEL, by=crew.service_advisor, at=MONDAY, reason="改期", short_notice_reason="与客户商定")
    stored = Appointment.objects.get()
    assert stored.state == thing.state == State.CANCELLED
    assert stored.short_notice_reason == thing.short_notice_reason == "与客户商定"
    last = thing.moves.last()
    assert (last.from_state, last.to_state, last.by, last.at) == (
        "confirmed",
        "cancelled",
        crew.service_advisor,
        MONDAY,
    )
    assert (last.reason, str(last)) == ("改期", "confirmed > cancelled")


def test_a_move_that_cannot_be_written_down_does_not_happen(thing, crew):
    with pytest.raises((DatabaseError, ValueError)):
        workflow.move(thing, CANCEL, by=crew.service_advisor, at=None)
    assert thing.state == State.CONFIRMED, "the thing in hand does not claim what did not happen"


def test_what_this_request_saw_decides_not_what_stands_there_now(thing, crew):
    Appointment.objects.filter(pk=thing.pk).update(state=State.NO_SHOW)
    assert refusal(thing, CANCEL, by=crew.service_advisor, at=MONDAY)
    assert Appointment.objects.get().state == State.NO_SHOW
    assert (thing.state, thing.moves.count()) == (State.CONFIRMED, 2)


def test_a_step_that_stays_in_its_state_names_what_else_it_saw(thing, crew):
    stay = transition("stay", [State.CONFIRMED], State.CONFIRMED, "appointments.book_appointment", "x")
    copy = Appointment.objects.get()
    workflow.move(copy, stay, by=crew.service_advisor, at=MONDAY, seen_too={"sequence": 0}, sequence=1)
    assert refusal(thing, stay, by=crew.service_advisor, at=MONDAY, seen_too={"sequence": 0}, sequence=1)
    assert (thing.sequence, thing.moves.count()) == (0, 3)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("seconds", "ago"), [(4, "4 seconds"), (1, "1 second"), (150, "2 minutes"), (7200, "2 hours")])
def test_the_slower_of_two_reads_who_moved_it_where_and_when(thing, crew, language, seconds, ago):
    copy = Appointment.objects.get()
    workflow.move(copy, CANCEL, by=crew.service_advisor, at=MONDAY)
    with translation.override(language):
        told = refusal(thing, CANCEL, by=crew.after_sales_manager, at=MONDAY + timedelta(seconds=seconds))
        words = {
            "who": crew.service_advisor.full_name,
            "state": State.CANCELLED.label,
            "ago": workflow.ago(seconds),
        }
        assert told == _("%(who)s moved this to “%(state)s” %(ago)s.") % words
    if language == "en":
        assert told == f"{crew.service_advisor.full_name} moved this to “cancelled” {ago} ago."
    assert thing.moves.count() == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_clock_did_is_told_without_a_name(thing, crew, language):
    workflow.move(Appointment.objects.get(), BY_CLOCK, by=CLOCK, at=MONDAY)
    with translation.override(language):
        told = refusal(thing, CANCEL, by=crew.service_advisor, at=MONDAY)
        assert told == _("This is already at “%(state)s”.") % {"state": State.NO_SHOW.label}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thing_without_history_is_refused_with_a_sentence(thing, crew, language):
    Appointment.objects.filter(pk=thing.pk).update(state=State.CANCELLED)
    thing.moves.all().delete()
    with translation.override(language):
        assert refusal(thing, CANCEL, by=crew.service_advisor, at=MONDAY) == _("This is no longer possible here.")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds ago"),
        (59, "59 seconds ago"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86399, "23 hours ago"),
        (86400, "1 day ago"),
        (2 * 86400, "2 days ago"),
    ],
)
def test_how_long_ago_is_told_in_one_unit(seconds, words):
    with translation.override("en"):
        assert workflow.ago(seconds) == words


def test_a_clock_that_lags_does_not_tell_the_future(thing, crew):
    workflow.move(Appointment.objects.get(), CANCEL, by=crew.service_advisor, at=MONDAY)
    with translation.override("en"):
        assert "0 seconds ago" in refusal(thing, CANCEL, by=crew.service_advisor, at=MONDAY - timedelta(seconds=9))


def test_the_clock_takes_only_its_own_steps(thing):
    refusal(thing, ARRIVE, by=CLOCK, at=MONDAY, arrived_at=MONDAY)
    workflow.move(thing, BY_CLOCK, by=CLOCK, at=MONDAY)
    assert (thing.state, thing.moves.last().by) == (State.NO_SHOW, None)


def test_the_permission_is_asked_for_before_the_state_is_told(thing, crew):
    Appointment.objects.filter(pk=thing.pk).update(state=State.CANCELLED)
    thing.refresh_from_db()
    with translation.override("en"):
        assert refusal(thing, CANCEL, by=crew.claims, at=MONDAY) == "Your role does not allow this."


def test_who_was_deactivated_moves_nothing(thing, crew):
    crew.service_advisor.is_active = False
    assert refusal(thing, CANCEL, by=crew.service_advisor, at=MONDAY)


def test_require_lets_the_clock_and_holders_pass(crew):
    workflow.require(CLOCK, "appointments.book_appointment")
    workflow.require(crew.service_advisor, "appointments.book_appointment")
    with pytest.raises(NotAllowed):
        workflow.require(crew.claims, "appointments.book_appointment")


def test_a_step_knows_where_it_is_possible(thing):
    assert CANCEL.possible(thing)
    thing.state = State.ARRIVED
    assert not CANCEL.possible(thing)


def test_a_move_names_its_state_in_the_readers_language(thing):
    for language in LANGUAGES:
        with translation.override(language):
            assert [move.state_label for move in thing.moves.all()] == [State.REQUESTED.label, State.CONFIRMED.label]
