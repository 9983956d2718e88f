"""The head of an order: what is asked, told and promised before the signature, saved as it is entered."""

from datetime import UTC, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from appointments import operations as appointments
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE, WISHES
from tests.workorders.sheets import HOUR, address, text, wrong
from workorders import head, queries, reckoning
from workorders.models import HeadChange, WorkOrder
from workorders.operations import dispatch, signing, writeup
from workorders.operations import head as heads

HTMX = {"HX-Request": "true"}
TOLD = ["methods_told", "delivery_told", "calls_told", "items_told"]


def again(order):
    return queries.whole(WorkOrder.objects.filter(pk=order.pk)).get()


def save(order, crew, at=TUESDAY_NINE, **changes):
    return heads.save(order, by=crew.service_advisor, at=at, **changes)


def signing_without(crew, order, **details):
    with translation.override("en"), pytest.raises(NotAllowed) as refusal:
        factories.sign(order, crew.service_advisor, **details)
    assert again(order).state == "draft"
    return str(refusal.value)


@pytest.fixture
def late(crew):
    """A store open from nine to six with two hours of work in the house; it is four in the afternoon."""
    from datetime import time

    for weekday in range(7):
        workshop.set_hours(crew.store, weekday, [(time(9), time(18))], by=None)
    factories.signed(crew, hours="2.00")
    return TUESDAY_NINE.replace(hour=16)


@pytest.mark.clause("2.2.8.1")
def test_two_hours_before_it_and_one_of_its_own_end_on_the_next_working_morning(crew, late):
    reckoned = reckoning.reckon(factories.draft(crew, hours="1.00"), late)
    assert reckoned.finish == TUESDAY_NINE + timedelta(days=1, hours=1)
    with translation.override("en"):
        assert reckoned.words == "work 1 h, 2 h before it"


@pytest.mark.clause("2.2.8.1")
def test_a_promise_before_the_reckoning_needs_a_reason_and_the_sentence_says_why(crew, late):
    order = factories.draft(crew, at=late, hours="1.00")
    sentence = signing_without(crew, order, at=late, promised_at=late + HOUR)
    assert "work 1 h, 2 h before it" in sentence
    factories.sign(order, crew.service_advisor, late, late + HOUR, "快修工位")
    assert again(order).promise_reason == "快修工位"


def waits_for_parts(crew, expected_on=None):
    """The order of a booked car whose part is not there."""
    car = factories.customer_with_car(crew.service_advisor)
    job = factories.job(parts=[(factories.part(crew.store, stock=0), 1)])
    made = factories.appointment(crew, car=car, job=job)
    if expected_on:
        appointments.expect_delivery(made.parts.get(), on=expected_on, by=crew.parts, at=MONDAY)
    order = writeup.open_order(factories.taken_in(crew, car=car), by=crew.service_advisor, at=TUESDAY_NINE)
    operation, complaint = factories.operation(hours="1.50"), order.visit.complaints.get()
    writeup.add_labour(order, operation=operation, complaint=complaint, by=crew.service_advisor, at=TUESDAY_NINE)
    return again(order)


@pytest.mark.clause("2.2.6.1", "2.2.8.1")
def test_work_begins_when_the_missing_part_is_expected(crew):
    thursday = (TUESDAY_NINE + timedelta(days=2)).date()
    order = waits_for_parts(crew, thursday)
    assert queries.parts_expected(order) == thursday
    reckoned = reckoning.reckon(order, TUESDAY_NINE)
    assert reckoned.finish == TUESDAY_NINE + timedelta(days=2, hours=1.5)
    with translation.override("en"):
        assert reckoned.words == "work 1.5 h, parts 11-26 Thursday"


def test_a_part_nobody_knows_the_day_of_takes_as_long_as_parts_usually_take(crew):
    order = waits_for_parts(crew)
    assert queries.parts_expected(order) == queries.NEVER
    reckoned = reckoning.reckon(order, TUESDAY_NINE)
    assert (reckoned.guessed, reckoned.finish) == (True, TUESDAY_NINE + timedelta(days=3, hours=1.5))


