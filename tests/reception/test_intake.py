"""The intake screen, part by part: each press answers its own part of the screen, without scripts the whole page."""

import re
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dealership.customers import operations as customers
from reception import operations
from reception.models import ROUTE, Complaint, DamageMark, Photo, PointCheck, Visit
from reception.states import State
from reception.views.presses import PRESSES
from tests import factories
from tests.factories import TUESDAY_NINE

HTMX = {"HX-Request": "true"}
PARTS = re.compile(r'<(?:section|div)[^>]* id="([a-z-]+)"')


def text(answer):
    return answer.content.decode()


def address(name, visit, *more):
    return reverse(f"reception:{name}", args=[visit.pk, *more])


@pytest.fixture
def tuesday(desk, monday, crew):
    monday.move_to(TUESDAY_NINE.astimezone(UTC), tick=False)
    desk.force_login(crew.service_advisor)
    return desk


@pytest.fixture
def press(tuesday):
    """Return a function that presses one button of the screen and gives the answer."""

    def send(visit, what, headers=HTMX, **typed):
        return tuesday.post(address("press", visit, what), typed, headers=headers)

    return send


@pytest.fixture
def visit(crew):
    """A visit whose reception has just begun."""
    made = factories.arrived(crew)
    operations.receive(made, by=crew.service_advisor, at=TUESDAY_NINE)
    return made


@pytest.fixture
def covered(visit, crew):
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    return visit


def picture_file(content=None, name="a.jpg"):
    return SimpleUploadedFile(name, content or factories.photo(), "image/jpeg")


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
def test_the_screen_takes_twelve_queries(tuesday, crew, count, django_assert_num_queries):
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
    with django_assert_num_queries(12):
        tuesday.get(address("intake", visit))


def test_earlier_visits_take_no_query_each(tuesday, crew, django_assert_num_queries):
    counts = []
    for number in [1, 3]:
        car = factories.customer_with_car(crew.service_advisor)
        for _time in range(number):
            factories.released(crew, car=car)
        visit = factories.receiving(crew, car=car)
        with django_assert_num_queries(12):
            page = tuesday.get(address("intake", visit))
        counts.append(len(page.context["earlier"]))
    assert counts == [1, 3]


def test_fitting_the_covers_opens_the_outline(press, visit, crew):
    part = press(visit, "covers")
    assert part.status_code == 200
    assert "<html" not in text(part)
    assert address("press", visit, "point") in text(part)
    assert PARTS.findall(text(part))[:4] == ["said", "progress", "step-covers", "step-walk"]
    assert "covers are not fitted" not in text(part)
    stored = Visit.objects.get()
    assert (stored.protected_at, stored.protected_by) == (TUESDAY_NINE, crew.service_advisor)


@pytest.mark.parametrize("what", ["covers", "rest", "lifted"])
def test_without_scripts_a_press_leads_back_to_the_screen(press, covered, what):
    answer = press(covered, what, headers={})
    assert (answer.status_code, answer["Location"]) == (302, address("intake", covered))


@pytest.mark.clause("2.2.2.1", "4.2.4")
@pytest.mark.parametrize("what", ["point", "rest", "lifted", "photo"])
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["part", "page"])
def test_before_the_covers_nothing_is_inspected(press, visit, what, headers):
    typed = {"picture": picture_file()} if what == "photo" else {"zone": "roof", "kind": "dent"}
    answer = press(visit, what, headers=headers, **typed)
    assert answer.status_code == 409
    assert "First fit the protective covers" in text(answer)
    assert not DamageMark.objects.exists()
    assert not PointCheck.objects.exists()
    assert not Photo.objects.exists()


def test_damage_is_marked_where_it_was_tapped_and_removed(press, tuesday, covered):
    part = press(covered, "point", zone="roof", kind="dent", x="200", y="180")
    assert part.status_code == 200
    assert "roof: dent" in text(part)
    assert text(part).count('class="zone damage"') == 1
    assert '<circle cx="200" cy="180"' in text(part)
    mark = DamageMark.objects.get()
    for _press in range(2):
        part = tuesday.post(address("undamage", covered, mark.pk), headers=HTMX)
        assert part.status_code == 200
        assert "roof: dent" not in text(part)
    assert not DamageMark.objects.exists()
    assert not PointCheck.objects.exists(), "the point is blank again"


