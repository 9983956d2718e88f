"""The intake on a tablet: taps counted, photos taken inside the step, nothing lost when the network is."""

from datetime import UTC
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reception import operations
from reception.models import Complaint, DamageMark, Photo, PointCheck, Visit
from reception.states import State
from tests import factories
from tests.browser.pages import TABLET
from tests.factories import TUESDAY_NINE
from tests.journeys.test_browser import draw_signature
from tests.reception.hand import Hand, keep_count
from tests.reception.test_screens import too_small, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"1280": (1280, 800), "1024": TABLET}


@pytest.fixture
def tuesday(time_machine):
    time_machine.move_to(TUESDAY_NINE.astimezone(UTC), tick=True)


@pytest.fixture
def known(crew):
    """A booked customer whose car has its VIN on file."""
    car = factories.customer_with_car(crew.service_advisor, vin=factories.vin(5), mileage=38000)
    return factories.appointment(crew, car=car, cause="maintenance", reason="四万公里保养")


@pytest.fixture
def begun(crew, known):
    visit = operations.receive_appointment(known, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.receive(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    operations.fit_covers(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    return visit


def picture(tmp_path):
    file = Path(tmp_path) / "dent.jpg"
    file.write_bytes(factories.photo((2400, 1800), "darkred"))
    return file


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_booked_known_car_is_signed_within_twelve_taps(tuesday, known, crew, desk_page, screenshot, language):
    page = desk_page(language, TABLET, user=crew.service_advisor)
    page.goto(reverse("reception:lane"))
    hand = Hand(page)
    hand.tap('form[action*="/arrive/"] button')
    hand.press("receive")
    hand.press("covers")
    hand.press("vin")
    hand.type("#mileage_mileage", "40210")
    hand.press("fuel", 'button[value="4"]')
    hand.press("along")
    hand.press("rest")
    hand.press("booked")
    hand.press("valuables", 'button[value="none"]')
    hand.press("papers", "button[name=all_received]")
    expect(page.locator("#progress li.past")).to_have_count(5)
    screenshot(page, f"intake-complete-{language}-1024")
    draw_signature(page, "#sign")
    hand.press("sign", "button.btn-success")
    expect(page.locator(".alert-success[role=status]")).to_be_visible()
    visit = Visit.objects.get()
    assert (visit.state, visit.mileage) == (State.INSPECTED, 40210)
    keep_count("booked known car, arrival to signed intake", 12, hand)
    assert hand.taps <= 12


def test_a_damage_with_its_photo_is_three_taps(tuesday, begun, crew, desk_page, tmp_path):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    hand = Hand(page)
    hand.tap('[data-zone="left_front_door"] rect')
    hand.press("point", 'button[value="dent"]')
    expect(page.locator("#damages .damage")).to_have_count(1)
    with page.expect_file_chooser() as camera:
        hand.tap("#damages label:has(input[type=file])")
    camera.value.set_files(picture(tmp_path))
    expect(page.locator("#damages img.thumb")).to_have_count(1)
    mark, photo = DamageMark.objects.get(), Photo.objects.get()
    assert (mark.zone, mark.kind, photo.mark) == ("left_front_door", "dent", mark)
    assert mark.x is not None
    keep_count("damage mark with photo", 3, hand)
    assert hand.taps <= 3


def test_the_kinds_of_damage_are_in_sight_where_the_drawing_is_tapped(tuesday, begun, crew, desk_page, screenshot):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    for zone in ["front_bumper", "left_front_door", "rear_bumper"]:
        place = page.locator(f'[data-zone="{zone}"] rect').first
        page.evaluate("zone => document.querySelector(`[data-zone=${zone}]`).scrollIntoView({block: 'center'})", zone)
        place.click()
        for button in page.locator("#walkround .answers button").all():
            expect(button).to_be_in_viewport(ratio=1)
        expect(place).to_be_in_viewport()
    screenshot(page, "intake-answers-zh-hans-1024")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_screen_fits_and_every_target_fits_a_finger(tuesday, begun, crew, desk_page, screenshot, language, size):
    by = crew.service_advisor
    operations.mark_damage(begun, zone="left_front_door", kind="scratch", x=60, y=160, by=by, at=TUESDAY_NINE)
    operations.mark_damage(begun, zone="radio", kind="broken", by=by, at=TUESDAY_NINE)
    operations.note_complaint(begun, words="过减速带时底盘有异响", by=by)
    page = desk_page(language, SIZES[size], user=by)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    screenshot(page, f"intake-{language}-{size}")
    assert not too_wide(page)
    assert too_small(page) == []


def test_nothing_is_lost_and_nothing_comes_twice_when_the_network_drops(
    tuesday, begun, crew, desk_page, screenshot, tmp_path
):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, offline=True)
    page.clock.install(time=TUESDAY_NINE)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    hand = Hand(page)
    page.context.set_offline(True)
    hand.press("fuel", 'button[value="6"]')
    hand.tap('[data-zone="left_rear_door"] rect')
    hand.press("point", 'button[value="scratch"]')
    waiting = page.locator("#damages .pending")
    expect(waiting).to_have_count(1)
    with page.expect_file_chooser() as camera:
        hand.tap("#damages .pending label:has(input[type=file])")
    camera.value.set_files(picture(tmp_path))
    page.fill("#complaint_words", "空调不冷")
    hand.press("complaint", "button.btn-primary")
    page.fill("#complaint_words", "还没说完的话")
    hand.press("rest")
    expect(page.locator("#kept li")).to_have_count(5)
    screenshot(page, "intake-offline-zh-hans-1024")
    expect(page.locator("#kept li").first).to_contain_text("09:00")  # since when it waits, by the store's clock
    for _second in range(60):  # the desk is asked again and again meanwhile, and nothing gets through
        page.clock.run_for(1000)
    expect(page.locator("#kept li")).to_have_count(5)
    assert not DamageMark.objects.exists()
    page.context.set_offline(False)
    page.clock.run_for(30_000)
    expect(page.locator("#kept li")).to_have_count(0, timeout=45_000)
    expect(page.locator("#progress li.past")).to_have_count(1, timeout=10_000)
    begun.refresh_from_db()
    assert begun.fuel == 6
    assert [(mark.zone, mark.kind) for mark in DamageMark.objects.all()] == [("left_rear_door", "scratch")]
    assert Photo.objects.get().mark == DamageMark.objects.get()
    assert [line.words for line in Complaint.objects.all()] == ["空调不冷"]
    assert PointCheck.objects.filter(result="ok").count() == PointCheck.objects.count() - 1
    assert page.input_value("#complaint_words") == "还没说完的话", "what is half typed stays"


def test_an_answer_that_got_lost_on_its_way_back_is_kept_once(tuesday, begun, crew, desk_page):
    """The desk kept the answer, but the tablet never heard of it: it sends again, and there is one."""
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, offline=True)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    sent = []

    def swallow(route):
        sent.append(route.request.post_data)
        if len(sent) == 1:
            route.fetch()  # the desk gets it
            route.abort()  # the tablet gets nothing
        else:
            route.continue_()

    page.route("**/complaint", swallow)
    page.fill("#complaint_words", "方向盘抖")
    page.locator('form[action$="/complaint"] button.btn-primary').click()
    expect(page.locator("#step-words .own-words")).to_have_text("方向盘抖", timeout=15_000)
    assert len(sent) == 2
    assert Complaint.objects.count() == 1


def test_what_waits_survives_the_page_and_belongs_to_who_pressed(tuesday, begun, crew, desk_page):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, offline=True)
    address = reverse("reception:intake", args=[begun.pk])
    page.goto(address)
    page.route("**/fuel", lambda route: route.abort())
    page.locator('form[action$="/fuel"] button[value="2"]').click()
    expect(page.locator("#kept li")).to_have_count(1)
    page.reload()
    expect(page.locator("#kept li")).to_have_count(1)
    page.unroute("**/fuel")
    expect(page.locator('form[action$="/fuel"] button[value="2"][aria-pressed]')).to_be_visible(timeout=45_000)
    begun.refresh_from_db()
    assert begun.fuel == 2