def test_a_delivery_day_that_is_over_is_no_expectation(crew):
    reckoned = reckoning.reckon(waits_for_parts(crew, MONDAY.date()), TUESDAY_NINE)
    assert (reckoned.guessed, reckoned.parts_on) == (True, (TUESDAY_NINE + timedelta(days=3)).date())


def test_parts_in_stock_wait_for_nobody(crew):
    order = factories.draft(crew)
    assert queries.parts_expected(order) is None
    assert reckoning.reckon(order, TUESDAY_NINE).finish == TUESDAY_NINE + HOUR


def test_the_hours_before_an_order_are_shared_by_the_teams(crew):
    factories.signed(crew, hours="3.00")
    crew.team("一班")
    assert queries.hours_ahead(crew.store) == 3
    from dealership.staff.models import Team

    Team.objects.create(store=crew.store, name="二班", leader=crew.team_leader)
    assert queries.hours_ahead(crew.store) == Decimal("1.5")


@pytest.mark.clause("2.2.9.1")
def test_no_order_is_signed_without_the_way_to_pay(crew):
    assert "how the customer will pay" in signing_without(crew, factories.draft(crew), payment_method="")


@pytest.mark.clause("2.2.9.3")
def test_no_order_is_signed_without_the_wish_for_the_old_parts(crew):
    assert "old parts" in signing_without(crew, factories.draft(crew), old_parts="")


@pytest.mark.parametrize(
    ("point", "words"),
    [
        pytest.param("methods_told", "how he can pay", marks=pytest.mark.clause("2.2.9.1")),
        pytest.param("delivery_told", "how the car is handed back", marks=pytest.mark.clause("2.2.9.2")),
        pytest.param("calls_told", "before any further work", marks=pytest.mark.clause("2.2.9.4")),
        pytest.param("items_told", "Read out", marks=pytest.mark.clause("2.3.4.1")),
        pytest.param("phone_checked", "phone number", marks=pytest.mark.clause("2.2.11.14", "2.3.4.2")),
    ],
)
def test_no_order_is_signed_before_everything_was_told_and_checked(crew, point, words):
    order = factories.draft(crew)
    assert words in signing_without(crew, order, **{point: False})


@pytest.mark.parametrize(
    ("hours", "asks"), [(3, False), (5, True), (26, True)], ids=["soon", "a long wait", "another day"]
)
def test_who_waits_for_a_car_that_takes_long_is_asked_about(crew, hours, asks):
    promised = TUESDAY_NINE + timedelta(hours=hours)
    order = save(factories.draft(crew), crew, read_back=True, waits_here=True, promised_at=promised)
    with translation.override("en"):
        found = head.warnings(order, TUESDAY_NINE)
        assert ("Does he leave it meanwhile?" in "".join(found)) == asks
        assert head.warnings(save(order, crew, waits_here=False), TUESDAY_NINE) == []
    factories.sign(order, crew.service_advisor)
    assert order.state == "signed", "it is asked and stops nobody"


def test_a_new_order_says_all_that_is_missing(crew):
    with translation.override("en"):
        assert len(queries.obstacles_to_signing(factories.draft(crew))) == 4  # to explain, pay, old parts, phone


@pytest.mark.clause("2.2.11.3")
def test_wishes_not_read_back_are_a_warning_and_stop_nobody(crew):
    order = factories.draft(crew)
    assert len(head.warnings(order, TUESDAY_NINE)) == 1
    factories.sign(order, crew.service_advisor, read_back=False)
    assert order.state == "signed"
    assert head.warnings(save(factories.draft(crew), crew, read_back=True), TUESDAY_NINE) == []


def without_phone(crew):
    order = factories.draft(crew)
    order.visit.customer.phones.all().delete()
    return again(order)


@pytest.mark.clause("2.2.9.4", "2.2.11.14")
def test_a_customer_without_phone_who_does_not_wait_names_somebody_else(crew):
    order = without_phone(crew)
    assert "does not wait here" in signing_without(crew, order, phone_checked=False)
    for half in [{"other_contact": "王芳"}, {"other_phone": "+8613812345678"}]:
        signing_without(crew, order, phone_checked=False, **half)
    factories.sign(order, crew.service_advisor, phone_checked=False, other_contact="王芳", other_phone="+8613812345678")
    assert order.state == "signed"


