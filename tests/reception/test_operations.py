"""Taking the car in: each rule through the operation that keeps it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from appointments.models import Appointment
from appointments.states import State as Promised
from dealership.customers import operations as customers
from dealership.customers.models import MileageReading
from dealership.paperwork.models import IssuedDocument
from dealership.workflow import NotAllowed
from reception import documents, operations, queries
from reception.models import Complaint, DamageMark, Visit
from reception.operations import AlreadyHere
from reception.states import State
from tests import factories
from tests.factories import TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit(crew):
    """A visit whose reception has just begun."""
    made = factories.arrived(crew)
    operations.receive(made, by=crew.service_advisor, at=TUESDAY_NINE)
    return made


def sign(visit, crew, at=TUESDAY_NINE):
    return operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=at)


def refusal_of_signing(visit, crew):
    with pytest.raises(NotAllowed) as refusal:
        sign(visit, crew)
    assert not IssuedDocument.objects.exists()
    assert Visit.objects.get(pk=visit.pk).state == State.RECEIVING
    return str(refusal.value)


def test_a_booked_customer_brings_everything_along(crew):
    appointment = factories.appointment(crew)
    visit = operations.receive_appointment(appointment, by=crew.advisor_assistant, at=TUESDAY_NINE)
    assert Appointment.objects.get().state == Promised.ARRIVED
    assert (visit.state, visit.arrived_at, visit.appointment) == (State.WAITING, TUESDAY_NINE, appointment)
    assert (visit.vehicle, visit.customer) == (appointment.vehicle, appointment.customer)
    assert (visit.advisor, visit.store) == (appointment.advisor, crew.store)
    assert visit.moves.get().by == crew.advisor_assistant


def test_arriving_twice_is_arriving_once(crew):
    appointment = factories.appointment(crew)
    operations.receive_appointment(appointment, by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        operations.receive_appointment(Appointment.objects.get(), by=crew.service_advisor, at=TUESDAY_NINE + MINUTE)
    assert Visit.objects.count() == 1


@pytest.mark.clause("3.1.4.1")
def test_a_booked_customer_looked_up_like_anybody_else_keeps_the_appointment(crew):
    car = factories.customer_with_car(crew.service_advisor)
    appointment = factories.appointment(crew, car=car)
    visit = factories.arrived(crew, car=car)
    assert (visit.appointment, visit.advisor) == (appointment, appointment.advisor)
    assert Appointment.objects.get().state == Promised.ARRIVED


def test_a_car_with_an_open_visit_elsewhere_says_where(crew):
    there = factories.Crew(factories.store(name="城西店"))
    car = factories.customer_with_car(crew.service_advisor)
    factories.arrived(there, car=car)
    with pytest.raises(AlreadyHere, match="城西店"):
        factories.arrived(crew, car=car)


def test_a_car_in_the_house_does_not_arrive_again(crew):
    """And an appointment for it stays open: nothing of the arrival is kept."""
    car = factories.customer_with_car(crew.service_advisor)
    factories.arrived(crew, at=TUESDAY_NINE, car=car)
    appointment = factories.appointment(crew, at=TUESDAY_NINE - timedelta(days=1), car=car)
    with pytest.raises(AlreadyHere):
        factories.arrived(crew, car=car)
    with pytest.raises(AlreadyHere):
        operations.receive_appointment(appointment, by=crew.service_advisor, at=TUESDAY_NINE)
    assert Visit.objects.count() == 1
    assert Appointment.objects.get().state == Promised.CONFIRMED


@pytest.mark.parametrize("state", [State.LEFT, State.RELEASED])
def test_a_car_that_has_gone_may_come_again(crew, state):
    car = factories.customer_with_car(crew.service_advisor)
    first = factories.arrived(crew, car=car)
    Visit.objects.filter(pk=first.pk).update(state=state, released_at=TUESDAY_NINE)
    assert factories.arrived(crew, car=car).pk != first.pk


@pytest.mark.parametrize("role", ["technician", "cashier", "claims", "foreman"])
def test_an_arrival_is_refused_to_other_roles(crew, role):
    customer, vehicle = factories.customer_with_car(crew.service_advisor)
    with pytest.raises(NotAllowed):
        operations.record_arrival(
            store=crew.store, vehicle=vehicle, customer=customer, by=getattr(crew, role), at=TUESDAY_NINE
        )
    assert not Visit.objects.exists()


@pytest.mark.clause("2.2.0.1")
def test_the_intake_begins_with_an_advisor_who_answers_for_it(crew):
    visit = factories.arrived(crew)
    assert visit.advisor is None
    with pytest.raises(NotAllowed):
        operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE + MINUTE)
    stored = Visit.objects.get()
    assert (stored.state, stored.advisor) == (State.RECEIVING, crew.service_advisor)
    assert stored.received_at == TUESDAY_NINE + MINUTE
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE + MINUTE)


@pytest.mark.clause("2.2.11.4")
def test_who_came_later_goes_first_only_with_a_reason(crew):
    first = factories.arrived(crew, TUESDAY_NINE + MINUTE)
    second = factories.arrived(crew, TUESDAY_NINE + 5 * MINUTE)
    for reason in ["", "  "]:
        with pytest.raises(NotAllowed) as refusal:
            operations.receive(second, by=crew.service_advisor, at=TUESDAY_NINE + 6 * MINUTE, reason=reason)
    assert first.vehicle.plate_shown in str(refusal.value)
    operations.receive(second, by=crew.service_advisor, at=TUESDAY_NINE + 6 * MINUTE, reason="仅取件")
    assert second.moves.last().reason == "仅取件"
    operations.receive(first, by=crew.service_advisor, at=TUESDAY_NINE + 7 * MINUTE)


@pytest.mark.clause("2.2.2.1", "2.2.11.7")
def test_nothing_is_inspected_before_the_covers_are_fitted(visit, crew):
    with pytest.raises(NotAllowed):
        operations.mark_damage(visit, zone="roof", kind="dent", by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        operations.finish_walk_round(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert not DamageMark.objects.exists()
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE + MINUTE)
    operations.mark_damage(visit, zone="roof", kind="dent", by=crew.service_advisor, at=TUESDAY_NINE + 2 * MINUTE)
    assert visit.damage_marks.get().marked_at > Visit.objects.get().protected_at == TUESDAY_NINE + MINUTE


def test_the_covers_keep_the_moment_they_were_first_fitted(visit, crew):
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE + MINUTE)
    assert Visit.objects.get().protected_at == visit.protected_at == TUESDAY_NINE


@pytest.mark.clause("2.2.11.8")
def test_damage_is_marked_with_place_and_kind_and_printed(crew):
    visit = factories.receiving(crew)
    operations.mark_damage(visit, zone="left_front_door", kind="dent", by=crew.service_advisor, at=TUESDAY_NINE)
    content = sign(visit, crew).content
    assert ["left front door", "damage", "scratch, dent"] in content["checks"][0]["points"]
    assert [(mark["place"], mark["kind"]) for mark in content["drawing"]["marks"]] == [
        ("left front door", "scratch"), ("left front door", "dent"),
    ]  # fmt: skip


def test_marking_twice_is_marking_once_and_a_mark_can_be_taken_back(visit, crew):
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    for _press in range(2):
        mark = operations.mark_damage(visit, zone="roof", kind="dent", by=crew.service_advisor, at=TUESDAY_NINE)
    assert DamageMark.objects.count() == 1
    operations.unmark_damage(mark, by=crew.service_advisor, at=TUESDAY_NINE)
    assert not DamageMark.objects.exists()


@pytest.mark.clause("2.2.3.2")
def test_the_customers_words_are_kept_as_spoken_and_in_order(visit, crew):
    words = ["刹车有异响，冷车时更明显。", "  “Knocks over 80 km/h” <b>  ", "空调不冷"]
    for said in words:
        operations.note_complaint(visit, words=said, by=crew.service_advisor)
    stored = list(Complaint.objects.values_list("position", "words"))
    assert stored == [(1, words[0]), (2, words[1].strip()), (3, words[2])]
    changing = [name for name in dir(operations) if "complaint" in name.lower()]
    assert changing == ["note_complaint"], "no operation edits what the customer said"


@pytest.mark.parametrize("words", ["", "   "])
def test_a_complaint_has_words(visit, crew, words):
    with pytest.raises(NotAllowed):
        operations.note_complaint(visit, words=words, by=crew.service_advisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.create(visit=visit, position=1, words="")


@pytest.mark.clause("3.2.1.7")
def test_a_mileage_below_the_last_needs_a_reason(visit, crew):
    customers.record_mileage(visit.vehicle, 14800, "reception", by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(customers.MileageImplausible):
        operations.record_condition(visit, by=crew.service_advisor, at=TUESDAY_NINE, mileage=12000, fuel=3)
    stored = Visit.objects.get()
    assert (stored.mileage, stored.fuel) == (None, None), "nothing is half kept"
    operations.record_condition(
        visit, by=crew.service_advisor, at=TUESDAY_NINE, mileage=12000, fuel=3, mileage_note="仪表已更换"
    )
    stored = Visit.objects.get()
    assert (stored.mileage, stored.fuel, stored.vehicle.mileage) == (12000, 3, 12000)
    assert MileageReading.objects.latest("pk").note == "仪表已更换"


def test_the_same_mileage_saved_again_is_one_reading(visit, crew):
    for fuel in [3, 4]:
        operations.record_condition(visit, by=crew.service_advisor, at=TUESDAY_NINE, mileage=12000, fuel=fuel)
    assert MileageReading.objects.count() == 1
    assert Visit.objects.get().fuel == 4


@pytest.mark.clause("2.2.2.2", "2.2.11.5", "2.2.11.9")
@pytest.mark.parametrize(
    ("gap", "sentence"),
    [
        ({"protected_at": None}, "covers"),
        ({"vin_checked_at": None, "vin_source": ""}, "VIN"),
        ({"accompanied": False}, "come along"),
        ({"valuables": ""}, "valuables"),
        ({"mileage": None}, "mileage"),
        ({"fuel": None}, "fuel"),
        ({"purpose": ""}, "why the customer came"),
        ({"key_received": None}, "licence, maintenance booklet and key"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_the_customer_signs_only_a_complete_form(crew, gap, sentence):
    visit = factories.receiving(crew)
    Visit.objects.filter(pk=visit.pk).update(**gap)
    assert sentence in refusal_of_signing(visit, crew)


def test_the_customer_signs_only_what_he_said(crew):
    visit = factories.receiving(crew)
    visit.complaints.all().delete()
    assert "what the customer says" in refusal_of_signing(visit, crew)


def test_an_empty_tank_is_a_fuel_level(crew):
    visit = factories.receiving(crew)
    operations.record_condition(visit, by=crew.service_advisor, at=TUESDAY_NINE, fuel=0)
    assert queries.obstacles(visit) == []
    assert sign(visit, crew)


@pytest.mark.parametrize(("energy", "level", "other"), [("electric", "Battery", "Fuel"), ("hybrid", "Fuel", "Battery")])
def test_an_electric_car_has_a_battery_level_on_paper_and_among_what_is_missing(crew, energy, level, other):
    visit = factories.receiving(crew)
    visit.vehicle.energy = energy
    visit.fuel = None
    assert queries.obstacles(visit) == [f"The {level.lower()} level is missing."]
    visit.fuel = 4
    labels = [label for label, _value in documents.intake(visit)["fields"]]
    assert level in labels
    assert other not in labels


def test_signing_issues_a_numbered_form_with_what_was_seen(crew):
    visit = factories.receiving(crew)
    paper = sign(visit, crew)
    assert (visit.state, visit.intake) == (State.INSPECTED, paper)
    assert Visit.objects.get().intake == paper
    fields = dict(paper.content["fields"])
    assert visit.vehicle.plate_shown in fields.values()
    assert f"{visit.mileage} km" in fields.values()
    assert paper.content["tables"][0]["rows"] == [["1", "刹车有异响", ""]]
    signature = paper.signatures.get()
    assert (signature.role, signature.signer_name, paper.issued_by) == ("customer", "王建国", crew.service_advisor)


@pytest.mark.clause("2.2.11.10")
def test_nothing_on_a_signed_form_changes_any_more(crew):
    visit = factories.receiving(crew)
    screen_left_open = Visit.objects.get(pk=visit.pk)
    mark = DamageMark.objects.select_related("visit").get()
    paper, by = sign(visit, crew), crew.service_advisor
    assert paper.signatures.get().signed_at == TUESDAY_NINE
    later = TUESDAY_NINE + MINUTE
    for copy in [visit, screen_left_open]:
        for change in [
            lambda v: operations.fit_covers(v, by=by, at=later),
            lambda v: operations.mark_damage(v, zone="roof", kind="dent", by=by, at=later),
            lambda v: operations.finish_walk_round(v, by=by, at=later),
            lambda v: operations.note_complaint(v, words="还有", by=by),
            lambda v: operations.record_condition(v, by=by, at=later, fuel=1),
            lambda v: sign(v, crew, later),
        ]:
            with pytest.raises(NotAllowed):
                change(Visit.objects.get(pk=visit.pk) if copy is visit else stale(screen_left_open))
    with pytest.raises(NotAllowed):
        operations.unmark_damage(mark, by=by, at=later)
    stored = Visit.objects.get()
    assert (stored.fuel, stored.walked_round_at) == (4, TUESDAY_NINE)
    assert (stored.damage_marks.count(), stored.complaints.count()) == (1, 1)
    assert IssuedDocument.objects.count() == 1


def stale(visit):
    """Return what a screen loaded before the customer signed."""
    visit.state, visit.intake = State.RECEIVING, None
    return visit


def test_the_database_keeps_no_taken_in_visit_without_its_form(visit):
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(state=State.INSPECTED)


@pytest.mark.parametrize("role", ["technician", "cashier", "advisor_assistant", "director"])
def test_the_intake_is_refused_to_other_roles(crew, role):
    visit, by = factories.receiving(crew), getattr(crew, role)
    mark = visit.damage_marks.get()
    for change in [
        lambda: operations.fit_covers(visit, by=by, at=TUESDAY_NINE),
        lambda: operations.mark_damage(visit, zone="roof", kind="dent", by=by, at=TUESDAY_NINE),
        lambda: operations.unmark_damage(mark, by=by, at=TUESDAY_NINE),
        lambda: operations.check_point(visit, zone="roof", result="ok", by=by, at=TUESDAY_NINE),
        lambda: operations.see_from_below(visit, by=by, at=TUESDAY_NINE),
        lambda: operations.tell_underbody(visit, by=by, at=TUESDAY_NINE),
        lambda: operations.add_photo(visit, picture=factories.photo(), by=by, at=TUESDAY_NINE),
        lambda: operations.compare_vin(visit, source="file", by=by, at=TUESDAY_NINE),
        lambda: operations.walk_with(visit, accompanied=True, by=by),
        lambda: operations.answer_valuables(visit, valuables="none", by=by),
        lambda: operations.read_back(visit, by=by, at=TUESDAY_NINE),
        lambda: operations.take_over_wishes(visit, by=by),
        lambda: operations.finish_walk_round(visit, by=by, at=TUESDAY_NINE),
        lambda: operations.note_complaint(visit, words="还有", by=by),
        lambda: operations.record_condition(visit, by=by, at=TUESDAY_NINE, fuel=1),
        lambda: operations.sign_intake(visit, outcome=factories.drawn(), by=by, at=TUESDAY_NINE),
        lambda: operations.leave(visit, reason="等太久", by=by, at=TUESDAY_NINE),
    ]:
        with pytest.raises(NotAllowed):
            change()
    assert visit.moves.count() == 2


@pytest.mark.parametrize("reason", ["", " "])
def test_leaving_without_work_needs_a_reason(visit, crew, reason):
    with pytest.raises(NotAllowed):
        operations.leave(visit, reason=reason, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.leave(visit, reason="等太久", by=crew.service_advisor, at=TUESDAY_NINE)
    assert Visit.objects.get().state == State.LEFT
    assert visit.moves.last().reason == "等太久"


def test_a_release_keeps_its_moment(crew):
    visit = factories.taken_in(crew)
    operations.release(visit, by=crew.service_advisor, at=TUESDAY_NINE + 60 * MINUTE)
    assert Visit.objects.get().released_at == TUESDAY_NINE + 60 * MINUTE


def test_visits_follow_a_merged_customer(visit, crew):
    other = customers.register(name="王建国", by=crew.service_advisor, at=TUESDAY_NINE)
    customers.merge(other, visit.customer, by=crew.after_sales_manager, at=TUESDAY_NINE)
    assert Visit.objects.get().customer == other