def test_the_same_press_sent_twice_is_one_mark_and_another_press_another(press, covered):
    key = str(uuid4())
    for _time in range(2):
        assert press(covered, "point", zone="roof", kind="dent", x="200", y="180", request_key=key).status_code == 200
    assert DamageMark.objects.count() == 1
    press(covered, "point", zone="roof", kind="dent", x="230", y="180", request_key=str(uuid4()))
    assert DamageMark.objects.count() == 2


def test_a_key_sent_again_with_something_else_is_refused(press, covered):
    key = str(uuid4())
    press(covered, "point", zone="roof", kind="dent", request_key=key)
    again = press(covered, "point", zone="bonnet", kind="chip", request_key=key)
    assert again.status_code == 409
    assert "was sent before with something else" in text(again)
    assert [str(mark) for mark in DamageMark.objects.all()] == ["roof: dent"]


def test_a_mark_of_another_visit_is_not_removed(tuesday, covered, crew):
    other = factories.receiving(crew)
    assert tuesday.post(address("undamage", covered, other.damage_marks.get().pk)).status_code == 302
    assert other.damage_marks.count() == 1


@pytest.mark.parametrize("typed", [{"kind": "dent"}, {"zone": "", "kind": "dent"}, {"zone": "wing", "kind": "dent"}])
def test_a_kind_without_a_place_asks_for_the_place(press, covered, typed):
    part = press(covered, "point", **typed)
    assert part.status_code == 422
    whole = press(covered, "point", headers={}, **typed)
    assert whole.status_code == 422
    assert "<html" in text(whole)
    assert "invalid-feedback" in text(whole)
    assert not DamageMark.objects.exists()


@pytest.mark.clause("3.2.1.3", "3.2.1.13")
def test_each_point_is_kept_with_its_moment_and_the_next_blank_one_is_offered(press, tuesday, covered, monday):
    for number, zone in enumerate(ROUTE[:5]):
        monday.move_to((TUESDAY_NINE + timedelta(seconds=20 * number)).astimezone(UTC), tick=False)
        assert press(covered, "point", zone=zone, result="ok").status_code == 200
    kept = list(PointCheck.objects.values_list("zone", "checked_at"))
    assert kept == [(str(zone), TUESDAY_NINE + timedelta(seconds=20 * n)) for n, zone in enumerate(ROUTE[:5])]
    page = tuesday.get(address("intake", covered))
    assert [point.zone for point in page.context["points"] if point.chosen] == [ROUTE[5]]
    assert page.context["blank"] == len(ROUTE) - 5
    assert f"Not looked at yet: {ROUTE[5].label}" in text(page)


@pytest.mark.clause("2.2.2.3")
def test_the_rest_is_in_order_with_one_press_and_nothing_before(press, tuesday, covered):
    page = text(tuesday.get(address("intake", covered)))
    assert 'class="spot ok"' not in page
    press(covered, "point", zone="left_front_door", kind="dent")
    press(covered, "point", zone="spare_wheel", result="na")
    part = press(covered, "rest")
    assert "all points answered" in text(part)
    assert Visit.objects.get().walked_round_at == TUESDAY_NINE
    answers = dict(PointCheck.objects.values_list("zone", "result"))
    assert set(answers) == set(map(str, ROUTE))
    assert (answers["left_front_door"], answers["spare_wheel"], answers["right_front_door"]) == ("damage", "na", "ok")


def test_a_damaged_point_is_not_in_order_as_long_as_its_damage_stands(press, covered):
    press(covered, "point", zone="roof", kind="dent")
    refused = press(covered, "point", zone="roof", result="ok")
    assert refused.status_code == 409
    assert "Take it off first" in text(refused)


@pytest.mark.parametrize("typed", [{}, {"kind": "dent", "result": "ok"}, {"result": "damage"}, {"kind": "hole"}])
def test_a_point_has_one_answer(press, covered, typed):
    assert press(covered, "point", zone="roof", **typed).status_code == 422
    assert not PointCheck.objects.exists()


