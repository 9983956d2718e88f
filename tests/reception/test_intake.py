"""The intake screen, part by part: each press answers its own part of the screen, without scripts the whole page."""

from uuid import uuid4

import pytest

from dealership.customers import operations as customers
from reception import operations
from reception.models import Complaint, Visit
from reception.views.presses import PRESSES
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.reception.pressing import HTMX, address, text


def test_the_screen_begins_with_the_covers(tuesday, visit):
    page = text(tuesday.get(address("intake", visit)))
    assert visit.vehicle.plate_shown in page
    assert address("press", visit, "covers") in page
    assert address("press", visit, "point") not in page
    assert page.count('id="missing"') == 1
    assert "The protective covers are not fitted yet." in page


def test_a_customer_who_waits_is_seen_but_not_filled_in(tuesday, crew):
    visit = factories.arrived(crew)
    page = text(tuesday.get(address("intake", visit)))
    assert "waiting" in page
    for what in PRESSES:
        assert address("press", visit, what) not in page
    assert tuesday.post(address("press", visit, "covers")).status_code == 409


@pytest.mark.parametrize("count", [1, 3])
def test_the_screen_takes_thirteen_queries(tuesday, crew, count, django_assert_num_queries):
    visit = factories.receiving(crew)
    for number in range(count - 1):
        operations.note_complaint(visit, words=f"还有{number}", by=crew.service_advisor)
        mark = operations.mark_damage(
            visit, zone="roof", kind=["dent", "chip"][number], by=crew.service_advisor, at=TUESDAY_NINE,
            request_key=uuid4(),
        )  # fmt: skip
        operations.add_photo(
            visit, picture=factories.photo(), mark_key=mark.request_key, by=crew.service_advisor, at=TUESDAY_NINE
        )
    with django_assert_num_queries(13):
        tuesday.get(address("intake", visit))


def test_earlier_visits_take_no_query_each(tuesday, crew, django_assert_num_queries):
    counts = []
    for number in [1, 3]:
        car = factories.customer_with_car(crew.service_advisor)
        for _time in range(number):
            factories.released(crew, car=car)
        visit = factories.receiving(crew, car=car)
        with django_assert_num_queries(13):
            page = tuesday.get(address("intake", visit))
        counts.append(len(page.context["earlier"]))
    assert counts == [1, 3]


@pytest.mark.parametrize("what", ["covers", "rest", "lifted"])
def test_without_scripts_a_press_leads_back_to_the_screen(press, covered, what):
    answer = press(covered, what, headers={})
    assert (answer.status_code, answer["Location"]) == (302, address("intake", covered))


@pytest.mark.clause("2.2.3.2")
def test_a_complaint_is_added_word_for_word_and_once(press, visit):
    key = str(uuid4())
    for _time in range(2):
        part = press(visit, "complaint", words="刹车 <有> 异响", conditions="冷车", frequency="often", request_key=key)
        assert part.status_code == 200
    assert "刹车 &lt;有&gt; 异响" in text(part)
    assert "异响</textarea>" not in text(part), "the box is empty for the next"
    assert "Write down what the customer says." not in text(part)
    stored = Complaint.objects.get()
    assert (stored.words, stored.conditions, stored.frequency) == ("刹车 <有> 异响", "冷车", "often")
    other = press(visit, "complaint", words="别的", request_key=key)
    assert other.status_code == 409
    assert Complaint.objects.count() == 1


@pytest.mark.parametrize("words", ["", "   ", "长" * 501])
def test_a_complaint_that_does_not_fit_is_shown_again(press, visit, words):
    part = press(visit, "complaint", words=words)
    assert part.status_code == 422
    assert "is-invalid" in text(part)
    assert words.strip() in text(part)
    assert press(visit, "complaint", headers={}, words=words).status_code == 422
    assert not Complaint.objects.exists()


@pytest.mark.clause("2.2.3.1")
def test_the_purpose_is_chosen_with_a_tap_and_needed(press, tuesday, visit):
    assert "Choose why the customer came." in text(tuesday.get(address("intake", visit)))
    part = press(visit, "purpose", purpose="accident")
    assert 'value="accident" data-what="accident" aria-pressed="true"' in text(part)
    assert "Choose why the customer came." not in text(part)
    assert press(visit, "purpose", purpose="tea").status_code == 422
    assert Visit.objects.get().purpose == "accident"