def test_the_signature_waits_for_what_is_not_sent(tuesday, crew, desk_page):
    visit = factories.receiving(crew)
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, offline=True)
    page.goto(reverse("reception:intake", args=[visit.pk]))
    page.context.set_offline(True)
    page.locator('form[action$="/belongings"] input[name=belongings]').fill("雨伞")
    page.locator('form[action$="/belongings"] button').click()
    draw_signature(page, "#sign")
    page.locator('form[action$="/sign"] button.btn-success').click()
    expect(page.locator("#kept li")).to_have_count(1)
    assert Visit.objects.get().state == State.RECEIVING
    page.context.set_offline(False)
    expect(page.locator("#kept li")).to_have_count(0, timeout=45_000)
    expect(page.locator("#sign [data-signature-state]")).to_contain_text("重新签")  # what he signs has changed
    draw_signature(page, "#sign")
    page.locator('form[action$="/sign"] button.btn-success').click()
    expect(page.locator("#step-sign .bi-check-circle-fill")).to_be_visible()
    stored = Visit.objects.get()
    assert (stored.state, stored.belongings) == (State.INSPECTED, "雨伞")


def test_after_another_log_in_what_waits_is_sent_with_a_fresh_token(tuesday, begun, crew, desk_page):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, statuses=[403])
    page.goto(reverse("reception:intake", args=[begun.pk]))
    page.context.clear_cookies(name="csrftoken")  # what a log-in beside this page does to its token
    page.fill("#complaint_words", "空调不冷")
    page.locator('form[action$="/complaint"] button.btn-primary').click()
    expect(page.locator("#step-words .own-words")).to_have_text("空调不冷")
    assert Complaint.objects.get().words == "空调不冷"