def test_a_photo_is_kept_with_its_damage_and_shown_to_the_store_only(press, tuesday, covered, crew, client):
    key = str(uuid4())
    press(covered, "point", zone="roof", kind="dent", request_key=key)
    for photo_key in [str(uuid4())] * 2:
        part = press(covered, "photo", picture=picture_file(), mark_key=key, request_key=photo_key)
        assert part.status_code == 200
    photo = Photo.objects.get()
    assert photo.mark == DamageMark.objects.get()
    assert reverse("reception:photo", args=[photo.pk]) in text(part)
    shown = tuesday.get(reverse("reception:photo", args=[photo.pk]))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in shown["Cache-Control"]
    assert shown.content[:2] == b"\xff\xd8"
    other = factories.Crew(factories.store("别家"))
    tuesday.force_login(other.service_advisor)
    assert tuesday.get(reverse("reception:photo", args=[photo.pk])).status_code == 404
    tuesday.logout()
    assert tuesday.get(reverse("reception:photo", args=[photo.pk])).status_code == 302


def test_a_photo_taken_off_is_gone_with_its_file(press, tuesday, covered, crew, django_capture_on_commit_callbacks):
    press(covered, "photo", picture=picture_file())
    photo = Photo.objects.get()
    assert photo.picture.storage.exists(photo.picture.name)
    for _press in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert tuesday.post(address("remove_photo", covered, photo.pk), headers=HTMX).status_code == 200
    assert not Photo.objects.exists()
    assert not photo.picture.storage.exists(photo.picture.name)


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a" + b"0" * 50, b"%PDF-1.4", b"MZ", b"x"])
def test_a_file_that_is_no_picture_is_refused_beside_the_button(press, covered, content):
    answer = press(covered, "photo", picture=picture_file(content))
    assert answer.status_code == 422
    assert "no picture we can read" in text(answer)
    assert not Photo.objects.exists()


def test_a_photo_of_a_damage_that_was_taken_off_says_so(press, covered):
    answer = press(covered, "photo", picture=picture_file(), mark_key=str(uuid4()))
    assert answer.status_code == 409
    assert "not on the form any more" in text(answer)


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


def test_who_came_without_appointment_has_nothing_booked(press, visit):
    assert press(visit, "booked").status_code == 409


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


@pytest.mark.clause("2.2.11.9")
def test_whoever_did_not_walk_along_does_not_sign_what_was_seen(press, tuesday, crew):
    visit = factories.receiving(crew)
    assert press(visit, "along", accompanied="no").status_code == 422
    press(visit, "along", accompanied="no", unaccompanied_reason="拖车送来")
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url()}
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 422
    assert "Nobody came along on the walk-round" in text(answer)
    assert Visit.objects.get().state == State.RECEIVING
    absent = {"signer_name": "王建国", "unsigned": "absent", "reason": "拖车送来", "witness": crew.foreman.pk}
    assert tuesday.post(address("sign", visit), absent).status_code == 302
    stored = Visit.objects.get()
    assert stored.state == State.INSPECTED
    assert stored.intake.signatures.get().unsigned == "absent"


@pytest.mark.clause("3.2.3.1")
def test_a_first_service_is_seen_from_below(press, tuesday, crew):
    visit = factories.receiving(crew)
    press(visit, "purpose", purpose="first_service")
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url()}
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 422
    assert "first service: look at it from below" in text(answer)
    part = press(visit, "lifted")
    assert "exhaust" in text(part)
    assert "4 points open" in text(part)
    press(visit, "rest")
    assert tuesday.post(address("sign", visit), typed).status_code == 302


@pytest.mark.clause("3.2.4.3", "3.2.4.4")
def test_what_is_found_below_a_leaking_car_is_told_before_the_signature(press, tuesday, crew):
    visit = factories.receiving(crew)
    part = press(visit, "complaint", words="发动机漏油")
    assert "The car leaks: look at it from below." in text(part)
    press(visit, "lifted")
    press(visit, "point", zone="leaks", kind="leak", request_key=str(uuid4()))
    part = press(visit, "rest")
    assert "Tell the customer what was found below the car." in text(part)
    assert "Take a photo of what was found below the car" in text(part)
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url()}
    assert tuesday.post(address("sign", visit), typed).status_code == 422
    part = press(visit, "told")
    assert "Tell the customer" not in text(part)
    press(visit, "point", zone="exhaust", kind="broken", request_key=str(uuid4()))
    assert Visit.objects.get().underbody_told_at is None, "what was found later has to be told too"
    press(visit, "told")
    assert tuesday.post(address("sign", visit), typed).status_code == 302


def test_points_below_are_not_answered_from_above(press, covered):
    assert press(covered, "point", zone="exhaust", result="ok").status_code == 409
    assert press(covered, "told").status_code == 409


