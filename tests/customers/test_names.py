import pytest

from dealership.customers import names, numbers


@pytest.mark.parametrize(
    ("name", "surname"),
    [("王伟", "王"), ("欧阳娜娜", "欧阳"), ("诸葛亮", "诸葛"), ("司马", "司"), ("John Smith", "Smith"), ("", "")],
)
def test_surname(name, surname):
    assert names.surname(name) == surname


@pytest.mark.clause("3.6.2.5")
@pytest.mark.parametrize(
    ("name", "title", "language", "spoken"),
    [
        ("王伟", "mr", "zh-hans", "王先生"),
        ("王伟", "ms", "en", "Ms Wang"),
        ("欧阳娜娜", "ms", "zh-hans", "欧阳女士"),
        ("欧阳娜娜", "ms", "en", "Ms Ouyang"),
        ("单晓峰", "mr", "en", "Mr Shan"),
        ("John Smith", "mr", "en", "Mr Smith"),
        ("John Smith", "mr", "zh-hans", "Smith先生"),
        ("王伟", "", "zh-hans", "王伟"),
    ],
)
def test_salutation(name, title, language, spoken):
    assert names.salutation(name, title, language) == spoken


@pytest.mark.parametrize(
    ("name", "initials"),
    [("王伟", "ww"), ("单晓峰", "dxf sxf"), ("欧阳娜娜", "oynn"), ("John Smith", "js"), ("上海蓝天公司", "shltgs")],
)
def test_initials(name, initials):
    assert names.initials(name) == initials


def test_numbers_are_stored_one_way_and_shown_as_dialled():
    assert numbers.e164("138 0013 8000") == "+8613800138000"
    assert numbers.e164("021-6123 4567") == "+862161234567"
    assert numbers.e164("030 901820", region="DE") == "+4930901820"
    assert numbers.shown("+8613800138000") == "138 0013 8000"
    assert numbers.shown("+4930901820") == "+49 30 901820"


@pytest.mark.parametrize("text", ["", "12345", "abc", "1380013800"])
def test_a_wrong_number_is_refused(text):
    with pytest.raises(numbers.NotAPhoneNumber):
        numbers.e164(text)
