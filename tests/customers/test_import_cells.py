import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealership.customers.imports import cells, columns

DAY = datetime.date(2023, 5, 6)


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-06",
        "2023/5/6",
        "2023.5.6",
        "2023年5月6日",
        "20230506",
        "2023-05-06 13:45:00",
        "2023-05-06T13:45:00",
        "45052",
    ],
)
def test_days_of_every_hand(text):
    assert cells.day(text, "CN") == DAY


@pytest.mark.parametrize("text", ["06/05/2023", "2023-02-30", "5月6日", "23-5-6", "yesterday", "1023-05-06"])
def test_a_day_that_could_mean_two_things_is_refused(text):
    with pytest.raises(cells.Unreadable):
        cells.day(text, "CN")


@given(st.dates(datetime.date(1955, 1, 1), datetime.date(2099, 12, 31)))
def test_serials_of_excel_are_days(day):
    serial = (day - datetime.date(1899, 12, 30)).days
    assert cells.day(str(serial), "CN") == day


@pytest.mark.clause("1.1.1.1")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1980-05-06", (1980, 5, 6, "solar")),
        ("5月6日", (None, 5, 6, "solar")),
        ("02-29", (None, 2, 29, "solar")),
        ("农历8月15日", (None, 8, 15, "lunar")),
        ("农历1980年2月30日", (1980, 2, 30, "lunar")),
        ("29346", (1980, 5, 5, "solar")),
    ],
)
def test_birthdays(text, told):
    assert tuple(cells.birthday(text, "CN").values()) == told


@pytest.mark.parametrize("text", ["1981-02-29", "02-30", "13-01", "农历8月31日", "农历13月1日"])
def test_birthdays_outside_the_calendar(text):
    with pytest.raises(cells.Unreadable):
        cells.birthday(text, "CN")


@pytest.mark.parametrize(
    ("text", "km"), [("45000", 45000), ("45,000 km", 45000), ("45000公里", 45000), ("4.5万公里", 45000), ("0", 0)]
)
def test_mileages(text, km):
    assert cells.km(text, "CN") == km


@pytest.mark.parametrize(("text", "fen"), [("1298.5", 129850), ("¥1,298.50", 129850), ("1298.5元", 129850), ("0", 0)])
def test_amounts(text, fen):
    assert cells.amount(text, "CN") == fen


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (cells.km, "-5"),
        (cells.km, "9999999"),
        (cells.km, "约五万"),
        (cells.km, "NaN"),
        (cells.amount, "-1"),
        (cells.amount, "Infinity"),
        (cells.amount, "1e400"),
        (cells.phones, "1.38E+10"),
        (cells.phones, "12345"),
        (cells.phones, "13800138000/12"),
        (cells.email, "nobody"),
        (cells.kind, "robot"),
        (cells.title, "Dr"),
        (cells.energy, "steam"),
        (cells.text(3), "four"),
        (cells.text(9), "#N/A"),
        (cells.plate, "京A123456789012"),
    ],
)
def test_what_cannot_be_read_says_so(read, text):
    with pytest.raises(cells.Unreadable) as refusal:
        read(text, "CN")
    assert str(refusal.value)


def test_several_numbers_in_a_cell():
    assert cells.phones("13800138000 / 021-61234567", "CN") == ["+8613800138000", "+862161234567"]


@pytest.mark.parametrize("text", ["", "  ", "-", "无", "NULL", "n/a", "'", "0000-00-00"])
def test_the_many_ways_to_write_nothing(text):
    assert cells.clean(text) == ""


def test_a_car_without_plate():
    assert cells.plate("未上牌", "CN") == ""


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["客户姓名", "手机", "车牌号", "行驶里程(公里)"], ["name", "mobile", "plate", "mileage"]),
        (["Customer Name", "Mobile_Phone", "VIN*", "Sale Date"], ["name", "mobile", "vin", "sale_on"]),
        (["\ufeff车主", "联系电话", "姓名", "无关"], ["name", "phone"]),
    ],
)
def test_headers_in_both_languages(header, names):
    assert [column.name for column in columns.recognised(header).values()] == names


def test_no_header_means_two_things():
    words = [word for column in columns.COLUMNS for word in column.headers.split()]
    assert len(words) == len(set(words))
    assert all(columns.key(word) == word for word in words)