def test_a_complete_form_is_signed_and_closed(tuesday, crew):
    visit = factories.receiving(crew)
    page = tuesday.get(address("intake", visit))
    assert page.context["missing"] == []
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url(), "seen": page.context["seen"]}
    answer = tuesday.post(address("sign", visit), typed, follow=True)
    assert answer.redirect_chain == [(address("intake", visit), 302)]
    assert Visit.objects.get().state == State.INSPECTED
    for closed in PRESSES:
        assert address("press", visit, closed) not in text(answer)
    assert address("sign", visit) not in text(answer)


def test_the_signature_stands_under_what_was_shown(tuesday, crew):
    visit = factories.receiving(crew)
    seen = tuesday.get(address("intake", visit)).context["seen"]
    operations.mark_damage(visit, zone="bonnet", kind="dent", by=crew.service_advisor, at=TUESDAY_NINE)
    typed = {"signer_name": "王太太", "signature": factories.signature_data_url(), "seen": seen}
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 409
    assert "has changed since this page was opened" in text(answer)
    assert 'value="王太太"' in text(answer)
    assert Visit.objects.get().state == State.RECEIVING
    assert tuesday.post(address("sign", visit), typed | {"seen": answer.context["seen"]}).status_code == 302


def test_a_gap_is_told_when_signing_and_the_signature_is_kept(tuesday, crew):
    visit = factories.receiving(crew)
    Visit.objects.filter(pk=visit.pk).update(fuel=None)
    typed = {"signer_name": "王太太", "signature": factories.signature_data_url()}
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 422
    assert "The fuel level is missing." in str(answer.context["sign_form"].non_field_errors())
    assert 'value="王太太"' in text(answer)
    assert factories.signature_data_url() in text(answer)
    assert Visit.objects.get().state == State.RECEIVING


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"signature": ""}, "signature"),
        ({"signature": "data:image/png;base64,xxxx"}, "signature"),
        ({"signer_name": ""}, "signer_name"),
        ({"signature": "", "unsigned": "refused", "reason": "不认可"}, "witness"),
    ],
)
def test_a_signature_that_is_none_is_asked_for_again(tuesday, crew, typed, field):
    visit = factories.receiving(crew)
    whole = {"signer_name": "王建国", "signature": factories.signature_data_url()} | typed
    answer = tuesday.post(address("sign", visit), whole)
    assert answer.status_code == 422
    assert list(answer.context["sign_form"].errors) == [field]
    assert Visit.objects.get().intake is None


@pytest.mark.clause("2.2.11.10")
@pytest.mark.parametrize("what", [*PRESSES, "sign", "undamage", "remove_photo"])
def test_a_signed_form_refuses_every_press(tuesday, crew, what):
    visit = factories.receiving(crew)
    photo = operations.add_photo(visit, picture=factories.photo(), by=crew.service_advisor, at=TUESDAY_NINE)
    operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)
    before = (visit.damage_marks.count(), visit.complaints.count(), visit.point_checks.count(), visit.photos.count())
    more = {"undamage": [visit.damage_marks.get().pk], "remove_photo": [photo.pk]}.get(what, [])
    typed = {
        "zone": "roof", "kind": "dent", "words": "还有", "signer_name": "王建国", "mileage": "99999", "fuel": "1",
        "signature": factories.signature_data_url(), "belongings": "伞", "accompanied": "yes", "answer": "none",
        "purpose": "other", "source": "file", "waits_here": "yes", "all_received": "on", "picture": picture_file(),
    }  # fmt: skip
    where = address("press", visit, what) if what in PRESSES else address(what, visit, *more)
    answer = tuesday.post(where, typed)
    assert answer.status_code == 409
    assert "The reception form is closed" in text(answer)
    assert before == (
        visit.damage_marks.count(), visit.complaints.count(), visit.point_checks.count(), visit.photos.count()
    )  # fmt: skip
    assert Visit.objects.get().belongings == ""


def test_who_only_looks_sees_the_form_without_its_buttons(tuesday, crew):
    visit = factories.receiving(crew)
    tuesday.force_login(crew.foreman)
    page = text(tuesday.get(address("intake", visit)))
    assert "刹车有异响" in page
    assert "left front door: scratch" in page
    for what in PRESSES:
        assert address("press", visit, what) not in page
    for name in ["sign", "leave"]:
        assert address(name, visit) not in page
