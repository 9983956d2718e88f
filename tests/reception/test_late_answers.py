"""Answers that come late take nothing away of what is being done, and no signature stands under another form."""

from datetime import UTC

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reception import operations
from reception.models import Complaint, DamageMark, Photo, Visit
from reception.states import State
from tests import factories
from tests.browser.pages import TABLET
from tests.factories import TUESDAY_NINE
from tests.journeys.test_browser import draw_signature

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def begun(crew, time_machine):
    time_machine.move_to(TUESDAY_NINE.astimezone(UTC), tick=True)
    car = factories.customer_with_car(crew.service_advisor, mileage=38000)
    booked = factories.appointment(crew, car=car, cause="maintenance")
    visit = operations.receive_appointment(booked, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    return visit


@pytest.fixture
def intake(crew, desk_page):
    def open_intake(visit, **how):
        page = desk_page("zh-hans", TABLET, user=crew.service_advisor, **how)
        page.goto(reverse("reception:intake", args=[visit.pk]))
        return page

    return open_intake


def press(page, what, button="button"):
    with page.expect_response(f"**/{what}"):
        page.locator(f'form[action$="/{what}"] {button}').first.click()


def test_what_is_typed_and_chosen_elsewhere_stays(begun, intake):
    page = intake(begun)
    page.fill("#vin_vin", "LSVAA2BR1CN0000")
    page.locator("#step-words summary").click()
    page.select_option("#complaint_frequency", index=1)
    press(page, "fuel", 'button[value="6"]')
    press(page, "purpose", 'button[value="fault"]')
    expect(page.locator('form[action$="/purpose"] button[value="fault"][aria-pressed]')).to_be_visible()
    assert page.input_value("#vin_vin") == "LSVAA2BR1CN0000"
    chosen = page.input_value("#complaint_frequency")
    assert chosen
    page.fill("#complaint_words", "冷车启动抖动")
    press(page, "complaint", "button.btn-primary")
    expect(page.locator("#step-words .own-words")).to_contain_text("冷车启动抖动")
    assert Complaint.objects.get().frequency == chosen
    assert (page.input_value("#complaint_words"), page.input_value("#complaint_frequency")) == ("", "")


def test_a_refused_answer_stays_until_it_is_mended(begun, intake):
    page = intake(begun, statuses=[422])
    page.fill("#mileage_mileage", "4021")
    with page.expect_response("**/mileage"):
        press(page, "fuel", 'button[value="6"]')
    expect(page.locator('form[action$="/fuel"] button[value="6"][aria-pressed]')).to_be_visible()
    expect(page.locator('form[action$="/mileage"] .invalid-feedback').first).to_be_visible()
    assert page.input_value("#mileage_mileage") == "4021"
    page.fill("#mileage_mileage", "40210")
    press(page, "mileage", ".btn")
    expect(page.locator('form[action$="/mileage"] .invalid-feedback')).to_have_count(0)
    begun.refresh_from_db()
    assert begun.mileage == 40210


def test_the_camera_of_a_second_damage_stays_open_while_the_first_is_answered(begun, intake, tmp_path):
    page = intake(begun)
    held = []
    page.route("**/point", lambda route: route.continue_() if held else held.append(route))
    for zone in ["left_front_door", "left_rear_door"]:
        page.locator(f'[data-zone="{zone}"] rect').first.click()
        page.locator('#walkround button[value="dent"]').click()
        page.wait_for_timeout(500)  # two presses, not one finger that bounces
    with page.expect_file_chooser() as camera:
        page.locator("#damages .pending label:has(input[type=file])").last.click()
    held[0].continue_()
    expect(page.locator("#damages .damage:not(.pending)")).to_have_count(2)
    picture = tmp_path / "dent.jpg"
    picture.write_bytes(factories.photo((800, 600)))
    camera.value.set_files(picture)
    expect(page.locator("#damages img.thumb")).to_have_count(1, timeout=15_000)
    assert Photo.objects.get().mark == DamageMark.objects.get(zone="left_rear_door")


def test_a_signature_falls_when_the_form_under_it_changes(crew, begun, intake):
    visit = factories.receiving(crew)
    page = intake(visit, statuses=[422])
    draw_signature(page, "#sign")
    press(page, "fuel", 'button[value="1"]')
    state = page.locator("#sign [data-signature-state]")
    expect(state).to_contain_text("重新签")
    press(page, "sign", "button.btn-success")
    assert Visit.objects.get(pk=visit.pk).state == State.RECEIVING
    draw_signature(page, "#sign")
    page.locator('form[action$="/sign"] button.btn-success').click()
    expect(page.locator("#step-sign .bi-check-circle-fill")).to_be_visible()
    assert Visit.objects.get(pk=visit.pk).state == State.INSPECTED


def test_a_signature_is_sent_with_a_fresh_token(crew, begun, intake):
    visit = factories.receiving(crew)
    page = intake(visit, statuses=[403])
    page.context.clear_cookies(name="csrftoken")  # what a log-in beside this page does to its token
    draw_signature(page, "#sign")
    page.locator('form[action$="/sign"] button.btn-success').click()
    expect(page.locator("#step-sign .bi-check-circle-fill")).to_be_visible()


def test_who_logs_out_leaves_no_words_on_the_tablet(begun, intake):
    page = intake(begun)
    page.fill("#complaint_words", "还没说完的话")
    assert page.evaluate("Object.values(sessionStorage).join()").count("还没说完的话") == 1
    page.locator("form[data-leaves] button").last.click()
    page.wait_for_url("**/login**")
    assert "还没说完的话" not in page.evaluate("Object.values(sessionStorage).join()")
