"""The booking rules in the back office: versions that are added, never rewritten; the rest is read alone."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from appointments import operations, queries
from appointments.models import (
    Appointment,
    BookingRules,
    BufferUse,
    ForemanNotice,
    ManagementCard,
    ProactiveCall,
    Reminder,
    WelcomeBoard,
)
from appointments.models.rules import ALWAYS
from dealership.staff.models import Absence
from dealership.workflow import NotAllowed
from dealership.workshop import operations as workshop
from dealership.workshop import queries as workshop_queries
from dealership.workshop.models import Bay, BayReservation
from tests import factories
from tests.factories import MONDAY, TUESDAY_NINE

TODAY = MONDAY.date()
LIST, ADD = reverse("admin:appointments_bookingrules_changelist"), reverse("admin:appointments_bookingrules_add")


def change(rules):
    return reverse("admin:appointments_bookingrules_change", args=[rules.pk])


@pytest.fixture
def office(client, crew, monday):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(crew.after_sales_manager)
    return client


def prefilled(office):
    """Return what the page of a new version would post as it stands."""
    form = office.get(ADD).context["adminform"].form
    return {name: written(form, name) for name in form.fields}


def written(form, name):
    value = form[name].field.prepare_value(form[name].value())
    return "" if value is None else getattr(value, "pk", value)


def errors(answer):
    return answer.context["adminform"].form.errors


def in_force(crew, day=TODAY):
    return queries.rules_on(crew.store, day)


@pytest.fixture
def first(crew, english):
    """Return the store's first version, which holds for all days before as well."""
    rules = BookingRules(store=crew.store, valid_from=TODAY - timedelta(days=9), reason="start", lead_hours=20)
    return operations.change_rules(rules, by=crew.after_sales_manager, at=MONDAY - timedelta(days=9))


def test_a_new_version_begins_with_the_figures_in_force(office, crew, first):
    BookingRules.objects.filter(pk=first.pk).update(
        skill_hours={"机修": "24", "钣金": "8.5"}, high_value_fen=123_450, workshop_hours="40"
    )
    given = prefilled(office)
    assert (given["valid_from"], given["lead_hours"], given["store"]) == (TODAY, 20, crew.store.pk)
    assert given["skill_hours"] == "机修 24\n钣金 8.5"
    assert str(given["high_value"]) == "1234.50"
    assert given["reason"] == ""
    assert office.post(ADD, given | {"reason": "same again"}).status_code == 302
    made = BookingRules.objects.latest("valid_from")
    assert (made.skill_hours, made.high_value_fen) == ({"机修": "24", "钣金": "8.5"}, 123_450)


def test_a_version_is_added_with_who_when_and_why(office, crew, first):
    answer = office.post(ADD, prefilled(office) | {"reason": "winter tyres", "buffer_every": "3", "high_value": "800"})
    assert answer.status_code == 302
    made = in_force(crew)
    assert (made.by, made.at, made.reason, made.buffer_every) == (crew.after_sales_manager, MONDAY, "winter tyres", 3)
    assert made.high_value_fen == 80_000
    listed = office.get(LIST).content.decode()
    assert "winter tyres" in listed
    assert crew.after_sales_manager.full_name in listed


def test_the_first_rules_of_a_store_hold_for_what_is_booked_already(office, crew):
    answer = office.post(ADD, prefilled(office) | {"reason": "start", "valid_from": "2026-11-01", "lead_hours": "12"})
    assert answer.status_code == 302
    assert BookingRules.objects.get().valid_from == ALWAYS
    assert in_force(crew, date(2026, 1, 1)).lead_hours == 12


def test_a_change_today_leaves_the_days_before_as_they_were(office, crew, first):
    office.post(ADD, prefilled(office) | {"reason": "wider", "slot_minutes": "20", "buffer_every": "2"})
    calendar = workshop_queries.calendar_of(crew.store)
    book = queries.RuleBook(crew.store)

    def pattern(day):
        return [slot.buffer for slot in queries.slots_on(day, calendar, book.on(day))][:4]

    yesterday = TODAY - timedelta(days=1)
    assert (book.on(yesterday).slot_minutes, book.on(TODAY).slot_minutes) == (15, 20)
    assert pattern(yesterday) == [False, False, False, True]
    assert pattern(TODAY) == [False, True, False, True]
    assert in_force(crew, yesterday) == first


