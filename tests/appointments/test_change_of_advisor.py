"""Another advisor at the same time: the customer's time stays, what waits to be said names the new one."""

from datetime import timedelta

import pytest

from appointments import operations
from appointments.models import Appointment, BookingRules, ForemanNotice
from appointments.operations import SlotTaken
from dealership.outbox.models import Message
from dealership.staff.models import Absence
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.appointments.desk import text, to
from tests.factories import MONDAY, TUESDAY_NINE

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def second(crew):
    return factories.person(Role.SERVICE_ADVISOR, crew.store, full_name="李娜")


def change(made, crew, advisor, **details):
    wanted = {"reason": "王顾问培训", "by": crew.service_advisor, "at": MONDAY}
    operations.change_advisor(made, advisor=advisor, **wanted | details)


@pytest.mark.clause("3.1.3.8", "2.1.10")
def test_the_time_stays_and_what_waits_names_the_new_advisor(crew, second, mail_reader):
    made = factories.appointment(crew, car=mail_reader, at=MONDAY - timedelta(days=3))
    before = list(made.reminders.values_list("pk", "kind", "state", "due_at"))
    letters = {letter.pk: letter for letter in Message.objects.filter(state="due")}
    assert len(letters) == 2
    assert made.links.count() == 3
    change(made, crew, second, at=TUESDAY_NINE - timedelta(hours=1))  # within the notice
    made.refresh_from_db()
    assert (made.starts_at, made.advisor, made.sequence) == (TUESDAY_NINE, second, 0)
    assert list(made.reminders.values_list("pk", "kind", "state", "due_at")) == before
    assert (set(Message.objects.values_list("pk", flat=True)), made.links.count()) == (set(letters), 3)
    for letter in Message.objects.filter(state="due"):  # the same but for the name: the links in it stay good
        old = letters[letter.pk]
        assert letter.body == old.body.replace(crew.service_advisor.full_name, "李娜") != old.body
        assert (letter.subject, letter.attachments, letter.due_at) == (old.subject, old.attachments, old.due_at)
    kept = made.reschedules.get()
    assert (kept.from_at, kept.to_at, kept.from_advisor, kept.to_advisor, kept.reason) == (
        TUESDAY_NINE, TUESDAY_NINE, crew.service_advisor, second, "王顾问培训",
    )  # fmt: skip


def test_who_is_not_free_is_refused_in_words(crew, second):
    made = factories.appointment(crew)
    for details, words in [({"reason": " "}, "why the advisor"), ({"advisor": crew.service_advisor}, "already")]:
        with pytest.raises(NotAllowed, match=words):
            change(made, crew, **{"advisor": second} | details)
    factories.appointment(crew, advisor=second)
    with pytest.raises(SlotTaken, match="already taken"):
        change(made, crew, second)
    third = factories.person(Role.SERVICE_ADVISOR, crew.store)
    Absence.objects.create(user=third, first_on=TUESDAY_NINE.date(), last_on=TUESDAY_NINE.date())
    with pytest.raises(SlotTaken, match="is away"):
        change(made, crew, third)
    BookingRules.objects.create(store=crew.store, most_per_advisor=1)
    factories.appointment(
        crew,
        TUESDAY_NINE + timedelta(minutes=15),
        advisor=(fourth := factories.person(Role.SERVICE_ADVISOR, crew.store)),
    )
    with pytest.raises(NotAllowed, match="no more are taken"):
        change(made, crew, fourth)
    assert Appointment.objects.get(pk=made.pk).advisor == crew.service_advisor
    assert not made.reschedules.exists()


def test_a_letter_that_has_gone_out_stays_as_it_was(crew, second, mail_reader):
    made = factories.appointment(crew, car=mail_reader, at=MONDAY - timedelta(days=3))
    Message.objects.update(state="sent", sent_at=MONDAY)
    sent = list(Message.objects.order_by("pk").values_list("body", flat=True))
    change(made, crew, second)
    assert list(Message.objects.order_by("pk").values_list("body", flat=True)) == sent


def test_the_foreman_has_no_new_notice_and_the_bay_stays(crew, second):
    made = factories.appointment(crew)
    kept, told = made.reservation, ForemanNotice.objects.count()
    operations.reschedule(
        made, starts_at=TUESDAY_NINE, advisor=second, reason="培训", agreed=True, by=second, at=MONDAY
    )
    made.refresh_from_db()
    assert (made.advisor, made.sequence, made.reservation) == (second, 0, kept)
    assert ForemanNotice.objects.count() == told


def test_a_promise_the_day_has_no_slot_for_any_more_may_change_hands(crew, second):
    made = factories.appointment(crew, TUESDAY_NINE + timedelta(minutes=15))
    BookingRules.objects.create(store=crew.store, slot_minutes=20)
    change(made, crew, second)
    assert Appointment.objects.get().advisor == second


def test_who_was_second_reads_who_was_first(crew, second):
    made, third = factories.appointment(crew), factories.person(Role.SERVICE_ADVISOR, crew.store)
    stale = Appointment.objects.get()
    change(made, crew, second)
    with pytest.raises(NotAllowed, match="moved this"):
        change(stale, crew, third)


@pytest.mark.clause("3.1.3.8")
def test_the_move_page_names_who_is_free(desk, crew, second, django_assert_max_num_queries):
    made, busy = factories.appointment(crew), factories.person(Role.SERVICE_ADVISOR, crew.store)
    factories.appointment(crew, advisor=busy)
    with django_assert_max_num_queries(12):
        shown = desk.get(to("move", made))
    assert shown.context["colleagues"] == [second]
    answer = desk.post(to("change_advisor", made), {"advisor": busy.pk, "reason": "培训"})
    assert (answer.status_code, "already taken" in text(answer), "培训" in text(answer)) == (422, True, True)
    assert desk.post(to("change_advisor", made), {"advisor": "x", "reason": ""}).status_code == 422
    assert desk.post(to("change_advisor", made), {"advisor": "9" * 30, "reason": "培训"}).status_code == 422
    answer = desk.post(to("change_advisor", made), {"advisor": second.pk, "reason": "培训"})
    assert answer.status_code == 302
    shown = text(desk.get(to("appointment", made)))
    assert "Changes of time and advisor" in shown
    assert f"{crew.service_advisor.full_name} → 李娜" in shown
