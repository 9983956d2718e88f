"""Making ready for booked cars: the five points, the parts desk, what a change of plans takes back."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import operations, queries
from appointments.models import BookingRules, Preparation
from appointments.models.days import Point
from appointments.views import preparing
from dealership.catalogue import operations as catalogue
from dealership.catalogue.models import StockReservation
from dealership.catalogue.operations import OutOfStock
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop.models import Bay
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

LIST, PARTS = reverse("appointments:preparation"), reverse("appointments:parts")
HTMX = {"HX-Request": "true"}
TUESDAY = TUESDAY_NINE.date()
QUARTER = timedelta(minutes=15)
CARD = "appointments/preparation_pressed_part.html"


def text(answer):
    return html.unescape(answer.content.decode())


def booked(crew, *parts, starts_at=TUESDAY_NINE, **details):
    return factories.appointment(crew, starts_at=starts_at, job=operations.Job(parts=parts), **details)


def tick_all(made, by, points=Point):
    for point in points:
        operations.tick(made, point, by=by, at=MONDAY)


def press(made, point="file"):
    return reverse("appointments:prepare", args=[made.pk, point])


def car(made, now=MONDAY):
    [found] = [one for one in queries.preparation(made.store, TUESDAY, now) if one.appointment == made]
    return found


@pytest.mark.clause("3.1.3.1", "F32")
def test_an_assistant_ticks_and_the_list_says_who_and_when(client, crew, monday, english):
    made = booked(crew)
    client.force_login(crew.advisor_assistant)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer = client.post(press(made), {"ready": "yes"}, follow=True)
    assert answer.redirect_chain[0][0].startswith(f"{LIST}?day=2026-11-24")
    done = Preparation.objects.get()
    assert (done.point, done.by, done.at) == ("file", crew.advisor_assistant, MONDAY)
    assert f"{crew.advisor_assistant.full_name} 08:00" in text(answer)
    client.post(press(made), {"ready": "no"})
    assert not Preparation.objects.exists()


def test_a_point_ticked_by_two_at_once_stays_ticked_by_the_first(desk, crew):
    made = booked(crew)
    operations.tick(made, "file", by=crew.foreman, at=MONDAY)
    desk.post(press(made), {"ready": "yes"})  # this page was loaded before
    assert Preparation.objects.get().by == crew.foreman


def test_a_press_over_htmx_answers_the_row_and_the_count(desk, crew):
    made = booked(crew)
    answer = desk.post(press(made), {"ready": "yes"}, headers=HTMX)
    assert next(template.name for template in answer.templates) == CARD
    assert text(answer).strip().startswith(f'<tr id="car-{made.pk}"')
    assert 'value="no"' in text(answer)


@pytest.mark.clause("3.1.1.8", "2.2.0.3")
def test_a_car_is_ready_with_all_five_points_and_red_shortly_before(crew):
    made, minutes = booked(crew), timedelta(minutes=30)
    before, due = TUESDAY_NINE - minutes - timedelta(seconds=1), TUESDAY_NINE - minutes
    assert (car(made, before).ready, car(made, before).red, car(made, due).red) == (False, False, True)
    tick_all(made, crew.service_advisor, [Point.FILE, Point.FORMS, Point.TOOLS, Point.BAY])
    assert (car(made).ready, car(made, due).red) == (False, True)
    operations.tick(made, Point.PARTS, by=crew.parts, at=MONDAY)
    assert (car(made).ready, car(made, due).red) == (True, False)


def test_how_early_a_car_has_to_be_ready_is_the_stores_own_figure(crew):
    BookingRules.objects.create(store=crew.store, prepared_minutes=90)
    made = booked(crew)
    assert car(made, TUESDAY_NINE - timedelta(minutes=90)).red
    assert not car(made, TUESDAY_NINE - timedelta(minutes=91)).red


def test_who_is_here_already_is_not_red_any_more(crew):
    made = booked(crew)
    operations.mark_arrived(made, by=crew.service_advisor, at=TUESDAY_NINE)
    assert not car(made, TUESDAY_NINE).red


def test_parts_are_ready_only_once_all_are_put_aside(desk, crew, english):
    part, made = factories.part(crew.store), booked(crew)
    made.parts.create(part=part, quantity=2)
    assert not next(point for point in car(made).points if point.point == Point.PARTS).possible
    assert "data-off" in text(desk.get(LIST, {"day": "2026-11-24"}))
    with pytest.raises(NotAllowed, match="parts desk"):
        operations.tick(made, Point.PARTS, by=crew.service_advisor, at=MONDAY)
    assert desk.post(press(made, "parts"), {"ready": "yes"}).status_code == 409
    operations.put_aside(made.parts.get(), by=crew.parts, at=MONDAY)
    operations.tick(made, Point.PARTS, by=crew.service_advisor, at=MONDAY)
    assert Preparation.objects.get().point == "parts"


def test_the_list_shows_the_next_working_day_in_the_order_of_its_times(desk, crew):
    workshop.close_on(crew.store, TUESDAY, name="盘点", by=None)
    late = booked(crew, starts_at=TUESDAY_NINE + timedelta(days=1, hours=1))
    early = booked(crew, starts_at=TUESDAY_NINE + timedelta(days=1))
    shown = desk.get(LIST)
    assert shown.context["day"] == TUESDAY + timedelta(days=1)
    assert [one.appointment for one in shown.context["cars"]] == [early, late]
    assert "Nobody has an appointment" in text(desk.get(LIST, {"day": "2026-11-24"}))


def test_a_very_full_day_comes_in_pages_and_whole_for_printing(desk, crew, monkeypatch):
    monkeypatch.setattr(preparing, "CARS_PER_PAGE", 2)
    made = [booked(crew, starts_at=TUESDAY_NINE + number * QUARTER) for number in range(3)]
    for page, shown in [("1", made[:2]), ("2", made[2:]), ("x", made[:2]), ("all", made)]:
        answer = desk.get(LIST, {"day": "2026-11-24", "page": page})
        assert [one.appointment for one in answer.context["cars"]] == shown
        assert "0 of 3 cars ready" in text(answer)


@pytest.mark.clause("3.1.3.2")
def test_a_row_says_everything_and_leads_to_the_files(desk, crew):
    Bay.objects.create(store=crew.store, name="7号")
    part = factories.part(crew.store, price_fen=380_000)
    made = booked(crew, (part, 1))
    shown = text(desk.get(LIST, {"day": "2026-11-24"}))
    for wanted in [
        "09:00", made.vehicle.plate_shown, "帕萨特", made.customer.name, crew.service_advisor.full_name, "7号", "保养",
        part.name, "high value", reverse("customers:file", args=[made.customer.pk]),
        reverse("customers:vehicle", args=[made.vehicle.pk]), "not seen yet",
    ]:  # fmt: skip
        assert wanted in shown
    desk.force_login(crew.parts)
    shown = text(desk.get(LIST, {"day": "2026-11-24"}))
    assert made.customer.name in shown
    assert "/customers/" not in shown, "the parts desk opens no customer's file"


def test_only_promised_cars_are_prepared(desk, crew):
    customer, vehicle = factories.customer_with_car(crew.service_advisor)
    held = operations.hold(
        store=crew.store, advisor=crew.service_advisor, customer=customer, vehicle=vehicle, starts_at=TUESDAY_NINE,
        cause="fault", reason="异响", by=crew.service_advisor, at=MONDAY,
    )  # fmt: skip
    gone = booked(crew, starts_at=TUESDAY_NINE + QUARTER)
    operations.cancel(gone, reason="不来了", by=crew.service_advisor, at=MONDAY)
    assert list(desk.get(LIST, {"day": "2026-11-24"}).context["cars"]) == []
    for made in held, gone:
        for act in "yes", "no":
            assert desk.post(press(made), {"ready": act}).status_code == 409


def test_a_point_nobody_knows_is_not_found(desk, crew):
    assert desk.post(press(booked(crew), "wheels")).status_code == 404


def test_another_time_begins_the_preparation_again_but_for_the_parts(crew):
    made = booked(crew, (factories.part(crew.store), 1))
    operations.put_aside(made.parts.get(), by=crew.parts, at=MONDAY)
    tick_all(made, crew.service_advisor)
    later = TUESDAY_NINE + timedelta(days=1)
    operations.reschedule(made, starts_at=later, reason="忙", agreed=True, by=crew.service_advisor, at=MONDAY)
    assert [one.point for one in made.preparations.all()] == ["parts"]
    assert made.parts.get().reservation is not None


@pytest.mark.parametrize("end", ["cancel", "no_show"])
def test_parts_go_back_when_nobody_comes_and_have_to_be_put_aside_again(crew, english, end):
    part = factories.part(crew.store, stock=3)
    made = booked(crew, (part, 2))
    operations.put_aside(made.parts.get(), by=crew.parts, at=MONDAY)
    tick_all(made, crew.service_advisor)
    assert (stock(part).reserved, stock(part).free) == (2, 1)
    if end == "cancel":
        operations.cancel(made, reason="不来了", by=crew.service_advisor, at=MONDAY)
    else:
        operations.mark_no_show(made, by=crew.service_advisor, at=TUESDAY_NINE + timedelta(hours=1))
    assert (stock(part).reserved, stock(part).free) == (0, 3)
    assert made.parts.get().reservation is None
    assert StockReservation.objects.get().ended_at is not None
    assert not made.preparations.filter(point=Point.PARTS).exists()
    with pytest.raises(NotAllowed, match="over"):
        operations.put_aside(made.parts.get(), by=crew.parts, at=MONDAY)
    with pytest.raises(NotAllowed, match="over"):
        operations.expect_delivery(made.parts.get(), on=TUESDAY, by=crew.parts, at=MONDAY)


def stock(part):
    return part.stock.get()


@pytest.fixture
def parts_desk(client, crew, monday):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.parts)
    return client


@pytest.mark.clause("2.1.6")
def test_the_parts_desk_sees_what_is_needed_with_high_value_first(parts_desk, crew):
    cheap, dear = factories.part(crew.store, name="机滤"), factories.part(crew.store, name="发电机", price_fen=380_000)
    booked(crew, (cheap, 3))
    booked(crew, (dear, 1), starts_at=TUESDAY_NINE + timedelta(days=1))
    shown = parts_desk.get(PARTS)
    rows = shown.context["rows"]
    assert [(row.wanted.part, row.wanted.high_value, row.free) for row in rows] == [
        (dear, True, 10),
        (cheap, False, 10),
    ]
    assert [str(row.needed_on) for row in rows] == ["2026-11-24", "2026-11-23"]
    for wanted in ["high value", "¥3,800.00", "¥147.00", "¥49.00 each", "needed by 11-24", dear.number]:
        assert wanted in text(shown)


@pytest.mark.clause("2.1.6")
@pytest.mark.parametrize(("price_fen", "flagged"), [(99_999, False), (100_000, True)])
def test_a_part_is_flagged_from_the_stores_value_on(crew, price_fen, flagged):
    assert booked(crew, (factories.part(crew.store, price_fen=price_fen), 1)).parts.get().high_value == flagged


def test_a_part_is_put_aside_with_one_press(parts_desk, crew):
    made = booked(crew, (factories.part(crew.store), 2))
    wanted = made.parts.get()
    answer = parts_desk.post(reverse("appointments:put_aside", args=[wanted.pk]), follow=True)
    wanted.refresh_from_db()
    assert (wanted.reservation.quantity, wanted.seen_by, wanted.seen_at) == (2, crew.parts, MONDAY)
    assert wanted.reservation.reference == operations.reference_of(made)
    assert "Put aside for" in text(answer)
    assert answer.context["rows"] == []
    [row] = parts_desk.get(PARTS, {"show": "aside"}).context["rows"]
    assert row.wanted == wanted
    parts_desk.post(reverse("appointments:put_aside", args=[wanted.pk]))
    assert StockReservation.objects.count() == 1, "pressed twice is put aside once"


def test_a_part_put_aside_by_mistake_goes_back_and_its_car_is_not_ready(parts_desk, crew):
    part = factories.part(crew.store)
    made = booked(crew, (part, 2))
    wanted, back = made.parts.get(), reverse("appointments:put_back", args=[made.parts.get().pk])
    operations.put_aside(wanted, by=crew.parts, at=MONDAY)
    tick_all(made, crew.service_advisor)
    page = parts_desk.get(PARTS, {"show": "aside"})
    assert back in text(page)
    answer = parts_desk.post(back, follow=True)
    [row] = answer.context["rows"]
    assert (row.wanted, row.free, stock(part).reserved) == (wanted, 10, 0)
    assert not made.preparations.filter(point=Point.PARTS).exists()
    parts_desk.post(back)
    assert stock(part).free == 10, "pressed twice is put back once"


def test_what_was_handed_out_is_not_put_back(parts_desk, crew):
    part = factories.part(crew.store)
    made = booked(crew, (part, 2))
    operations.put_aside(made.parts.get(), by=crew.parts, at=MONDAY)
    catalogue.issue(
        crew.store, part, 2, reference="WO-1", kept_for=operations.reference_of(made), by=crew.parts, at=MONDAY
    )
    answer = parts_desk.post(reverse("appointments:put_back", args=[made.parts.get().pk]))
    assert answer.status_code == 409
    assert "handed out already" in text(answer)
    assert made.parts.get().reservation is not None


def test_too_few_in_stock_is_said_beside_the_row(parts_desk, crew):
    wanted = booked(crew, (factories.part(crew.store, stock=1), 2)).parts.get()
    answer = parts_desk.post(reverse("appointments:put_aside", args=[wanted.pk]))
    assert answer.status_code == 409
    row = text(answer).split(f'id="part-{wanted.pk}"')[1].split("</tr>")[0]
    assert "2 needed" in row
    with pytest.raises(OutOfStock):
        operations.put_aside(wanted, by=crew.parts, at=MONDAY)
    assert not StockReservation.objects.exists()


@pytest.mark.parametrize(("on", "standing"), [("2026-11-23", ""), ("2026-11-24", "tight"), ("2026-11-25", "late")])
def test_the_day_of_a_delivery_is_noted_and_red_after_the_appointment(parts_desk, crew, on, standing):
    wanted = booked(crew, (factories.part(crew.store, stock=0), 1)).parts.get()
    address = reverse("appointments:expect_delivery", args=[wanted.pk])
    answer = parts_desk.post(address, {"on": on}, follow=True)
    wanted.refresh_from_db()
    assert (str(wanted.expected_on), wanted.seen_by) == (on, crew.parts)
    [row] = answer.context["rows"]
    assert row.standing == standing
    assert ("table-danger" in text(answer)) == (standing == "late")


@pytest.mark.parametrize("on", ["2026-11-22", "2026-02-30", "", "2226-01-01", "soon"])
def test_an_impossible_day_is_refused_beside_the_row_and_kept(parts_desk, crew, on):
    wanted = booked(crew, (factories.part(crew.store, stock=0), 1)).parts.get()
    answer = parts_desk.post(reverse("appointments:expect_delivery", args=[wanted.pk]), {"on": on})
    assert answer.status_code == 422
    row = text(answer).split(f'id="part-{wanted.pk}"')[1].split("</tr>")[0]
    assert "invalid-feedback" in row
    assert f'value="{on}"' in row
    wanted.refresh_from_db()
    assert wanted.expected_on is None


def test_what_is_put_aside_is_expected_no_more(parts_desk, crew, english):
    wanted = booked(crew, (factories.part(crew.store), 1)).parts.get()
    operations.put_aside(wanted, by=crew.parts, at=MONDAY)
    answer = parts_desk.post(reverse("appointments:expect_delivery", args=[wanted.pk]), {"on": "2026-11-24"})
    assert answer.status_code == 409
    wanted.refresh_from_db()
    assert wanted.expected_on is None


def test_parts_of_another_store_are_not_found(parts_desk, crew):
    other = factories.Crew(factories.store("分店"))
    wanted = booked(other, (factories.part(other.store), 1)).parts.get()
    assert parts_desk.get(PARTS).context["rows"] == []
    for name in "put_aside", "expect_delivery":
        assert (
            parts_desk.post(reverse(f"appointments:{name}", args=[wanted.pk]), {"on": "2026-11-24"}).status_code == 404
        )


def day_of(crew, count):
    """Book `count` cars with a part and every point ticked."""
    part = factories.part(crew.store, stock=100)
    for number in range(count):
        Bay.objects.create(store=crew.store, name=f"B{number}")
        made = booked(crew, (part, 1), starts_at=TUESDAY_NINE + number * QUARTER)
        operations.put_aside(made.parts.get(), by=crew.parts, at=MONDAY)
        tick_all(made, crew.service_advisor)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_nine_queries(desk, crew, count, django_assert_num_queries):
    day_of(crew, count)
    with django_assert_num_queries(9):
        assert len(desk.get(LIST).context["cars"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_parts_desk_takes_eight_queries(parts_desk, crew, count, django_assert_num_queries):
    day_of(crew, count)
    with django_assert_num_queries(8):
        assert len(parts_desk.get(PARTS, {"show": "aside"}).context["rows"]) == count


def test_a_press_takes_few_queries(desk, crew, django_assert_max_num_queries):
    made = booked(crew)
    with django_assert_max_num_queries(16):
        desk.post(press(made), {"ready": "yes"}, headers=HTMX)


@pytest.mark.clause("3.1.1.8")
def test_a_press_tells_how_many_cars_are_ready_now(desk, crew):
    made, _other = booked(crew), booked(crew, starts_at=TUESDAY_NINE + QUARTER)
    tick_all(made, crew.service_advisor)
    assert "1 of 2 cars ready" in text(desk.get(LIST))
    answer = desk.post(press(made), {"ready": "no"}, headers=HTMX)
    assert 'id="ready-count" hx-swap-oob="true">0 of 2 cars ready' in text(answer)
    assert queries.cars_ready(crew.store, TUESDAY_NINE.date()) == (0, 2)