def test_a_version_whose_day_has_begun_is_read_alone(office, crew, first):
    page = office.get(change(first))
    assert page.status_code == 200
    assert 'name="lead_hours"' not in page.content.decode()
    assert "¥1,000.00" in page.content.decode()
    assert office.post(change(first), prefilled(office) | {"reason": "x", "lead_hours": "1"}).status_code == 403
    assert office.post(reverse("admin:appointments_bookingrules_delete", args=[first.pk]), {}).status_code == 403
    first.refresh_from_db()
    assert first.lead_hours == 20


def test_a_version_to_come_is_changed_and_never_deleted(office, crew, first):
    later = prefilled(office) | {"reason": "spring", "valid_from": TODAY + timedelta(days=7), "lead_hours": "30"}
    office.post(ADD, later)
    made = BookingRules.objects.latest("valid_from")
    assert 'name="lead_hours"' in office.get(change(made)).content.decode()
    assert office.post(change(made), later | {"lead_hours": "36"}).status_code == 302
    made.refresh_from_db()
    assert made.lead_hours == 36
    assert in_force(crew).lead_hours == 20
    assert office.post(reverse("admin:appointments_bookingrules_delete", args=[made.pk]), {}).status_code == 403


def test_the_operation_rewrites_nothing_that_has_begun(crew, first):
    first.lead_hours = 1
    first.valid_from = TODAY + timedelta(days=1)
    with pytest.raises(NotAllowed, match="in force already"):
        operations.change_rules(first, by=crew.after_sales_manager, at=MONDAY)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "  "}, "reason"),
        ({"valid_from": "2026-11-22"}, "valid_from"),
        ({"valid_from": "2026-11-14"}, "valid_from"),
        ({"slot_minutes": "4"}, "slot_minutes"),
        ({"buffer_every": "1"}, "buffer_every"),
        ({"near_until_minutes": "60"}, "near_until_minutes"),
        ({"near_from_minutes": "59"}, "near_from_minutes"),
        ({"grace_minutes": "30"}, "grace_minutes"),
        ({"late_booking_hours": "3"}, "late_booking_hours"),
        ({"skill_hours": "机修"}, "skill_hours"),
        ({"skill_hours": "机修 -1"}, "skill_hours"),
        ({"skill_hours": "机修 NaN"}, "skill_hours"),
        ({"skill_hours": "机修 8\n机修 4"}, "skill_hours"),
        ({"skill_hours": "机修 30", "workshop_hours": "20"}, "skill_hours"),
        ({"high_value": "-1"}, "high_value"),
        ({"high_value": "1.005"}, "high_value"),
    ],
)
def test_what_does_not_fit_is_refused_beside_the_field(office, first, wrong, field):
    answer = office.post(ADD, prefilled(office) | {"reason": "why"} | wrong)
    assert answer.status_code == 200
    assert list(errors(answer)) == [field]
    assert BookingRules.objects.count() == 1


def test_two_versions_of_one_day_are_refused_beside_the_field(office, first):
    assert office.post(ADD, prefilled(office) | {"reason": "one"}).status_code == 302
    assert list(errors(office.post(ADD, prefilled(office) | {"reason": "two"}))) == ["valid_from"]


def test_the_operation_refuses_what_the_form_would(crew, first):
    for changes, refusal in [({"valid_from": TODAY - timedelta(days=1)}, NotAllowed), ({"reason": " "}, NotAllowed)]:
        rules = BookingRules(**{"store": crew.store, "valid_from": TODAY, "reason": "why"} | changes)
        with pytest.raises(refusal):
            operations.change_rules(rules, by=crew.after_sales_manager, at=MONDAY)
    rules = BookingRules(store=crew.store, valid_from=TODAY, reason="why", near_until_minutes=90)
    with pytest.raises(ValidationError):
        operations.change_rules(rules, by=crew.after_sales_manager, at=MONDAY)
    with pytest.raises(NotAllowed):
        operations.change_rules(BookingRules(store=crew.store, reason="x"), by=crew.service_advisor, at=MONDAY)


READ = [Appointment, ManagementCard, ForemanNotice, Reminder, ProactiveCall, BufferUse, WelcomeBoard, BayReservation]


