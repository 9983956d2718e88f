"""The walk-round on the intake screen: covers first, every point, damages, photos, and the car from below."""

import re
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from dealership.workflow import NotAllowed
from dealership.workshop.models import Bay
from reception import operations
from reception.models import ROUTE, DamageMark, Photo, PointCheck, Visit
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.reception.pressing import HTMX, address, picture_file, text

PARTS = re.compile(r'<(?:section|div)[^>]* id="([a-z-]+)"')


def test_fitting_the_covers_opens_the_outline(press, visit, crew):
    part = press(visit, "covers")
    assert part.status_code == 200
    assert "<html" not in text(part)
    assert address("press", visit, "point") in text(part)
    assert PARTS.findall(text(part))[:4] == ["said", "progress", "step-covers", "step-walk"]
    assert "covers are not fitted" not in text(part)
    stored = Visit.objects.get()
    assert (stored.protected_at, stored.protected_by) == (TUESDAY_NINE, crew.service_advisor)


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


def test_who_came_without_appointment_has_nothing_booked(press, visit):
    assert press(visit, "booked").status_code == 409


@pytest.mark.clause("3.2.3.1")
def test_a_first_service_is_seen_from_below(press, tuesday, crew):
    visit = factories.receiving(crew)
    press(visit, "purpose", purpose="first_service")
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url(), "drawn": "seen="}
    answer = tuesday.post(address("sign", visit), typed)
    assert answer.status_code == 422
    assert "first service: look at it from below" in text(answer)
    part = press(visit, "lifted")
    assert "exhaust" in text(part)
    assert "4 points open" in text(part)
    press(visit, "rest")
    assert tuesday.post(address("sign", visit), typed).status_code == 302


@pytest.mark.clause("3.2.3.1")
def test_a_booked_first_service_is_seen_from_below_whatever_purpose_is_chosen(press, tuesday, crew):
    work = factories.operation()
    type(work).objects.filter(pk=work.pk).update(first_service=True)
    booked = factories.appointment(crew, job=factories.job(operations=[work]))
    visit = operations.receive_appointment(booked, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    press(visit, "booked")
    visit.refresh_from_db()
    assert visit.purpose == "first_service"
    part = press(visit, "purpose", purpose="maintenance")
    assert "look at it from below" in text(part)


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
    typed = {"signer_name": "王建国", "signature": factories.signature_data_url(), "drawn": "seen="}
    assert tuesday.post(address("sign", visit), typed).status_code == 422
    part = press(visit, "told-below")
    assert "Tell the customer" not in text(part)
    press(visit, "point", zone="exhaust", kind="broken", request_key=str(uuid4()))
    assert Visit.objects.get().underbody_told_at is None, "what was found later has to be told too"
    press(visit, "told-below")
    assert tuesday.post(address("sign", visit), typed).status_code == 302


def test_points_below_are_not_answered_from_above(press, covered):
    assert press(covered, "point", zone="exhaust", result="ok").status_code == 409
    assert press(covered, "told-below").status_code == 409


@pytest.mark.clause("3.2.1.1")
def test_covers_nobody_saw_fitted_are_none(visit, crew):
    with pytest.raises(NotAllowed):
        operations.fit_covers(visit, before_customer=False, by=crew.service_advisor, at=TUESDAY_NINE)
    assert Visit.objects.get().protected_at is None


@pytest.mark.clause("3.2.1.6", "3.2.1.8", "3.2.1.9", "3.2.1.10", "3.2.1.11", "3.2.1.14")
def test_the_route_passes_every_point_of_the_procedure_and_ends_in_the_engine_bay(crew):
    passed = {str(zone) for zone in ROUTE}
    assert {"windscreen", "roof", "left_front_tyre", "right_rear_tyre"} <= passed
    assert {"interior", "radio", "seat_belts", "bonnet", "left_rear_door", "rear_seats"} <= passed
    assert {"rear_bumper", "rear_lamps", "axle", "boot_lid", "rear_window", "headlamps", "front_bumper"} <= passed
    assert ROUTE[-1] == "engine_bay"
    visit = factories.receiving(crew)
    visit.point_checks.filter(zone="left_front_tyre").delete()
    with translation.override("en"), pytest.raises(NotAllowed, match="left front tyre"):
        operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)


@pytest.mark.clause("3.2.1.12")
def test_left_and_right_are_kept_apart_on_paper(crew):
    visit = factories.receiving(crew)
    operations.mark_damage(visit, zone="left_rear_door", kind="dent", by=crew.service_advisor, at=TUESDAY_NINE)
    with translation.override("en"):
        paper = operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)
    points = paper.content["checks"][0]["points"]
    assert ["left rear door", "damage", "dent"] in points
    assert ["right rear door", "ok", "in order"] in points


@pytest.mark.clause("3.2.1.2")
def test_the_bay_of_the_inspection_stands_on_the_form_and_is_one_of_the_store(press, tuesday, crew):
    bay, other = (Bay.objects.create(store=store, name="预检台") for store in [crew.store, factories.store("别家")])
    visit = factories.receiving(crew)
    assert press(visit, "bay", bay=other.pk).status_code == 422
    with pytest.raises(NotAllowed):
        operations.record_condition(visit, bay=other, by=crew.service_advisor, at=TUESDAY_NINE)
    assert press(visit, "bay", bay=bay.pk).status_code == 200
    visit.refresh_from_db()
    assert (visit.bay, visit.accompanied) == (bay, True)
    paper = operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)
    assert "预检台" in dict(paper.content["fields"]).values()