def test_words_that_come_too_late_are_shown_and_not_swallowed(tuesday, crew, desk_page):
    """A colleague has the form signed while this tablet is without a network: the words are still there to read."""
    visit = factories.receiving(crew)
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, offline=True)
    page.goto(reverse("reception:intake", args=[visit.pk]))
    page.context.set_offline(True)
    page.fill("#complaint_words", "还有空调不冷")
    page.locator('form[action$="/complaint"] button.btn-primary').click()
    expect(page.locator("#kept li")).to_have_count(1)
    operations.sign_intake(visit, outcome=factories.drawn(), by=crew.service_advisor, at=TUESDAY_NINE)
    page.context.set_offline(False)
    expect(page.locator("#kept.alert-danger li")).to_contain_text("还有空调不冷", timeout=45_000)
    assert not Complaint.objects.filter(words="还有空调不冷").exists()


class Held:
    """Answers to one press that stay on their way until they are let go."""

    def __init__(self, page, address):
        self.page, self.routes = page, []
        page.route(address, lambda route: self.routes.append(route))

    def let_go(self, seen):
        """Let the answers come, and wait until the page shows them."""
        for route in self.routes:
            route.continue_()
        expect(self.page.locator(seen).first).to_be_visible()


def test_an_answer_that_comes_late_does_not_take_the_field_away_that_is_typed_in(tuesday, begun, crew, desk_page):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    held = Held(page, "**/vin")
    page.locator('form[action$="/vin"] button').first.click()
    page.locator("#mileage_mileage").press_sequentially("402")
    held.let_go("#step-car .bi-check-circle-fill")
    assert page.evaluate("document.activeElement.id") == "mileage_mileage"
    page.keyboard.type("10")
    with page.expect_response("**/mileage"):
        page.keyboard.press("Tab")
    begun.refresh_from_db()
    assert begun.mileage == 40210


def test_an_answer_that_comes_late_leaves_the_point_the_advisor_chose(tuesday, begun, crew, desk_page):
    """The next damage is on the door he tapped, not on the point the desk thinks comes next."""
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    held = Held(page, "**/point")
    answers = page.locator("#walkround .answers")
    page.locator('[data-zone="left_front_door"] rect').first.click()
    answers.locator('button[value="dent"]').click()
    page.locator('[data-zone="left_rear_door"] rect').first.click()
    held.let_go("#damages .damage:not(.pending)")
    assert page.locator("#walkround input[name=zone]:checked").get_attribute("value") == "left_rear_door"
    page.unroute("**/point")
    answers.locator('button[value="scratch"]').click()
    expect(page.locator("#damages .damage:not(.pending)")).to_have_count(2)
    marks = {mark.zone: mark for mark in DamageMark.objects.all()}
    assert {zone: mark.kind for zone, mark in marks.items()} == {"left_front_door": "dent", "left_rear_door": "scratch"}
    assert marks["left_rear_door"].x is not None, "where he tapped is kept too"
    chosen = page.locator("#walkround input[name=zone]:checked").get_attribute("value")
    assert chosen not in marks, "after his own answer the next open point is chosen"


