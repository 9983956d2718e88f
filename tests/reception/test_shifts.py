"""The opening checklist: one tap for each point, named with who and when, and what was not done named as missing."""

from datetime import UTC, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from reception import operations, queries
from reception.models import Point, ShiftCheck
from tests import factories
from tests.reception.morning import at

OPENING, REPORT, LANE, TODAY = (
    reverse(name) for name in ("reception:opening", "reception:opening_report", "reception:lane", "overview:today")
)
BEFORE_OPENING = -15  # minutes from nine


def text(answer):
    return answer.content.decode()


@pytest.fixture
def morning(desk, crew, monday):
    """Let it be Tuesday, a quarter to nine, and the advisor logged in."""
    monday.move_to(at(BEFORE_OPENING).astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    return desk


@pytest.mark.clause("2.2.1.2")
def test_a_point_is_found_in_order_with_one_tap_and_signed_with_name_and_time(morning, crew):
    assert f'name="point" value="{Point.CLEAN}"' in text(morning.get(OPENING))
    assert morning.post(OPENING, {"point": "clean"})["Location"] == OPENING
    [check] = ShiftCheck.objects.all()
    assert (check.point, check.by, check.at, check.day) == ("clean", crew.service_advisor, at(-15), at(0).date())
    page = text(morning.get(OPENING))
    assert f"{crew.service_advisor.full_name}, 08:45" in page
    assert f'name="point" value="{Point.CLEAN}"' not in page
    morning.force_login(crew.after_sales_manager)
    assert f'{crew.service_advisor.full_name} <span class="quiet">08:45' in text(morning.get(REPORT))


def test_all_in_order_is_one_tap_that_keeps_who_was_first(morning, crew):
    morning.post(OPENING, {"point": "forms"})
    morning.force_login(crew.advisor_assistant)
    morning.post(OPENING, {"point": "all"})
    morning.post(OPENING, {"point": "all"})
    by = {check.point: check.by for check in ShiftCheck.objects.all()}
    assert by == dict.fromkeys(Point.values, crew.advisor_assistant) | {"forms": crew.service_advisor}
    assert "The reception is ready." in text(morning.get(OPENING))


@pytest.mark.clause("2.2.1.1")
def test_what_is_not_done_at_opening_is_listed_as_missing(crew, monday, client):
    operations.check_points(crew.store, ["clean"], by=crew.service_advisor, at=at(BEFORE_OPENING))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    for minutes, missing in [(BEFORE_OPENING, 0), (0, 4)]:
        monday.move_to(at(minutes).astimezone(UTC), tick=False)
        client.force_login(crew.after_sales_manager)
        page = client.get(REPORT)
        *_earlier, today = page.context["days"]
        assert (today.day, today.missing) == (at(0).date(), missing)
        rows = text(page).split("<tbody>")[1].split("<tr>")
        assert rows[-1].count("missing") == missing
        assert rows[-1].count("not yet") == (4 if not missing else 0)


def test_a_day_the_store_is_closed_is_not_missing(crew):
    sunday = at(0).date() - timedelta(days=2)
    workshop.close_on(crew.store, sunday, name="盘点", by=None)
    shown = queries.checked_days(crew.store, sunday, at(0).date(), at(60))
    assert [one.day for one in shown] == [sunday + timedelta(days=1), at(0).date()]
    assert [one.missing for one in shown] == [5, 5]


def test_the_lane_and_the_first_page_remind_until_it_is_done(morning, crew):
    for page, sentence in [
        (LANE, "points of the opening checklist are not done."),
        (TODAY, "5 points are not done."),
    ]:
        assert sentence in text(morning.get(page))
    operations.check_points(crew.store, Point.values, by=crew.service_advisor, at=timezone.now())
    for page in (LANE, TODAY):
        assert "opening checklist" not in text(morning.get(page)).lower()


def test_nobody_is_reminded_of_another_stores_list(morning, crew):
    elsewhere = factories.Crew(factories.store("分店"))
    operations.check_points(elsewhere.store, Point.values, by=elsewhere.service_advisor, at=timezone.now())
    assert "5 points" in text(morning.get(LANE))


@pytest.mark.parametrize("point", ["", "roof", "\0"])
def test_an_unknown_point_is_refused(morning, point):
    answer = morning.post(OPENING, {"point": point})
    assert answer.status_code == 422
    assert "not a point of the list" in text(answer)
    assert not ShiftCheck.objects.exists()


def test_who_records_no_arrivals_ticks_nothing(crew, english):
    with pytest.raises(NotAllowed):
        operations.check_points(crew.store, ["clean"], by=crew.technician, at=at(0))


@pytest.mark.parametrize("wrong", [{"point": "roof"}, {"shift": "night"}])
def test_the_database_knows_the_points_and_the_shifts(crew, wrong):
    row = {"store": crew.store, "day": at(0).date(), "point": "clean", "by": crew.service_advisor, "at": at(0)}
    with pytest.raises(IntegrityError), transaction.atomic():
        ShiftCheck.objects.create(**row | wrong)
    ShiftCheck.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShiftCheck.objects.create(**row)


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_five_and_six_queries(morning, crew, count, django_assert_num_queries):
    operations.check_points(crew.store, Point.values[:count], by=crew.service_advisor, at=timezone.now())
    with django_assert_num_queries(5):
        morning.get(OPENING)
    morning.force_login(crew.after_sales_manager)
    with django_assert_num_queries(6):
        morning.get(REPORT)


@pytest.mark.clause("2.2.1.2")
def test_what_is_not_in_order_is_noted_reported_and_put_right_later(morning, crew):
    morning.post(OPENING, {"point": "all"})
    assert morning.post(OPENING, {"fault": "clean", "note": "地面有水"})["Location"] == OPENING
    page = text(morning.get(OPENING))
    assert "地面有水" in page
    assert "The reception is ready." not in page
    assert "1 point of the opening checklist is not done." in text(morning.get(LANE))
    assert "1 point is not done." in text(morning.get(TODAY))
    morning.force_login(crew.after_sales_manager)
    assert "not in order: 地面有水" in text(morning.get(REPORT))
    morning.force_login(crew.advisor_assistant)
    assert "in order</span></button>" not in text(morning.get(OPENING)), "no button for others where none is left"
    for pressed_elsewhere in ["clean", "all"]:  # on a page from before, or for the other points
        morning.post(OPENING, {"point": pressed_elsewhere})
        assert not ShiftCheck.objects.get(point="clean").in_order
    morning.post(OPENING, {"point": "right-clean"})
    check = ShiftCheck.objects.get(point="clean")
    assert (check.in_order, check.note, check.by) == (True, "地面有水", crew.advisor_assistant)
    assert "The reception is ready." in text(morning.get(OPENING))
    morning.force_login(crew.after_sales_manager)
    assert "put right: 地面有水" in text(morning.get(REPORT))


@pytest.mark.parametrize("wrong", [{"note": " "}, {"note": "长" * 201}, {"fault": "roof"}, {"fault": "all"}])
def test_what_is_not_in_order_needs_a_point_and_words(morning, wrong):
    answer = morning.post(OPENING, {"fault": "clean", "note": "地面有水"} | wrong)
    assert answer.status_code == 422
    assert not ShiftCheck.objects.exists()
    if wrong == {"note": " "}:
        assert "Write down what is not in order." in text(answer)


def test_nobody_notes_a_fault_without_words_or_without_being_asked(crew, english):
    with pytest.raises(NotAllowed, match="not in order"):
        operations.fault_point(crew.store, "clean", " ", by=crew.service_advisor, at=at(0))
    with pytest.raises(NotAllowed):
        operations.fault_point(crew.store, "clean", "脏", by=crew.technician, at=at(0))
    with pytest.raises(IntegrityError), transaction.atomic():
        ShiftCheck.objects.create(
            store=crew.store, day=at(0).date(), point="clean", in_order=False, by=crew.service_advisor, at=at(0)
        )
