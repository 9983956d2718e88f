import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealership.customers import vins
from dealership.customers.vins import Fault

# Published examples: 49 CFR 565 / Wikipedia, and cars whose plates were photographed.
RIGHT = ["1M8GDM9AXKP042788", "11111111111111111", "5GZCZ43D13S812715", "1HGBH41JXMN109186"]
CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@pytest.mark.clause("3.2.1.4")
@pytest.mark.parametrize("vin", RIGHT)
def test_a_published_vin_is_right(vin):
    assert vins.problem(vin) is None


@pytest.mark.clause("3.2.1.4")
@pytest.mark.parametrize(
    ("vin", "fault", "blocks"),
    [
        ("1M8GDM9AXKP04278", Fault.LENGTH, True),
        ("1M8GDM9AXKP0427888", Fault.LENGTH, True),
        ("1M8GDM9AXKPO42788", Fault.CHARACTERS, True),
        ("1M8GDM9AXKPI42788", Fault.CHARACTERS, True),
        ("QM8GDM9AXKP042788", Fault.CHARACTERS, True),
        ("1M8GDM9A1KP042788", Fault.CHECK_DIGIT, False),
        ("WVWZZZ1JZ3W386752", Fault.CHECK_DIGIT, False),
        ("LSVAA2BR1CN123456", Fault.CHECK_DIGIT, True),
    ],
)
def test_a_wrong_vin_is_named(vin, fault, blocks):
    problem = vins.problem(vin)
    assert (problem.fault, problem.blocks) == (fault, blocks)


@given(st.text(CHARACTERS, min_size=17, max_size=17))
def test_the_check_digit_makes_a_vin_right(text):
    right = text[:8] + vins.check_digit(text) + text[9:]
    assert vins.problem(right) is None


@given(st.text(CHARACTERS, min_size=17, max_size=17), st.data())
def test_one_mistyped_digit_is_noticed(text, data):
    """A weight of 1 to 10 below the prime 11 leaves no single wrong digit unseen."""
    right = text[:8] + vins.check_digit(text) + text[9:]
    places = [place for place in range(17) if place != 8 and right[place].isdigit()]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != right[place]]))
    assert vins.problem(right[:place] + other + right[place + 1 :]).fault is Fault.CHECK_DIGIT


@given(st.text(max_size=30))
def test_normalising_twice_is_normalising_once(text):
    once = vins.normalise(text)
    assert vins.normalise(once) == once


def test_spaces_and_wide_letters_are_read():
    assert vins.normalise(" ｌｓｖ aa2br2-cn123456 ") == "LSVAA2BR2CN123456"
