"""Later on one's own day: the promise stands and the car is prepared, so the day goes on without a manager."""

from datetime import UTC, timedelta

import pytest

from appointments import operations, queries
from appointments.models import Appointment
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.appointments.desk import book, text, to
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")
ELEVEN, WEDNESDAY = TUESDAY_NINE + timedelta(hours=2), TUESDAY_NINE + timedelta(days=1)
EIGHT = TUESDAY_NINE - timedelta(hours=1)


def move(made, crew, starts_at, **details):
    wanted = {"reason": "客户来电", "agreed": True, "by": crew.service_advisor, "at": EIGHT}
    operations.reschedule(made, starts_at=starts_at, **wanted | details)


@pytest.mark.clause("3.1.3.8", "2.1.1")
def test_later_on_his_day_needs_no_manager_and_stays_prepared(crew):
    made = factories.appointment(crew)
    operations.tick(made, "file", by=crew.service_advisor, at=MONDAY)
    move(made, crew, ELEVEN, short_notice_reason="不需要")
    made.refresh_from_db()
    assert (made.starts_at, made.short_notice_reason) == (ELEVEN, "")
    assert [one.point for one in made.preparations.all()] == ["file"]


@pytest.mark.clause("2.1.1")
@pytest.mark.parametrize("starts_at", [TUESDAY_NINE, WEDNESDAY - timedelta(hours=1, minutes=-15)])
def test_earlier_and_another_day_need_their_notice(crew, starts_at):
    made = factories.appointment(crew, ELEVEN)
    with pytest.raises(NotAllowed):
        move(made, crew, starts_at)
    made.refresh_from_db()
    assert made.starts_at == ELEVEN


def test_another_day_is_prepared_anew(crew):
    made = factories.appointment(crew)
    operations.tick(made, "file", by=crew.service_advisor, at=MONDAY)
    move(made, crew, WEDNESDAY, at=MONDAY)
    assert not made.preparations.exists()


def test_the_move_page_offers_what_is_left_of_the_day(desk, crew, monday):
    made = factories.appointment(crew)
    monday.move_to(EIGHT.astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    offered = desk.get(to("move_times", made)).context["offers"].all
    assert offered[0].starts_at.date() == TUESDAY_NINE.date()
    on_the_day = desk.get(to("move_times", made), {"day": "2026-11-24"})
    assert min(one.starts_at for one in on_the_day.context["offers"].all) > TUESDAY_NINE
    assert "need 24 hours of notice" in text(on_the_day)
    assert {
        one.starts_at.date() for one in desk.get(to("move_times", made), {"day": "2026-12-03"}).context["offers"].all
    }


@pytest.mark.clause("C30")
def test_a_reason_nobody_needed_is_not_kept(crew):
    assert book(crew, short_notice_reason="多写的").short_notice_reason == ""
    assert Appointment.objects.get().short_notice_reason == ""


def test_who_works_elsewhere_or_left_changes_nothing(crew):
    made, stranger = factories.appointment(crew), factories.person(Role.SERVICE_ADVISOR, factories.store())
    with pytest.raises(NotAllowed, match="You do not work in that store"):
        move(made, crew, WEDNESDAY, by=stranger, at=MONDAY)
    with pytest.raises(NotAllowed, match="You do not work in that store"):
        operations.cancel(made, reason="改期", by=stranger, at=MONDAY)
    left = factories.person(Role.SERVICE_ADVISOR, crew.store)
    left.is_active = False
    left.save()
    with pytest.raises(NotAllowed, match="does not work here any more"):
        move(made, crew, WEDNESDAY, advisor=left, at=MONDAY)
    assert queries.day_of(crew.store, Appointment.objects.get().starts_at) == TUESDAY_NINE.date()