@pytest.mark.clause("2.2.11.12")
def test_what_was_booked_is_taken_over_with_one_press(press, tuesday, crew):
    booked = factories.appointment(crew, cause="fault", reason="左前轮异响", waits=True)
    visit = operations.receive_appointment(booked, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert "左前轮异响" in text(tuesday.get(address("intake", visit)))
    for _press in range(2):
        assert press(visit, "booked").status_code == 200
    visit.refresh_from_db()
    assert [c.words for c in visit.complaints.all()] == ["左前轮异响"]
    assert (visit.purpose, visit.waits_here) == ("fault", True)


@pytest.mark.clause("4.2.2")
def test_what_the_short_form_said_is_offered_and_its_gaps_are_asked(press, tuesday, crew):
    visit = operations.register_quickly(
        store=crew.store, plate="京A88888", name="赵四", phone="13900001111", mileage=52000, reason="刹车软",
        by=crew.service_advisor, at=TUESDAY_NINE,
    )  # fmt: skip
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    page = text(tuesday.get(address("intake", visit)))
    assert "As noted on arrival:" in page
    assert 'value="52000"' in page
    assert "The registration is incomplete: the model is missing." in page
    press(visit, "booked")
    assert [line.words for line in visit.complaints.all()] == ["刹车软"]


@pytest.fixture
def short(crew):
    """A car registered with the short form, being received."""
    visit = operations.register_quickly(
        store=crew.store, plate="京A88888", name="赵四", phone="13900001111", mileage=52000, reason="刹车软",
        by=crew.service_advisor, at=TUESDAY_NINE,
    )  # fmt: skip
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    return visit


@pytest.mark.clause("4.2.2")
def test_what_the_short_form_left_out_is_entered_on_the_screen(press, tuesday, short):
    page = text(tuesday.get(address("intake", short)))
    assert address("press", short, "model") in page
    assert address("press", short, "title") in page
    assert "Write down which model it is." in text(press(short, "model", make="大众"))
    part = press(short, "model", make="大众", model_name="途观")
    assert "model is missing" not in text(part)
    assert address("press", short, "model") not in text(part)
    part = press(short, "title", title="ms")
    assert "form of address is missing" not in text(part)
    assert press(short, "title", title="dr").status_code == 422
    for late, typed in [("model", {"model_name": "帕萨特"}), ("title", {"title": "mr"})]:  # a colleague was faster
        refused = press(short, late, **typed)
        assert refused.status_code == 409
        assert "The file says" in text(refused)
    stored = Visit.objects.get()
    assert (stored.vehicle.make, stored.vehicle.model_name, stored.customer.title) == ("大众", "途观", "ms")


def test_a_car_whose_registration_is_whole_is_not_asked_again(tuesday, visit):
    page = text(tuesday.get(address("intake", visit)))
    assert address("press", visit, "model") not in page
    assert address("press", visit, "title") not in page


def test_the_mileage_of_the_short_form_counts_with_one_tap(press, tuesday, short):
    assert "52000 km, as noted on arrival" in text(tuesday.get(address("intake", short)))
    part = text(press(short, "mileage", mileage="52000"))
    assert "The mileage is missing." not in part
    assert "as noted on arrival" not in part
    assert Visit.objects.get().mileage == 52000


def test_the_last_reading_is_the_one_before_this_visit(press, tuesday, crew):
    car = factories.customer_with_car(crew.service_advisor, mileage=38000)
    visit = factories.arrived(crew, car=car)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    assert "last: 38000 km" in text(press(visit, "mileage", mileage="40210"))
    assert "last: 38000 km" in text(tuesday.get(address("intake", visit)))


@pytest.mark.clause("2.2.11.3")
def test_reading_back_is_reminded_of_and_a_new_line_reminds_again(press, visit):
    reminder = "Read the requests back to the customer."
    assert reminder in text(press(visit, "complaint", words="异味"))
    assert reminder not in text(press(visit, "read-back"))
    assert Visit.objects.get().read_back_at == TUESDAY_NINE
    assert reminder in text(press(visit, "complaint", words="空调不冷"))


@pytest.mark.clause("3.2.3.3")
def test_a_noise_without_its_conditions_is_asked_about(press, visit):
    asked = "ask when and under which conditions"
    assert asked in text(press(visit, "complaint", words="底盘异响"))
    visit.complaints.all().delete()
    assert asked not in text(press(visit, "complaint", words="底盘异响", conditions="过减速带时"))


def test_the_mileage_and_the_fuel_are_kept_each_by_itself(press, visit):
    part = press(visit, "fuel", fuel="3")
    assert "The mileage is missing." in text(part)
    assert "The fuel level is missing." not in text(part)
    assert press(visit, "mileage", mileage="12000").status_code == 200
    stored = Visit.objects.get()
    assert (stored.mileage, stored.fuel) == (12000, 3)


@pytest.mark.clause("3.2.1.7")
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["part", "page"])
def test_a_lower_mileage_asks_for_its_reason_beside_the_field(press, visit, crew, headers):
    customers.record_mileage(visit.vehicle, 14800, "reception", by=crew.service_advisor, at=TUESDAY_NINE)
    asked = press(visit, "mileage", headers=headers, mileage="12000")
    assert asked.status_code == 422
    assert "The last reading was 14800 km" in text(asked)
    assert 'value="12000"' in text(asked)
    assert "Why is this mileage right?" in text(asked)
    assert Visit.objects.get().mileage is None
    answer = press(visit, "mileage", headers=headers, mileage="12000", mileage_note="仪表已更换")
    assert answer.status_code == (200 if headers else 302)
    assert Visit.objects.get().mileage == 12000


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("mileage", "-1"), ("mileage", "x"), ("mileage", "88888888"), ("mileage", "99999999999"), ("mileage", ""),
        ("fuel", "9"), ("fuel", ""), ("along", "perhaps"), ("waits", ""),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_refused(press, visit, what, wrong):
    name = {"along": "accompanied", "waits": "waits_here"}.get(what, what)
    assert press(visit, what, **{name: wrong}).status_code == 422
    stored = Visit.objects.get()
    assert (stored.mileage, stored.fuel, stored.accompanied) == (None, None, False)


