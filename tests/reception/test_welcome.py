"""Greeting, the lounge, and what a manager reads of both."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from appointments import queries as appointments
from appointments.figures import Period
from dealership.customers import operations as customers
from dealership.workflow import NotAllowed
from reception import figures, operations, queries
from reception.models import COURTESY, CourtesyCheck, GreetingText, LoungeCare, Visit, Welcome
from tests import factories
from tests.reception.morning import at, came, receive, sign, walked_in

LANE, LOUNGE, REPORT, COURTESY_PAGE = (
    reverse(f"reception:{name}") for name in ("lane", "lounge", "report", "courtesy")
)
NEXT_MONTH = datetime(2026, 12, 1, 8, tzinfo=factories.SHANGHAI)


def text(answer):
    return answer.content.decode()


def page_of(visit, name="receive"):
    return reverse(f"reception:{name}", args=[visit.pk])


def said_to(visit, by, minutes):
    return queries.greeting(visit, appointments.rules_on(visit.store, at(0).date()), by, at(minutes))


def november(crew):
    return Period(crew.store, date(2026, 11, 1), date(2026, 11, 30), NEXT_MONTH)


@pytest.fixture
def minute(monday, crew, client):
    """Let it be so many minutes after nine, and the advisor at the desk, in English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def look(minutes, user=None):
        monday.move_to(at(minutes).astimezone(UTC), tick=False)
        client.force_login(user or crew.service_advisor)
        return client

    return look


@pytest.mark.clause("4.1.1")
def test_the_script_is_shown_to_who_receives_a_new_arrival(minute, crew):
    lady = walked_in(crew, 0, car=factories.customer_with_car(crew.service_advisor, title="ms"))
    gentleman = walked_in(crew, 0)
    name = crew.service_advisor.full_name
    welcome = f"welcome to {crew.store.name}. I am {name}; how may I help you?"
    assert f"Good day, Ms Wang, and {welcome}" in text(minute(1).get(page_of(lady)))
    assert f"Good day, Mr Wang, and {welcome}" in text(minute(1).get(page_of(gentleman)))


@pytest.mark.clause("4.1.1")
@pytest.mark.parametrize(
    ("details", "chinese", "spoken"),
    [
        ({"name": "魏来", "title": "ms"}, "魏女士您好", "Good day, Ms Wei"),
        ({"name": "魏来", "title": ""}, "贵宾您好", "Good day, dear guest"),
        ({"name": "杭州某某公司", "kind": "organisation", "title": ""}, "贵宾您好", "Good day, dear guest"),
    ],
)
def test_a_customer_is_greeted_by_name_where_it_is_known(crew, details, chinese, spoken):
    visit = walked_in(crew, 0, car=factories.customer_with_car(crew.service_advisor, **details))
    for language, words in [("zh-hans", chinese), ("en", spoken)]:
        with translation.override(language):
            assert said_to(visit, crew.service_advisor, 1).startswith(words)


@pytest.mark.clause("2.2.11.1")
def test_each_situation_has_its_words(crew, english):
    by = crew.service_advisor
    booked, walker = came(crew, 15, early=5), walked_in(crew, 10)
    factories.released(crew, at(0) - timedelta(days=30), car=(walker.customer, factories.customer_with_car(by)[1]))
    stranger = walked_in(crew, 10)
    said = {name: said_to(visit, by, 12) for name, visit in
            [("booked", booked), ("walk_in", walker), ("first", stranger)]}  # fmt: skip
    assert "We expected you at 09:15." in said["booked"]
    assert said["walk_in"] == f"Good day, Mr Wang. I am {by.full_name}; how may I help you?"
    assert "welcome to" in said["first"]
    assert "I am sorry that you had to wait." in said_to(stranger, by, 19)


@pytest.mark.clause("4.1.1")
def test_the_stores_own_words_replace_the_usual_ones(crew):
    visit, by = walked_in(crew, 0), crew.service_advisor
    GreetingText.objects.create(
        store=crew.store,
        situation="first",
        language="zh-hans",
        text="{title}你好，{customer}，请问有什么可以帮到你？{x}",
    )
    translation.activate("zh-hans")
    assert said_to(visit, by, 1).endswith("你好，王先生，请问有什么可以帮到你？{x}")
    translation.activate("en")
    assert "Good day" in said_to(visit, by, 1), "each language has its own"