@pytest.mark.clause("2.2.11.14")
def test_who_says_that_his_number_is_no_good_names_somebody_else_too(crew):
    order = factories.draft(crew)
    signing_without(crew, order, no_phone=True, waits_here=True)
    factories.sign(order, crew.service_advisor, no_phone=True, other_contact="王芳", other_phone="+8613812345678")


@pytest.mark.clause("2.2.11.14")
def test_a_number_is_checked_at_a_moment_and_another_number_is_checked_again(crew):
    order = save(factories.draft(crew), crew, at=TUESDAY_NINE + HOUR, phone_checked=True)
    assert order.phone_checked_at == TUESDAY_NINE + HOUR
    assert head.value(order, "phone_checked")
    order.visit.customer.phones.update(number="+8613900000000")
    assert not head.value(again(order), "phone_checked")


def test_what_was_told_is_kept_with_the_person_and_the_moment(crew):
    order = save(factories.draft(crew), crew, at=TUESDAY_NINE + HOUR, methods_told=True)
    assert order.methods_told_at == TUESDAY_NINE + HOUR
    row = HeadChange.objects.get(order=order)
    assert (row.field, row.before, row.after, row.by) == ("methods_told", False, True, crew.service_advisor)


def test_an_estimate_holds_as_many_days_as_the_store_says(crew):
    from appointments.models import BookingRules

    assert factories.draft(crew).valid_until == (TUESDAY_NINE + timedelta(days=7)).date()
    BookingRules.objects.create(store=crew.store, estimate_days=3)
    assert again(factories.draft(crew)).valid_until == (TUESDAY_NINE + timedelta(days=3)).date()


def test_an_estimate_that_ran_out_is_not_signed(crew):
    order = factories.draft(crew)
    later = TUESDAY_NINE + timedelta(days=8)
    assert "no longer valid" in signing_without(crew, order, at=later)
    factories.sign(order, crew.service_advisor, later, valid_until=later.date())


@pytest.mark.clause("2.2.0.4")
def test_an_estimate_the_customer_did_not_accept_is_not_dispatched(crew):
    order = factories.draft(crew)
    with pytest.raises(NotAllowed):
        dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=TUESDAY_NINE, reason="x")


def head_url(order):
    return reverse("workorders:save_head", args=[order.pk])


def test_each_press_is_kept_and_the_list_of_gaps_gets_shorter(tuesday, crew):
    order = factories.draft(crew)
    answer = tuesday.post(head_url(order), {"version": order.version, "payment_method": "card"}, headers=HTMX)
    assert answer.status_code == 200
    assert "how the customer will pay" not in text(answer)
    assert "old parts" in text(answer)
    kept = again(order)
    assert (kept.payment_method, kept.version) == ("card", order.version + 1)
    assert f'value="{kept.version}"' in text(answer)


def test_one_tap_says_that_everything_was_explained_and_nothing_is_ticked_before(tuesday, crew):
    order = factories.draft(crew)
    page = tuesday.get(address("order", order))
    assert not any(page.context["sign_form"][name].value() for name in head.TICKS)
    answer = tuesday.post(head_url(order), {"version": order.version, "told": "on"}, headers=HTMX)
    assert text(answer).count("checked") == 5
    kept = again(order)
    assert all(head.value(kept, name) for name in [*TOLD, "read_back"])
    assert not head.value(kept, "phone_checked")


def test_a_tick_is_taken_back_by_a_page_that_shows_it(tuesday, crew):
    order = save(factories.draft(crew), crew, methods_told=True, phone_checked=True)
    tuesday.post(head_url(order), {"version": order.version, "old_parts": "take"})
    assert head.value(again(order), "methods_told")
    shown = {"version": order.version + 1, "ticks": "all", "phone_checked": "on"}
    tuesday.post(head_url(order), shown)
    kept = again(order)
    assert (head.value(kept, "methods_told"), head.value(kept, "phone_checked")) == (False, True)


