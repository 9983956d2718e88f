"""What the foreman is told, when he has seen it, and the bays he gives."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import operations, queries
from appointments.models import Appointment, ForemanNotice
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop.models import Bay, BayQuarter
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

NOTICES, SEE_ALL = reverse("appointments:notices"), reverse("appointments:see_all")
MISSED = reverse("appointments:notices_missed")
HTMX = {"HX-Request": "true"}
LATE = MONDAY.replace(hour=17, minute=50)
WEDNESDAY = TUESDAY_NINE + timedelta(days=1)


def text(answer):
    return html.unescape(answer.content.decode())


@pytest.fixture
def shop(client, crew, monday):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.foreman)
    return client


@pytest.mark.clause("2.1.8")
def test_the_foreman_is_told_on_the_day_of_the_booking(crew):
    made = factories.appointment(crew, starts_at=WEDNESDAY, at=LATE)
    told = made.notices.get()
    assert (told.about, told.notified_at, told.seen_at) == ("booked", LATE, None)
    assert told.due_at.astimezone(crew.store.zone).date() == LATE.date()


@pytest.mark.clause("2.1.8")
def test_what_he_has_not_seen_by_the_end_of_its_day_is_a_violation(crew):
    told = factories.appointment(crew, starts_at=WEDNESDAY, at=LATE).notices.get()
    day, late = LATE.date(), LATE.replace(hour=23, minute=59)

    def reported(now):
        return list(queries.notices_late(crew.store, day, day, now))

    assert reported(LATE.replace(hour=16, minute=59)) == [], "the store is still open"
    assert reported(late) == [told]
    operations.see_notice(told, by=crew.foreman, at=late)
    assert reported(late + timedelta(days=2)) == [], "seen on its day after all"
    ForemanNotice.objects.update(seen_at=late + timedelta(minutes=2))
    assert reported(late + timedelta(days=2)) == [told], "seen two minutes after midnight"


@pytest.mark.clause("2.1.8")
def test_closing_time_warns_of_what_nobody_has_seen(crew):
    told = factories.appointment(crew, at=MONDAY + timedelta(hours=1)).notices.get()
    closes = MONDAY.replace(hour=17)
    assert queries.notices_unseen_at_close(crew.store, closes - timedelta(seconds=1)) == []
    assert queries.notices_unseen_at_close(crew.store, closes) == [told]
    assert queries.notices_unseen_at_close(crew.store, closes + timedelta(days=1)) == [], "that is the report's"
    operations.see_notice(told, by=crew.foreman, at=closes)
    assert queries.notices_unseen_at_close(crew.store, closes) == []


@pytest.mark.clause("2.1.8", "2.1.6")
def test_a_notice_says_time_car_wishes_bay_and_costly_parts(shop, crew):
    Bay.objects.create(store=crew.store, name="7号")
    job = operations.Job(
        other=["换轮胎"],
        parts=[(factories.part(crew.store, name="发电机", price_fen=380_000), 1), (factories.part(crew.store), 1)],
    )
    made = factories.appointment(crew, job=job)
    shown = text(shop.get(NOTICES))
    for wanted in ["09:00", made.vehicle.plate_shown, "帕萨特", "换轮胎", "7号", "发电机", "¥3,800.00", "high value"]:
        assert wanted in shown
    assert "机油滤清器" not in shown


def shown_about(shop):
    return [notice.about for notice in shop.get(NOTICES).context["notices"]]


@pytest.mark.clause("2.1.8")
def test_an_appointment_stands_on_the_list_once_with_what_is_true_of_it_now(shop, crew):
    made = factories.appointment(crew)
    assert shown_about(shop) == ["booked"]
    for hours in (1, 2):
        later = WEDNESDAY + timedelta(hours=hours)
        operations.reschedule(made, starts_at=later, reason="忙", agreed=True, by=crew.service_advisor, at=MONDAY)
        assert shown_about(shop) == ["moved"]
    operations.cancel(made, reason="卖了", by=crew.service_advisor, at=MONDAY)
    assert shown_about(shop) == ["cancelled"]
    assert [notice.about for notice in made.notices.all()] == ["booked", "moved", "moved", "cancelled"], "as told"


@pytest.mark.clause("2.1.8")
@pytest.mark.parametrize("at_once", [True, False])
def test_seeing_the_latest_sees_what_was_told_of_the_same_appointment_before(shop, crew, at_once):
    made, other = factories.appointment(crew), factories.appointment(crew, TUESDAY_NINE + timedelta(minutes=15))
    operations.reschedule(made, starts_at=WEDNESDAY, reason="忙", agreed=True, by=crew.service_advisor, at=MONDAY)
    told = made.notices.last()
    if at_once:
        assert "1 notice seen" in text(shop.post(SEE_ALL, {"shown": [told.pk]}, follow=True))
    else:
        shop.post(reverse("appointments:see_notice", args=[told.pk]))
    assert {(one.seen_at, one.seen_by) for one in made.notices.all()} == {(MONDAY, crew.foreman)}
    assert other.notices.get().seen_at is None
    operations.cancel(made, reason="卖了", by=crew.service_advisor, at=MONDAY)
    operations.see_notice(made.notices.first(), by=crew.foreman, at=MONDAY)
    assert made.notices.last().seen_at is None, "what came meanwhile is still to be seen"


def test_one_press_marks_one_notice_seen(shop, crew):
    first, second = (factories.appointment(crew, starts_at=TUESDAY_NINE + timedelta(minutes=15 * n)) for n in (0, 1))
    address = reverse("appointments:see_notice", args=[first.notices.get().pk])
    assert shop.post(address).status_code == 302
    told = first.notices.get()
    assert (told.seen_at, told.seen_by) == (MONDAY, crew.foreman)
    answer = shop.post(address, headers=HTMX, follow=True)
    assert [notice.appointment for notice in answer.context["notices"]] == [second]
    assert "<html" not in text(answer)


def test_all_seen_leaves_what_came_meanwhile(shop, crew):
    shown = factories.appointment(crew).notices.get()
    assert f'name="shown" value="{shown.pk}"' in text(shop.get(NOTICES))
    later = factories.appointment(crew, starts_at=WEDNESDAY).notices.get()
    ForemanNotice.objects.filter(pk=later.pk).update(notified_at=MONDAY - timedelta(minutes=1))
    answer = shop.post(SEE_ALL, {"shown": [str(shown.pk), "x", "", "9" * 40]}, follow=True)
    assert "1 notice seen" in text(answer)
    assert list(answer.context["notices"]) == [later]


def test_nobody_sees_the_notices_of_another_store(shop, crew):
    other = factories.Crew(factories.store("分店"))
    theirs = factories.appointment(other).notices.get()
    assert shop.get(NOTICES).context["notices"] == []
    assert shop.post(reverse("appointments:see_notice", args=[theirs.pk])).status_code == 404
    shop.post(SEE_ALL, {"shown": [theirs.pk]})
    theirs.refresh_from_db()
    assert theirs.seen_at is None


def test_seeing_is_the_foremans(crew, english):
    told = factories.appointment(crew).notices.get()
    with pytest.raises(NotAllowed):
        operations.see_notice(told, by=crew.service_advisor, at=MONDAY)
    with pytest.raises(NotAllowed):
        operations.see_all(crew.store, shown=[told.pk], by=crew.service_advisor, at=MONDAY)


@pytest.fixture
def bays(crew):
    return [Bay.objects.create(store=crew.store, name=f"{n}号") for n in (1, 2, 3)]


def bay_page(made):
    return reverse("appointments:change_bay", args=[made.pk])


@pytest.mark.clause("2.1.9")
def test_the_foreman_gives_another_bay(shop, crew, bays):
    made = factories.appointment(crew)
    start, end = made.reservation.starts_at, made.reservation.ends_at
    other = next(bay for bay in bays if bay != made.reservation.bay)
    page = shop.get(bay_page(made))
    assert [(choice.bay, choice.free, choice.kept) for choice in page.context["choices"]] == [
        (bay, bay != made.reservation.bay, bay == made.reservation.bay) for bay in bays
    ]
    answer = shop.post(bay_page(made), {"bay": other.pk}, follow=True)
    made.refresh_from_db()
    assert (made.reservation.bay, made.reservation.starts_at, made.reservation.ends_at) == (other, start, end)
    assert set(BayQuarter.objects.values_list("bay", flat=True)) == {other.pk}
    assert other.name in text(answer)


@pytest.mark.clause("2.1.9")
def test_a_bay_that_is_taken_is_refused_and_the_kept_one_stays(shop, crew, bays):
    made, kept = factories.appointment(crew), None
    kept = made.reservation.bay
    other = next(bay for bay in bays if bay != kept)
    workshop.keep(other, made.reservation.starts_at, made.reservation.ends_at)
    assert shop.post(bay_page(made), {"bay": other.pk}).status_code == 409
    assert Appointment.objects.get(pk=made.pk).reservation.bay == kept


@pytest.mark.parametrize("wrong", ["", "x", "0", "theirs"])
def test_a_bay_nobody_has_is_refused_beside_the_choice(shop, crew, bays, wrong):
    theirs = Bay.objects.create(store=factories.store("分店"), name="1")
    made = factories.appointment(crew)
    answer = shop.post(bay_page(made), {"bay": theirs.pk if wrong == "theirs" else wrong})
    assert answer.status_code == 422
    assert "invalid-feedback" in text(answer)


def test_where_no_bay_is_kept_there_is_none_to_change(shop, crew):
    made = factories.appointment(crew)
    assert "No bay is kept" in text(shop.get(bay_page(made)))
    assert "Other bay" not in text(shop.get(NOTICES))


@pytest.fixture
def manager(client, crew, monday):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.after_sales_manager)
    return client


@pytest.mark.clause("2.1.8")
def test_the_report_of_a_month_counts_what_was_not_seen_on_its_day(manager, crew, monday):
    seen, unseen = (
        factories.appointment(crew, starts_at=TUESDAY_NINE + timedelta(minutes=15 * n)).notices.get() for n in (0, 1)
    )
    operations.see_notice(seen, by=crew.foreman, at=MONDAY)
    monday.move_to(TUESDAY_NINE + timedelta(days=10), tick=False)
    manager.force_login(crew.after_sales_manager)
    assert list(manager.get(MISSED).context["notices"]) == [], "that is December by now"
    page = manager.get(MISSED, {"month": "2026-11"})
    assert list(page.context["notices"]) == [unseen]
    assert "1 of 2 notices were not seen" in text(page)
    assert "not seen</span>" in text(page)


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0001-01", "9999-12", "2100-01", "\0"])
def test_a_broken_month_shows_this_one(manager, month):
    assert manager.get(MISSED, {"month": month}).context["first"] == MONDAY.date().replace(day=1)


@pytest.mark.clause("2.1.8", "2.1.9")
def test_the_foreman_reads_for_which_car_no_bay_is_set_up(shop, crew):
    Bay.objects.create(store=crew.store, name="1", skills="机修")
    work = factories.operation()
    work.skill = "空调"
    work.save()
    factories.appointment(crew)
    sentence = "No bay of this store is set up for 空调; the foreman finds a place."
    assert sentence not in text(shop.get(NOTICES))
    factories.appointment(crew, WEDNESDAY, job=operations.Job([work]))
    assert text(shop.get(NOTICES)).count(sentence) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_notices_take_seven_queries(shop, crew, bays, count, django_assert_num_queries):
    for number in range(count):
        factories.appointment(
            crew, starts_at=TUESDAY_NINE + timedelta(minutes=15 * number),
            job=operations.Job(parts=[(factories.part(crew.store, price_fen=200_000), 1)]),
        )  # fmt: skip
    with django_assert_num_queries(7):
        assert len(shop.get(NOTICES).context["notices"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_report_takes_eight_queries(manager, crew, monday, count, django_assert_num_queries):
    for number in range(count):
        factories.appointment(crew, starts_at=TUESDAY_NINE + timedelta(minutes=15 * number))
    monday.move_to(TUESDAY_NINE, tick=False)
    manager.force_login(crew.after_sales_manager)
    with django_assert_num_queries(8):
        assert len(manager.get(MISSED).context["notices"]) == count


def test_the_bay_page_takes_few_queries(shop, crew, bays, django_assert_max_num_queries):
    made = factories.appointment(crew)
    with django_assert_max_num_queries(8):
        shop.get(bay_page(made))