@pytest.mark.parametrize("wrong", [{"situation": "x"}, {"language": "fr"}, {"text": ""}])
def test_the_database_knows_situations_and_languages(crew, wrong):
    row = {"store": crew.store, "situation": "first", "language": "en", "text": "Hello"}
    with pytest.raises(IntegrityError), transaction.atomic():
        GreetingText.objects.create(**row | wrong)
    GreetingText.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        GreetingText.objects.create(**row)


@pytest.mark.clause("2.2.11.1")
def test_the_time_from_arrival_to_greeting_is_one_tap_and_a_figure(minute, crew, english):
    visit = walked_in(crew, 2)
    assert page_of(visit, "greet") in text(minute(2).get(LANE))
    assert minute(3).post(page_of(visit, "greet"))["Location"] == LANE
    minute(9).post(page_of(visit, "greet"))
    welcome = Welcome.objects.get()
    assert (welcome.greeted_at, welcome.greeted_by) == (at(3), crew.service_advisor), "the first press counts"
    walked_in(crew, 5)
    mean, share = figures.greetings(november(crew))
    assert (mean.value, mean.denominator) == (Decimal("1.0"), 1)
    assert (share.numerator, share.denominator) == (1, 2)
    assert page_of(visit, "greet") not in text(minute(9).get(LANE))


@pytest.mark.clause("2.2.11.1")
def test_who_receives_a_customer_within_the_limit_greets_him(crew, english):
    by = crew.service_advisor
    sign(receive(walked_in(crew, 0), 2, by), 10)
    sign(receive(walked_in(crew, 20), 29, by), 40)
    mean, share = figures.greetings(november(crew))
    assert (share.numerator, share.denominator) == (1, 2), "after nine minutes it is no greeting any more"
    assert mean.value == Decimal("2.0")
    assert "reception began within the store's limit" in share.formula
    late = receive(walked_in(crew, 50), 52, by)
    Welcome.objects.create(visit=late, greeted_at=at(51), greeted_by=by)
    mean, _share = figures.greetings(november(crew))
    assert mean.value == Decimal("1.5"), "the first of both counts"


@pytest.mark.clause("4.1.2")
def test_welcomed_at_the_car_is_a_tick_with_its_time(minute, crew):
    visit = walked_in(crew, 0)
    answer = minute(1).post(page_of(visit, "meet"), {"page": "1"})
    assert answer["Location"] == page_of(visit)
    assert (visit.welcome.met_at, visit.welcome.met_by) == (at(1), crew.service_advisor)
    assert "Welcomed at the car 09:01" in text(minute(2).get(page_of(visit)))