def test_a_time_that_was_only_proposed_is_not_promised_by_another_tap(tuesday, crew):
    order = factories.draft(crew)
    form = tuesday.get(address("order", order)).context["sign_form"]
    proposed = form["offered"].value()
    values = {"version": order.version, "promised_at": proposed, "offered": proposed, "old_parts": "take"}
    tuesday.post(head_url(order), values)
    assert again(order).promised_at is None
    said = values | {"version": order.version + 1, "promised_at": "2026-11-26T10:00"}
    answer = tuesday.post(head_url(order), said, headers=HTMX)
    assert again(order).promised_at == TUESDAY_NINE.replace(day=26, hour=10)
    assert 'name="offered" id="id_offered" value=""' in text(answer)  # the proposal can be promised after all


def test_a_number_nobody_can_call_is_refused_beside_its_field_and_kept(tuesday, crew):
    order = factories.draft(crew)
    values = {"version": order.version, "other_contact": "王芳", "other_phone": "12"}
    answer = tuesday.post(head_url(order), values, headers=HTMX)
    assert answer.status_code == 422
    assert "not a phone number" in text(answer)
    assert 'value="王芳"' in text(answer)
    assert tuesday.post(head_url(order), values).status_code == 422
    assert again(order).other_contact == ""


def test_the_page_says_how_the_promise_was_reckoned(tuesday, crew):
    factories.signed(crew, hours="2.00")
    order = factories.draft(crew, hours="1.50")
    assert "work 1.5 h, 2 h before it" in text(tuesday.get(address("order", order)))


def test_a_customer_who_changes_his_mind_about_waiting_is_shown_so(tuesday, crew):
    order = factories.draft(crew)
    tuesday.post(head_url(order), {"version": order.version, "waits_here": "yes"})
    order.visit.refresh_from_db()
    assert order.visit.waits_here


@pytest.mark.clause("2.2.9.6")
def test_the_workshop_gets_the_car_when_the_customer_has_his_copies(sent, crew, time_machine):
    order = factories.signed(crew, copies=False)
    team = str(crew.team().pk)
    answer = sent(order, "dispatch", crew.foreman, team=team)
    assert "Hand the customer his copies" in wrong(answer, "dispatch_form")["reason"][0]
    for minutes in [0, 5]:
        time_machine.move_to((TUESDAY_NINE + HOUR + timedelta(minutes=minutes)).astimezone(UTC), tick=False)
        assert sent(order, "give_copies", crew.service_advisor)["Location"] == address("order", order)
    kept = again(order)
    assert (kept.copies_given_at, kept.copies_given_by) == (TUESDAY_NINE + HOUR, crew.service_advisor)
    factories.hand_to_workshop(kept, crew)
    assert sent(order, "dispatch", crew.foreman, team=team).status_code == 302


def test_copies_of_a_draft_are_nothing_to_hand_over(crew):
    order = factories.draft(crew)
    with pytest.raises(NotAllowed):
        signing.give_copies(order, by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.mark.clause("2.2.9.2", "2.2.9.3")
def test_the_paper_says_everything_the_customer_agreed_to(crew):
    order = factories.draft(crew)
    with translation.override("en"):
        paper = factories.sign(
            order, crew.service_advisor, other_contact="王芳", other_phone="+8613812345678", wash_wanted=False
        )
    fields, notes = dict(paper.content["fields"]), " ".join(paper.content["notes"])
    expected = {
        "Class": "maintenance", "Promised for": "2026-11-26 09:00", "Will pay by": "cash", "Car wash": "not wanted",
        "Old parts": "takes them away", "Meanwhile the customer": "leaves", "Other contact": "王芳 138 1234 5678",
    }  # fmt: skip
    assert {name: fields[name] for name in expected} == expected
    assert "2026" in fields["Estimate valid until"]
    for words in ["only after you agree", "delivery procedure was explained", "phone number was checked"]:
        assert words in notes
    assert paper.content["tables"][0]["rows"] == [["1", "刹车有异响"]]


def test_what_the_order_class_was_is_kept(crew):
    order = factories.draft(crew)
    factories.sign(order, crew.service_advisor, **{**WISHES, "order_class": "general"})
    assert order.order_class == "general"