def everything(crew, count):
    """Make `count` rows of everything the back office reads."""
    for number in range(count):
        starts_at = TUESDAY_NINE + timedelta(minutes=15 * number)
        Bay.objects.create(store=crew.store, name=f"B{number}")
        wanted = (factories.part(crew.store), 1)
        made = factories.appointment(crew, starts_at=starts_at, job=operations.Job(other=["轮胎"], parts=[wanted]))
        BufferUse.objects.create(
            store=crew.store, advisor=crew.service_advisor, starts_at=starts_at, cause="walk_in", by=None, at=MONDAY
        )
        operations.put_up_board(crew.store, TODAY + timedelta(days=number), by=crew.service_advisor, at=MONDAY)
        operations.record_proactive_call(
            store=crew.store, vehicle=made.vehicle, outcome="no_answer", by=crew.advisor_assistant, at=MONDAY
        )


def page_of(model, act, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}", args=args)


@pytest.mark.parametrize("model", READ)
def test_everything_else_is_read_alone_and_only_of_the_own_store(office, crew, model):
    everything(crew, 1)
    other = factories.Crew(factories.store("分店"))
    everything(other, 1)
    listed = office.get(page_of(model, "changelist")).context["cl"].result_list
    ours = listed[0]
    assert {getattr(row, "store", crew.store) for row in listed} == {crew.store}
    theirs = model.objects.exclude(pk__in=[row.pk for row in listed]).first()
    assert office.get(page_of(model, "change", ours.pk)).status_code == 200
    assert office.get(page_of(model, "change", theirs.pk)).status_code == 302
    for act, args in [("add", []), ("change", [ours.pk]), ("delete", [ours.pk])]:
        assert office.post(page_of(model, act, *args), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", [*READ, BookingRules, Absence])
def test_lists_take_the_same_queries_for_one_row_and_for_three(
    office, crew, model, rows, django_assert_max_num_queries
):
    everything(crew, rows)
    for number in range(rows):
        BookingRules.objects.create(store=crew.store, valid_from=TODAY + timedelta(days=number), reason="x")
        Absence.objects.create(user=crew.technician, first_on=TODAY, last_on=TODAY)
    with django_assert_max_num_queries(11):
        answer = office.get(page_of(model, "changelist"))
    assert answer.context["cl"].result_count >= rows


def test_an_appointment_is_read_with_everything_that_belongs_to_it(office, crew):
    everything(crew, 1)
    made = Appointment.objects.get()
    operations.reschedule(
        made, starts_at=TUESDAY_NINE + timedelta(days=1), reason="病了", agreed=True, by=crew.service_advisor, at=MONDAY
    )
    shown = office.get(page_of(Appointment, "change", made.pk)).content.decode()
    for text in ["轮胎", "机油滤清器", "¥49.00", "病了", "moved"]:
        assert text in shown
    assert office.get(page_of(Appointment, "changelist"), {"q": made.vehicle.plate}).context["cl"].result_count == 1


def test_an_absence_is_entered_for_the_own_people_and_taken_out_again(office, crew):
    other = factories.Crew(factories.store("分店"))
    posted = {"first_on": "2026-11-24", "last_on": "2026-11-25", "reason": "培训"}
    add = page_of(Absence, "add")
    assert "user" in errors(office.post(add, posted | {"user": other.service_advisor.pk}))
    assert office.post(add, posted | {"user": crew.service_advisor.pk}).status_code == 302
    made = Absence.objects.get()
    assert office.post(page_of(Absence, "delete", made.pk), {"post": "yes"}).status_code == 302
    assert not Absence.objects.exists()


def test_who_works_in_two_stores_is_away_once(office, crew):
    second = factories.store("分店")
    for person in [crew.service_advisor, crew.after_sales_manager]:
        person.stores.add(second)
    Absence.objects.create(user=crew.service_advisor, first_on=TODAY, last_on=TODAY)
    assert office.get(page_of(Absence, "changelist")).context["cl"].result_count == 1


def test_the_skills_of_a_bay_are_entered_in_the_back_office(office, crew):
    bay = Bay.objects.create(store=crew.store, name="1")
    posted = {"store": crew.store.pk, "name": "1", "kind": "body", "active": "on", "skills": "钣金 喷漆"}
    assert office.post(page_of(Bay, "change", bay.pk), posted).status_code == 302
    bay.refresh_from_db()
    assert bay.skills == "钣金 喷漆"
    assert "钣金 喷漆" in office.get(page_of(Bay, "changelist")).content.decode()
    kept = workshop.reserve_bay(crew.store, MONDAY, MONDAY + timedelta(hours=1), ["喷漆"])
    assert kept.bay == bay