def test_the_vin_of_the_file_is_compared_with_one_tap(press, crew):
    car = factories.customer_with_car(crew.service_advisor, vin=factories.vin(7))
    visit = factories.arrived(crew, car=car)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    part = press(visit, "vin", source="engine_bay")
    assert part.status_code == 200
    visit.refresh_from_db()
    assert (visit.vin_checked_at, visit.vin_source) == (TUESDAY_NINE, "engine_bay")


@pytest.mark.clause("3.2.1.4", "3.2.1.5")
def test_a_vin_is_read_whole_and_right_or_not_at_all(press, visit):
    right = factories.vin(8)
    wrong_digit = right[:8] + ("0" if right[8] != "0" else "1") + right[9:]
    for typed in ["", right[:16], wrong_digit, right[:-1] + "O"]:
        assert press(visit, "vin", source="windscreen", vin=typed).status_code == 422
    assert press(visit, "vin", source="file", vin=right).status_code == 422, "a file without VIN has none to show"
    assert Visit.objects.get().vin_checked_at is None
    assert press(visit, "vin", source="windscreen", vin=right.lower()).status_code == 200
    stored = Visit.objects.get()
    assert (stored.vehicle.vin, stored.vin_source) == (right, "windscreen")


def test_another_vin_than_the_files_is_told(press, crew):
    car = factories.customer_with_car(crew.service_advisor, vin=factories.vin(9))
    visit = factories.arrived(crew, car=car)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    answer = press(visit, "vin", source="windscreen", vin=factories.vin(10))
    assert answer.status_code == 422
    assert factories.vin(9) in text(answer)
    assert factories.vin(10) in text(answer)
    visit.refresh_from_db()
    assert (visit.vehicle.vin, visit.vin_checked_at) == (factories.vin(9), None)


