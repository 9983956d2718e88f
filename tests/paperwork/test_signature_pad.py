"""Signing on the screen, with a real browser under the desk's own policy."""

import base64
import io

import pytest
from PIL import Image

from tests.browser.pages import PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.paperwork.pad_urls"),
]
BOX = "[data-signature-canvas]"
VALUE = "[data-signature-value]"


@pytest.fixture
def page(desk_page, advisor):
    page = desk_page(user=advisor, language="en")
    page.goto("/pad")
    return page


def draw(page):
    box = page.locator(BOX).bounding_box()
    places = [(0.1, 0.8), (0.3, 0.2), (0.5, 0.8), (0.9, 0.3)]
    x, y = places[0]
    page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    page.mouse.down()
    for x, y in places[1:]:
        page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y, steps=8)
    page.mouse.up()


def picture(page):
    """Send the form and return the picture the server kept."""
    page.click("#done")
    return Image.open(io.BytesIO(base64.b64decode(page.text_content("#arrived"))))


def ink(picture):
    return sum(picture.point(lambda shade: 255 if shade < 128 else 0).histogram()[255:])


def test_stroke_arrives_as_a_picture(page):
    page.fill("[name=name]", "王芳")
    assert page.input_value(VALUE) == ""
    draw(page)
    assert page.text_content("[data-signature-state]") != page.get_attribute("[data-signature]", "data-empty")
    assert ink(picture(page)) > 200


def test_clearing_takes_the_signature_away(page):
    draw(page)
    assert page.input_value(VALUE).startswith("data:image/png;base64,")
    page.click("[data-signature-clear]")
    assert page.input_value(VALUE) == ""


def test_touch_signs_and_does_not_scroll(page):
    """A finger instead of a mouse: pointer events of a touch reach the box."""
    page.locator(BOX).evaluate(
        """(canvas) => {
            const box = canvas.getBoundingClientRect();
            const send = (type, share) => canvas.dispatchEvent(new PointerEvent(type, {
                pointerId: 1, pointerType: "touch", isPrimary: true, bubbles: true, cancelable: true,
                buttons: type === "pointerup" ? 0 : 1, pressure: 0.5,
                clientX: box.left + box.width * share, clientY: box.top + box.height * (0.2 + share / 2),
            }));
            send("pointerdown", 0.1);
            for (let share = 0.1; share < 0.9; share += 0.05) send("pointermove", share);
            send("pointerup", 0.9);
        }"""
    )
    assert page.input_value(VALUE) != ""
    assert page.locator(BOX).evaluate("canvas => getComputedStyle(canvas).touchAction") == "none"


def test_turning_the_tablet_keeps_the_signature(page):
    page.fill("[name=name]", "王芳")
    draw(page)
    before = page.input_value(VALUE)
    page.set_viewport_size({"width": 600, "height": 1024})
    page.wait_for_function("before => document.querySelector('[data-signature-value]').value !== before", arg=before)
    kept = picture(page)
    assert ink(kept) > 150
    drawn = kept.point(lambda shade: 255 if shade < 128 else 0).getbbox()
    assert drawn[2] < kept.width  # squeezed to the narrower box, not cut off at its edge


def test_form_that_comes_back_still_shows_the_signature(page):
    draw(page)
    page.click("#done")  # the name is missing
    page.wait_for_selector(".errorlist")
    page.wait_for_function("document.querySelector('.signature-signed')")
    page.fill("[name=name]", "王芳")
    assert ink(picture(page)) > 200


def test_box_is_large_enough_for_a_hand(page):
    box = page.locator(BOX).bounding_box()
    button = page.locator("[data-signature-clear]").bounding_box()
    assert box["height"] >= 150
    assert box["width"] >= 400
    assert button["height"] >= 44


WAYS = ".signature-ways"


def test_not_signing_works_without_scripts(desk_page, advisor, technician):
    page = desk_page(user=advisor, language="en", scripts=False)
    page.goto("/signing")
    assert not page.locator("[name=reason]").is_visible()
    page.fill("[name=signer_name]", "王芳")
    page.click(f"{WAYS} summary")
    page.check("[name=unsigned][value=absent]")
    page.click("#done")
    assert page.locator("[name=reason]").is_visible()  # what is missing stands open
    assert page.is_checked("[name=unsigned][value=absent]")
    page.fill("[name=reason]", "came at night")
    page.select_option("[name=witness]", str(technician.pk))
    page.click("#done")
    assert page.text_content("#arrived") == f"absent|came at night|{technician}"


def test_ways_out_are_quiet_and_large_enough_for_a_finger(desk_page, advisor, technician, screenshot):
    page = desk_page(user=advisor, language="en", size=PHONE)
    page.goto("/signing")
    assert page.locator(f"{WAYS} summary").bounding_box()["height"] >= 44
    page.click(f"{WAYS} summary")
    labels = page.locator(f"{WAYS} .form-check").all()
    assert len(labels) == 3
    assert all(label.bounding_box()["height"] >= 44 for label in labels)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    screenshot(page, "paperwork-signing")