def test_an_answer_that_comes_while_the_camera_is_open_does_not_lose_its_photo(
    tuesday, begun, crew, desk_page, tmp_path
):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    held = Held(page, "**/point")
    page.locator('[data-zone="left_front_door"] rect').first.click()
    page.locator('#walkround button[value="dent"]').click()
    with page.expect_file_chooser() as camera:
        page.locator("#damages .pending label:has(input[type=file])").click()
    held.let_go("#damages .damage:not(.pending)")
    camera.value.set_files(picture(tmp_path))
    expect(page.locator("#damages img.thumb")).to_have_count(1)
    assert Photo.objects.get().mark == DamageMark.objects.get()


def test_one_press_the_desk_breaks_on_does_not_hold_up_the_rest(tuesday, begun, crew, desk_page):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, statuses=[500])
    page.clock.install(time=TUESDAY_NINE)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    asked = []

    def broken(route):
        asked.append(route.request.url)
        route.fulfill(status=500, body="")

    page.route("**/complaint", broken)
    page.fill("#complaint_words", "空调不冷")
    page.locator('form[action$="/complaint"] button.btn-primary').click()
    page.locator('form[action$="/fuel"] button[value="2"]').click()
    for _second in range(30):
        page.clock.run_for(1000)
    expect(page.locator('form[action$="/fuel"] button[value="2"][aria-pressed]')).to_be_visible(timeout=15_000)
    lost = page.locator("#kept.alert-danger li")
    expect(lost).to_contain_text("空调不冷")
    page.reload()
    expect(lost).to_contain_text("空调不冷")  # until somebody has read it
    page.locator("#kept button").click()
    expect(page.locator("#kept")).to_be_hidden()
    assert len(asked) == 5
    begun.refresh_from_db()
    assert begun.fuel == 2


def test_a_finger_that_bounces_marks_one_damage(tuesday, begun, crew, desk_page):
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor)
    page.goto(reverse("reception:intake", args=[begun.pk]))
    page.locator('[data-zone="left_front_door"] rect').first.click()
    page.locator('#walkround button[value="dent"]').dblclick()
    page.locator('form[action$="/fuel"] button[value="2"]').click()
    expect(page.locator('form[action$="/fuel"] button[value="2"][aria-pressed]')).to_be_visible()
    assert [mark.zone for mark in DamageMark.objects.all()] == ["left_front_door"]


def test_a_signature_without_a_network_says_so_until_there_is_one(tuesday, crew, desk_page):
    visit = factories.receiving(crew)
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, offline=True)
    page.goto(reverse("reception:intake", args=[visit.pk]))
    draw_signature(page, "#sign")
    page.context.set_offline(True)
    page.locator('form[action$="/sign"] button.btn-success').click()
    expect(page.locator("#kept.alert-warning")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#kept")).to_be_hidden()
    page.locator('form[action$="/sign"] button.btn-success').click()
    expect(page.locator("#step-sign .bi-check-circle-fill")).to_be_visible()


IN_SIGHT = """(box) => {
  const { left, top, width, height } = box.getBoundingClientRect();
  return box.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


def test_why_a_signature_is_refused_is_in_sight(tuesday, begun, crew, desk_page):
    """Also with the list of what is missing unfolded, which sticks above it."""
    page = desk_page("zh-hans", TABLET, user=crew.service_advisor, statuses=[422])
    page.goto(reverse("reception:intake", args=[begun.pk]))
    page.locator("#progress summary").click()
    draw_signature(page, "#sign")
    page.locator('form[action$="/sign"] button.btn-success').click()
    refusal = page.locator("#sign .alert-danger")
    expect(refusal).to_be_visible()
    assert refusal.evaluate(IN_SIGHT)
