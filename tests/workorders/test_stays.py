"""Cars that stay: long jobs, overnight, not collected."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from dealership.workflow import NotAllowed
from dealership.workshop import queries as workshop
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE
from tests.workorders.plans import HOUR, clock
from tests.workorders.sheets import text
from workorders.models import Handover, LongStay, WorkOrder, WorkshopRules
from workorders.operations import stays
from workorders.queries import stays as queries

LIST = reverse("workorders:long_jobs")
WHY = {
    "words": "等厂家技术支持",
    "until_at": clock("16:00", date(2026, 11, 26)),
    "told_at": TUESDAY_NINE,
    "told_how": "电话",
}
LEFT = {"place": "后院3号", "until_at": clock("16:00", date(2026, 11, 25)), "words": "客户出差"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def lists(crew, now):
    return queries.stays(crew.store, now, WorkshopRules(store=crew.store), workshop.calendar_of(crew.store))


def note(order, crew, kind, at=TUESDAY_NINE, **facts):
    return stays.note(order, kind=kind, by=crew.service_advisor, at=at, **facts)


def test_work_longer_than_a_day_asks_for_a_note_that_grows_old_after_a_working_day(crew):
    order = factories.dispatched(crew, MONDAY + HOUR)
    assert lists(crew, MONDAY + 25 * HOUR - timedelta(minutes=1)).long == []
    [row] = lists(crew, MONDAY + 25 * HOUR).long
    assert (row.since, row.note, row.due) == (MONDAY + HOUR, None, True)
    note(order, crew, "long", at=clock("10:00"), **WHY)
    assert not lists(crew, clock("10:00", date(2026, 11, 25))).long[0].due  # seven working hours old
    assert lists(crew, clock("10:01", date(2026, 11, 25))).long[0].due


def test_a_car_that_is_ready_is_no_long_job(crew):
    factories.passed(crew, MONDAY + HOUR)
    assert lists(crew, MONDAY + 48 * HOUR).long == []


def test_overnight_stays_who_is_not_promised_before_closing_and_then_everybody(crew):
    today = factories.dispatched(crew, promised_at=clock("16:00"), hours="0.10")
    tomorrow = factories.dispatched(crew, promised_at=clock("10:00", date(2026, 11, 25)), hours="0.10")
    assert [row.order for row in lists(crew, clock("16:59")).overnight] == [tomorrow]
    assert {row.order for row in lists(crew, clock("17:00")).overnight} == {today, tomorrow}


def test_of_a_car_overnight_place_and_key_are_named(crew):
    order = factories.dispatched(crew)
    order.handovers.all().delete()
    WorkOrder.objects.update(parked_at="", bay=None)
    [row] = lists(crew, TUESDAY_NINE).overnight
    assert (row.place, row.due, row.key) == ("", True, crew.service_advisor.full_name)
    Handover.objects.create(
        order=order, leg="to_workshop", given_by=crew.service_advisor, given_at=TUESDAY_NINE, taken_by=crew.foreman,
        taken_at=TUESDAY_NINE,
    )  # fmt: skip
    WorkOrder.objects.update(parked_at="A12")
    [row] = lists(crew, TUESDAY_NINE).overnight
    assert (row.place, row.due, row.key) == ("A12", False, crew.foreman.full_name)
    note(order, crew, "overnight", place="车间2号位")
    assert lists(crew, TUESDAY_NINE).overnight[0].place == "车间2号位"


def test_a_car_not_collected_is_due_until_its_next_contact_is_agreed(crew):
    order = factories.passed(crew, MONDAY)
    assert lists(crew, MONDAY + timedelta(days=3) - HOUR).left == []
    thursday = MONDAY + timedelta(days=3)
    [row] = lists(crew, thursday).left
    assert (row.since, row.due) == (MONDAY, True)
    note(order, crew, "left", at=thursday, **LEFT | {"until_at": thursday + 5 * HOUR})
    assert [row.due for row in lists(crew, thursday + 4 * HOUR).left] == [False]
    assert [row.due for row in lists(crew, thursday + 6 * HOUR).left] == [True]


@pytest.mark.parametrize(("kind", "facts", "sentence"), [
    ("long", WHY | {"words": ""}, "A long job needs"),
    ("long", WHY | {"told_at": None, "told_how": ""}, "A long job needs"),
    ("long", WHY | {"told_how": ""}, "both when and how"),
    ("long", WHY | {"told_at": TUESDAY_NINE + HOUR}, "before now"),
    ("overnight", {"place": ""}, "where the car stands tonight"),
    ("left", LEFT | {"until_at": None}, "contacted next"),
])  # fmt: skip
def test_a_note_that_lacks_something_is_refused(crew, kind, facts, sentence):
    order = factories.dispatched(crew)
    with pytest.raises(NotAllowed, match=sentence):
        note(order, crew, kind, **facts)
    assert not LongStay.objects.exists()


def test_a_note_needs_the_role_and_the_car(crew):
    order = factories.dispatched(crew)
    with pytest.raises(NotAllowed, match="Your role"):
        stays.note(order, kind="overnight", place="A1", by=crew.technician, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="has left the house"):
        note(factories.released(crew), crew, "overnight", place="A1")


@pytest.mark.parametrize(("facts", "name"), [
    ({"kind": "long", "words": "x"}, "longstay_long_says_why_until_told"),
    ({"kind": "overnight"}, "longstay_overnight_where"),
    ({"kind": "left", "place": "x"}, "longstay_left_where_and_next"),
    ({"kind": "overnight", "place": "x", "told_how": "x"}, "longstay_told_how"),
])  # fmt: skip
def test_the_database_holds_what_a_note_is(crew, facts, name):
    order = factories.signed(crew)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LongStay.objects.create(order=order, by=crew.service_advisor, at=TUESDAY_NINE, **facts)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_one_row_as_for_three(tuesday, crew, count, django_assert_num_queries):
    for _number in range(count):
        order = factories.dispatched(crew, MONDAY + HOUR)
        note(order, crew, "long", **WHY)
        factories.passed(crew, MONDAY - timedelta(days=4))
    tuesday.get(LIST)
    with django_assert_num_queries(10):
        page = tuesday.get(LIST)
    shown = page.context["stays"]
    assert (len(shown.long), len(shown.overnight), len(shown.left)) == (count, count + count, count)
    assert "等厂家技术支持" in text(page)


def test_a_note_is_written_on_its_page(tuesday, crew):
    order = factories.dispatched(crew, MONDAY + HOUR)
    form = reverse("workorders:stay", args=[order.pk, "long"])
    assert form in text(tuesday.get(LIST))
    assert tuesday.get(form).status_code == 200
    post = reverse("workorders:note_stay", args=[order.pk, "long"])
    answer = tuesday.post(post, {"words": "等配件", "until_at": "2026-11-26T16:00"})
    assert answer.status_code == 422
    assert {"told_at", "told_how"} <= set(answer.context["form"].errors)
    assert 'value="等配件"' in text(answer)
    told = {"told_at": "2026-11-24T09:30", "told_how": "电话"}
    late = tuesday.post(
        post, {"words": "等配件", "until_at": "2026-11-26T16:00"} | told | {"told_at": "2026-11-24T10:30"}
    )
    assert (late.status_code, "before now" in text(late)) == (422, True)
    page = tuesday.post(post, {"words": "等配件", "until_at": "2026-11-26T16:00"} | told, follow=True)
    assert "等配件" in text(page)
    assert "note is due" not in text(page).partition("Overnight today")[0]


def test_who_may_only_look_is_offered_no_note(tuesday, crew):
    order = factories.dispatched(crew, MONDAY + HOUR)
    tuesday.force_login(crew.cashier)
    assert "Write a note" not in text(tuesday.get(LIST))
    assert tuesday.get(reverse("workorders:stay", args=[order.pk, "long"])).status_code == 403
