import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealership.customers import plates


@pytest.mark.parametrize(
    ("plate", "form"),
    [
        ("京A12345", "ordinary"),
        ("豫GD12345", "new energy, small"),
        ("沪AF0123Q", ""),
        ("粤B12345D", "new energy, large"),
        ("京A1234挂", "trailer, driving school, police, Hong Kong or Macau"),
        ("京A1234学", "trailer, driving school, police, Hong Kong or Macau"),
        ("京A1234警", "trailer, driving school, police, Hong Kong or Macau"),
        ("粤Z1234港", "trailer, driving school, police, Hong Kong or Macau"),
        ("粤Z1234澳", "trailer, driving school, police, Hong Kong or Macau"),
        ("使014578", "embassy"),
        ("沪A0023领", "trailer, driving school, police, Hong Kong or Macau"),
        ("京AI2345", ""),
        ("京A1234", ""),
        ("京12345", ""),
        ("M-AB 123", ""),
        ("", ""),
    ],
)
def test_forms_of_plates(plate, form):
    assert plates.form(plate) == form


@pytest.mark.parametrize("typed", ["京a·12345", " 京Ａ12345 ", "京A-12345", "京A 123 45", "京A•12345"])
def test_separators_and_width_do_not_matter(typed):
    assert plates.normalise(typed) == "京A12345"


def test_a_plate_is_shown_with_its_point():
    assert plates.shown("京A12345") == "京A·12345"
    assert plates.shown("MAB123") == "MAB123"
    assert plates.shown("") == ""


@given(st.sampled_from(plates.PROVINCES), st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=5, max_size=5))
def test_every_ordinary_plate_is_chinese(province, serial):
    assert plates.is_chinese(f"{province}A{serial}")


@given(st.text(max_size=20))
def test_normalising_twice_is_normalising_once(text):
    once = plates.normalise(text)
    assert plates.normalise(once) == once
