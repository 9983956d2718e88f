import pytest

from dealership.customers import operations, queries


def found(text, **kwargs):
    return [
        (row.customer.name if row.customer else None, row.vehicle.plate if row.vehicle else None)
        for row in queries.search(text, **kwargs)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "沪A12345",
        "沪a·12345",
        "沪A 123",
        "12345",
        "345",
        "A12",  # the beginning behind the province
        "234",
        "3456",  # end of the VIN
        "LSVAA2BR2CN123456",
        "cn123456",
        "8000",
        "138 0013 8000",
        "+86 13800138000",
        "1380013",
        "王",
        "王伟",
        "ww",
        "WW",
    ],
)
def test_everything_people_say_finds_the_car(wang, text):
    assert found(text) == [("王伟", "沪A12345")]


@pytest.mark.parametrize("text", ["", "  ", "45", "999", "李", "wl", "12346", "'; drop table", "%", "_"])
def test_nothing_else_does(wang, text):
    assert found(text) == []


def test_a_landline_is_found_with_its_trunk_zero(advisor, at):
    operations.register(name="李娜", phones=["021-6123 4567"], by=advisor, at=at)
    assert found("021 6123 4567") == [("李娜", None)]


def test_both_readings_of_a_surname_find(advisor, at):
    operations.register(name="单晓峰", by=advisor, at=at)
    assert found("sxf") == found("dxf") == [("单晓峰", None)]


def test_a_customer_appears_with_each_car_he_keeps_now(wang, car, advisor, at):
    operations.add_vehicle(keeper=wang, plate="沪C00001", by=advisor, at=at)
    assert found("王伟") == [("王伟", "沪A12345"), ("王伟", "沪C00001")]
    li = operations.register(name="李娜", by=advisor, at=at)
    operations.change_keeper(car, li, at.date(), by=advisor, at=at)
    assert found("王伟") == [("王伟", "沪C00001")]
    assert found("沪A12345") == [("李娜", "沪A12345")]


def test_the_very_plate_comes_first(wang, advisor, at):
    operations.add_vehicle(keeper=wang, plate="京A12345", by=advisor, at=at)
    operations.add_vehicle(keeper=wang, plate="A12345", plate_confirmed=True, by=advisor, at=at)
    assert [plate for _name, plate in found("沪A12345")] == ["沪A12345"]
    assert found("a12345")[0] == ("王伟", "A12345")


def test_the_limit_holds(advisor, at):
    for n in range(5):
        operations.register_with_car(name=f"王{n}", plate=f"沪D0000{n}", by=advisor, at=at)
    assert len(found("王", limit=3)) == 3
    assert len(found("沪D", limit=3)) == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_takes_five_queries_whatever_it_finds(advisor, at, rows, django_assert_num_queries):
    for n in range(rows):
        operations.register_with_car(name=f"王{n}", phones=[f"1380013800{n}"], plate=f"沪D0000{n}", by=advisor, at=at)
    with django_assert_num_queries(5):
        assert len([row.phone for row in queries.search("王")]) == rows


@pytest.mark.clause("1.1.1.4", "1.1.1.6")
def test_key_accounts_and_interests_are_lists(wang, advisor, at):
    fleet = operations.register(name="申江物流公司", kind="organisation", key_account=True, by=advisor, at=at)
    operations.correct(wang, interests="钓鱼 象棋", by=advisor, at=at)
    assert list(queries.customers(key_accounts=True)) == [fleet]
    assert list(queries.customers(interest="钓鱼")) == [wang]
    assert set(queries.customers()) == {wang, fleet}