def received(crew, **car):
    visit = factories.arrived(crew, car=factories.customer_with_car(crew.service_advisor, **car))
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    return visit


REASON = "Why is this VIN right?"


@pytest.mark.parametrize("known", ["", factories.vin(9)])
def test_a_vin_of_the_wrong_length_is_counted_and_needs_no_reason(press, crew, known):
    answer = text(press(received(crew, vin=known), "vin", source="windscreen", vin=factories.vin(10)[:16]))
    assert "A VIN has 17 characters; this one has 16." in answer
    assert REASON not in answer


@pytest.mark.clause("3.2.1.4")
def test_a_reason_is_asked_where_it_helps(press, visit):
    right = "WVWZZZ1KZ" + factories.vin(8)[9:]
    assert REASON in text(press(visit, "vin", source="windscreen", vin=right))
    assert press(visit, "vin", source="windscreen", vin=right, reason="欧洲车").status_code == 200
    assert Visit.objects.get().vehicle.vin == right


def test_another_vin_leads_to_the_file_and_back(press, tuesday, crew):
    visit, other = received(crew, vin=factories.vin(9)), factories.vin(10)
    answer = text(press(visit, "vin", source="windscreen", vin=other))
    edit = f"/customers/vehicles/{visit.vehicle_id}/edit?next={address('intake', visit)}"
    assert edit in answer
    assert f"?q={other}" in answer
    assert "agrees" not in answer[answer.index(other) :]
    assert REASON not in answer


def test_a_vin_that_was_refused_is_not_shown_as_recorded(press, crew):
    visit, wrong = received(crew), factories.vin(8)[:-1] + "O"
    answer = text(press(visit, "vin", source="windscreen", vin=wrong))
    assert '<strong class="vin">–</strong>' in answer
    assert "agrees" not in answer
    assert "read: windscreen" in answer
    assert 'value="file"' not in answer
    doubtful = "WVWZZZ1KZ" + factories.vin(8)[9:]
    assert '<strong class="vin">–</strong>' in text(press(visit, "vin", source="windscreen", vin=doubtful))


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        ("complaint", {"words": ""}, "Write down what the customer says."),
        ("mileage", {"mileage": "88888888"}, "No car has run that far."),
        ("mileage", {"mileage": ""}, "Type the kilometres the car shows."),
    ],
)
def test_what_is_missing_is_said_in_words(press, visit, what, typed, said):
    answer = text(press(visit, what, **typed))
    assert said in answer
    assert "Ensure" not in answer
    assert "Why is this mileage right?" not in answer


@pytest.mark.clause("2.2.11.6")
def test_valuables_are_named_and_handed_over(press, visit, crew):
    assert press(visit, "valuables", answer="found").status_code == 422
    part = press(visit, "valuables", answer="found", valuables_list="钱包")
    assert "Hand the valuables to the customer: 钱包." in text(part)
    part = press(visit, "valuables", answer="returned", valuables_list="钱包")
    assert "Hand the valuables to the customer" not in text(part)
    stored = Visit.objects.get()
    assert (stored.valuables, stored.valuables_list, stored.valuables_returned) == ("found", "钱包", True)
    press(visit, "valuables", answer="none")
    stored = Visit.objects.get()
    assert (stored.valuables, stored.valuables_list, stored.valuables_returned) == ("none", "", False)


@pytest.mark.clause("2.2.5.1")
def test_papers_and_key_are_each_answered_or_all_with_one_tap(press, visit):
    press(visit, "papers", licence_received="yes")
    part = press(visit, "papers", booklet_received="no")
    assert "Ask for licence, maintenance booklet and key." in text(part)
    press(visit, "papers", key_received="yes")
    stored = Visit.objects.get()
    assert (stored.licence_received, stored.booklet_received, stored.key_received) == (True, False, True)
    assert "Ask for licence" not in text(press(visit, "papers", all_received="on"))
    assert Visit.objects.get().booklet_received


def test_what_stays_in_the_car_and_who_waits_is_kept(press, visit):
    press(visit, "belongings", belongings="雨伞")
    press(visit, "waits", waits_here="yes")
    stored = Visit.objects.get()
    assert (stored.belongings, stored.waits_here) == ("雨伞", True)