@pytest.mark.parametrize("name", ["met", "greeted", "seated"])
def test_a_moment_of_the_welcome_names_who_it_was(crew, name):
    visit = walked_in(crew, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Welcome.objects.create(visit=visit, **{f"{name}_at": at(0)})


@pytest.mark.clause("2.2.10.1")
def test_who_waits_is_listed_with_the_promise_of_his_car(minute, crew):
    order = factories.signed(crew, promised_at=at(120))
    other = factories.signed(crew)
    Visit.objects.filter(pk=order.visit_id).update(waits_here=True)
    page = text(minute(30).get(LOUNGE))
    assert order.visit.customer.salutation in page
    assert "11:00" in page
    assert str(order.get_state_display()) in page
    assert reverse("workorders:of_visit", args=[order.visit_id]) in page
    assert other.visit.vehicle.plate_shown not in page, "he does not wait here"


@pytest.mark.parametrize("wish", ["surname", "full", "plate"])
def test_the_lounge_names_the_customer_beside_his_plate_whatever_he_wished_for_boards(minute, crew, wish):
    visit = factories.taken_in(crew)
    Visit.objects.update(waits_here=True)
    customers.correct(visit.customer, board_display=wish, by=crew.service_advisor, at=at(0))
    page = text(minute(1).get(LOUNGE))
    assert page.count(visit.vehicle.plate_shown) == 1
    assert "Mr Wang" in page


@pytest.mark.clause("4.2.5", "4.2.6")
def test_seated_and_served_are_ticks_that_are_counted(minute, crew):
    visit = receive(walked_in(crew, 0), 0, crew.service_advisor)
    assert minute(10).post(page_of(visit, "seat"))["Location"] == LOUNGE
    assert (visit.welcome.seated_at, visit.welcome.seated_by) == (at(10), crew.service_advisor)
    assert "in the lounge since 09:10" in text(minute(11).get(LOUNGE))
    for minutes in (11, 11, 40):
        minute(minutes).post(page_of(visit, "tea"))
    assert LoungeCare.objects.filter(kind="tea").count() == 2, "two presses in a moment are one cup"
    counts = dict(figures.hospitality(november(crew)))
    assert sorted(counts.values()) == [0, 0, 1, 2]


@pytest.mark.clause("4.2.5")
def test_the_lounge_ends_the_reception_in_busy_mode_alone(crew, english):
    by = crew.service_advisor
    operations.set_mode(crew.store, "busy", by=by, at=at(0))
    busy = receive(walked_in(crew, 0), 0, by)
    operations.seat(busy, by=by, at=at(10))
    sign(busy, 30)
    operations.set_mode(crew.store, "normal", by=by, at=at(31))
    calm = receive(walked_in(crew, 40), 40, by)
    operations.seat(calm, by=by, at=at(45))
    sign(calm, 59)
    mean, *_rest = figures.durations(figures.receptions(november(crew)), november(crew))
    assert mean.value == Decimal("14.5"), "10 minutes to the lounge and 19 to the signature"


@pytest.mark.clause("2.2.11.16")
def test_receptions_over_a_quarter_of_an_hour_are_listed_by_customer(minute, crew):
    long, short = receive(walked_in(crew, 0), 0, crew.service_advisor), None
    sign(long, 19)
    short = receive(walked_in(crew, 20), 20, crew.service_advisor)
    sign(short, 35)
    found = figures.long_receptions(figures.receptions(november(crew)), november(crew))
    assert [(one.visit, one.minutes) for one in found] == [(long, 19)]
    page = text(minute(60, crew.after_sales_manager).get(REPORT))
    assert long.vehicle.plate_shown in page
    assert "19 minutes" in page
    assert short.vehicle.plate_shown not in page


def test_what_the_customer_was_told_is_kept_with_who_and_when(minute, crew):
    visit = factories.taken_in(crew)
    Visit.objects.update(waits_here=True)
    minute(20).post(page_of(visit, "told"), {"words": "还要半小时"})
    care = LoungeCare.objects.get()
    assert (care.kind, care.words, care.by, care.at) == ("told", "还要半小时", crew.service_advisor, at(20))
    assert "还要半小时" in text(minute(21).get(LOUNGE))
    for wrong in ("", "长" * 201):
        answer = minute(22).post(page_of(visit, "told"), {"words": wrong})
        assert answer.status_code == 422
        assert wrong in text(answer)
        assert "invalid-feedback" in text(answer)
        assert wrong or "Write down what the customer was told." in text(answer)
    assert LoungeCare.objects.count() == 1


def test_nobody_is_looked_after_who_has_left_or_was_not_received(crew, english):
    by = crew.service_advisor
    waiting = walked_in(crew, 0)
    with pytest.raises(NotAllowed, match="not been received"):
        operations.seat(waiting, by=by, at=at(1))
    operations.leave(waiting, reason="没空", by=by, at=at(2))
    for act in (operations.greet, operations.meet, operations.serve_tea):
        with pytest.raises(NotAllowed, match="has left"):
            act(waiting, by=by, at=at(3))
    with pytest.raises(NotAllowed, match="has left"):
        operations.tell_progress(waiting, words="x", by=by, at=at(3))


@pytest.mark.clause("2.2.11.2")
def test_a_spot_check_is_listed_for_the_advisor_with_who_and_when(minute, crew):
    points = dict(zip(COURTESY, ["5", "4", "5", "4", "2"], strict=True))
    manager = minute(60, crew.after_sales_manager)
    answer = manager.post(COURTESY_PAGE, {"advisor": crew.service_advisor.pk, **points, "note": "很好"})
    assert answer["Location"] == REPORT
    check = CourtesyCheck.objects.get()
    assert (check.advisor, check.by, check.points) == (
        crew.service_advisor, crew.after_sales_manager, [5, 4, 5, 4, 2],
    )  # fmt: skip
    page = text(manager.get(REPORT))
    assert crew.service_advisor.full_name in page
    assert "4.0" in page
    assert "很好" in page
    assert crew.service_advisor.full_name not in text(manager.get(REPORT, {"month": "2026-10"}))
    for wrong in ("0", "6", "", "x"):
        refused = manager.post(COURTESY_PAGE, {"advisor": crew.service_advisor.pk, **points, "smile": wrong})
        assert refused.status_code == 422
    assert CourtesyCheck.objects.count() == 1
    assert minute(61).get(COURTESY_PAGE).status_code == 403


def test_nobody_checks_himself(crew, english):
    manager = crew.after_sales_manager
    with pytest.raises(NotAllowed, match="himself"):
        operations.check_courtesy(crew.store, advisor=manager, points=dict.fromkeys(COURTESY, 5), by=manager, at=at(0))
    with pytest.raises(IntegrityError), transaction.atomic():
        CourtesyCheck.objects.create(
            store=crew.store, advisor=crew.service_advisor, by=manager, at=at(0), **dict.fromkeys(COURTESY, 6)
        )


@pytest.mark.clause("4.3.2")
def test_what_he_likes_is_kept_on_the_customers_file(minute, crew):
    visit = walked_in(crew, 0)
    assert 'name="interests"' in text(minute(1).get(page_of(visit)))
    answer = minute(1).post(page_of(visit, "interests"), {"interests": "钓鱼 摄影", "initial-interests": ""})
    assert answer["Location"] == page_of(visit)
    visit.customer.refresh_from_db()
    assert visit.customer.interests == "钓鱼 摄影"
    assert "钓鱼" in text(minute(1).get(reverse("customers:file", args=[visit.customer_id])))
    late = minute(2).post(page_of(visit, "interests"), {"interests": "足球", "initial-interests": ""})
    assert late.status_code == 409
    assert minute(2).post(page_of(visit, "interests"), {"interests": "长" * 201}).status_code == 422


@pytest.mark.clause("4.3.3")
def test_topics_to_avoid_stand_on_every_page_where_he_is_spoken_to(minute, crew):
    made = factories.appointment(crew, at(30))
    visit = factories.taken_in(crew)
    Visit.objects.update(waits_here=True)
    waiting = walked_in(crew, 1)
    for customer in (made.customer, visit.customer, waiting.customer):
        customers.correct(customer, avoid_topics="足球", by=crew.service_advisor, at=at(0))
    for page in [
        reverse("appointments:appointment", args=[made.pk]),
        reverse("reception:here") + f"?q={made.vehicle.plate[-5:]}",
        page_of(waiting),
        page_of(visit, "intake"),
        LOUNGE,
        LANE,
    ]:
        assert "足球" in text(minute(2).get(page)), page


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_at_most_twelve_queries(minute, crew, count, django_assert_num_queries):
    for n in range(count):
        visit = factories.signed(crew).visit
        operations.seat(visit, by=crew.service_advisor, at=at(5))
        operations.serve_tea(visit, by=crew.service_advisor, at=at(6))
        operations.check_courtesy(
            crew.store, advisor=crew.service_advisor, points=dict.fromkeys(COURTESY, 4),
            by=crew.after_sales_manager, at=at(n),
        )  # fmt: skip
        sign(receive(walked_in(crew, 10 + n), 10 + n, crew.service_advisor, reason="x"), 60)
    last = walked_in(crew, 90)
    page = minute(91)
    with django_assert_num_queries(7):
        page.get(LOUNGE)
    with django_assert_num_queries(11):
        page.get(page_of(last))
    page = minute(91, crew.after_sales_manager)
    with django_assert_num_queries(11):
        page.get(REPORT)
