import pytest

from dealership.customers import operations, queries
from dealership.customers.models import Customer, Merge
from dealership.customers.signals import customers_merged
from dealership.workflow import NotAllowed


@pytest.fixture
def twin(advisor, at):
    """The same 王伟, entered again as 王 伟 with another car and more knowledge."""
    customer, vehicle = operations.register_with_car(
        name="王 伟", phones=["13800138000", "13900139000"], plate="沪B54321", by=advisor, at=at
    )
    operations.correct(
        customer,
        email="w@example.com",
        interests="钓鱼",
        birth_month=5,
        birth_day=6,
        key_account=True,
        by=advisor,
        at=at,
    )
    operations.add_contact(customer, name="李娜", kind="family", by=advisor, at=at)
    operations.record_consent(customer, purpose="service", channel="sms", granted=False, by=advisor, at=at)
    operations.record_past_order(vehicle, customer, source="DMS", number="RO1", closed_on=at.date(), by=advisor, at=at)
    return customer


def test_everything_moves_to_the_survivor(wang, twin, manager, at):
    merged = operations.merge(wang, twin, by=manager, at=at)
    wang.refresh_from_db()
    assert sorted(k.vehicle.plate for k in wang.keepings.all()) == ["沪A12345", "沪B54321"]
    assert [(p.number, p.preferred) for p in wang.phones.all()] == [("+8613800138000", True), ("+8613900139000", False)]
    assert wang.contacts.get().name == "李娜"
    assert wang.past_orders.get().number == "RO1"
    assert not queries.may_contact(wang, "service", "sms")
    assert (wang.email, wang.interests, wang.birth_month, wang.key_account) == ("w@example.com", "钓鱼", 5, True)
    assert (merged.by, merged.at, len(merged.moved["keeping"])) == (manager, at, 1)


def test_the_survivors_own_answers_stay(wang, twin, advisor, manager, at):
    operations.correct(wang, email="own@example.com", interests="摄影", birth_month=7, birth_day=8, by=advisor, at=at)
    operations.merge(wang, twin, by=manager, at=at)
    wang.refresh_from_db()
    assert (wang.email, wang.interests, wang.birth_month) == ("own@example.com", "摄影 钓鱼", 7)


def test_the_duplicate_leads_to_the_survivor(wang, twin, manager, at):
    operations.merge(wang, twin, by=manager, at=at)
    assert list(Customer.objects.current()) == [wang]
    assert {row.customer for row in queries.search("王 伟")} == {wang}
    twin.refresh_from_db()
    assert queries.surviving(twin) == wang


def test_merging_again_flattens_the_trail(wang, twin, advisor, manager, at):
    third = operations.register(name="王薇", by=advisor, at=at)
    operations.merge(wang, twin, by=manager, at=at)
    operations.merge(third, wang, by=manager, at=at)
    twin.refresh_from_db()
    assert twin.merged_into == third
    assert Merge.objects.count() == 2


def test_apps_above_hear_of_it_inside_the_transaction(wang, twin, manager, at):
    heard = []

    def refuse(sender, survivor, duplicate, **kwargs):
        heard.append((survivor, duplicate))
        raise NotAllowed("not now")

    customers_merged.connect(refuse)
    try:
        with pytest.raises(NotAllowed):
            operations.merge(wang, twin, by=manager, at=at)
    finally:
        customers_merged.disconnect(refuse)
    assert heard == [(wang, twin)]
    twin.refresh_from_db()
    assert twin.merged_into is None
    assert twin.keepings.exists()


def test_a_customer_is_not_merged_into_itself_or_twice(wang, twin, manager, at):
    with pytest.raises(operations.CannotMerge):
        operations.merge(wang, wang, by=manager, at=at)
    operations.merge(wang, twin, by=manager, at=at)
    with pytest.raises(operations.CannotMerge):
        operations.merge(wang, twin, by=manager, at=at)
    with pytest.raises(operations.CannotMerge):
        operations.merge(twin, wang, by=manager, at=at)


def test_only_managers_merge(wang, twin, advisor, at):
    with pytest.raises(NotAllowed):
        operations.merge(wang, twin, by=advisor, at=at)
    assert not Merge.objects.exists()
