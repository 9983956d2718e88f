import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from dealership.customers import operations, queries
from dealership.customers.models import Channel, Consent, Contact, Customer, Phone


def register(advisor, at, **details):
    return operations.register(**{"name": "李娜", "by": advisor, "at": at} | details)


@pytest.mark.clause("1.1.1.3")
def test_a_customer_without_phone_is_welcome(advisor, at):
    customer = register(advisor, at, address_home="上海市南京西路1号", address_work="上海市四平路2号")
    customer.refresh_from_db()
    assert customer.phone is None
    assert (customer.address_home, customer.address_work) == ("上海市南京西路1号", "上海市四平路2号")


@pytest.mark.clause("1.1.1.3")
def test_the_first_phone_is_preferred_until_another_is(advisor, at):
    customer = register(advisor, at, phones=["13800138000", "021-61234567"])
    assert [(p.number, p.kind, p.preferred) for p in customer.phones.all()] == [
        ("+8613800138000", "mobile", True),
        ("+862161234567", "home", False),
    ]
    operations.prefer_phone(customer.phones.last(), by=advisor, at=at)
    assert Customer.objects.get(pk=customer.pk).phone.number == "+862161234567"


def test_the_same_number_twice_is_one(advisor, at):
    customer = register(advisor, at, phones=["13800138000", "+86 138 0013 8000"])
    assert customer.phones.count() == 1


def test_removing_the_preferred_phone_leaves_another_preferred(advisor, at):
    customer = register(advisor, at, phones=["13800138000", "13900139000"])
    operations.drop_phone(customer.phones.get(preferred=True), by=advisor, at=at)
    assert customer.phones.get().preferred


def test_a_wrong_phone_registers_nobody(advisor, at):
    with pytest.raises(operations.PhoneInvalid) as refusal:
        register(advisor, at, phones=["12345"])
    assert "phone" in refusal.value.message_dict
    assert not Customer.objects.exists()


def test_numbers_are_read_for_the_country_of_the_store(advisor, at):
    assert register(advisor, at, phones=["030 901820"], region="DE").phone.number == "+4930901820"


def test_initials_follow_the_name(wang, advisor, at):
    assert wang.initials == "ww"
    operations.correct(wang, by=advisor, at=at, name="单晓峰")
    wang.refresh_from_db()
    assert wang.initials == "dxf sxf"


def test_a_correction_leaves_other_fields_of_somebody_else_alone(wang, advisor, at):
    stale = Customer.objects.get(pk=wang.pk)
    operations.correct(wang, by=advisor, at=at, notes="喜欢安静")
    operations.correct(stale, by=advisor, at=at, email="w@example.com")
    wang.refresh_from_db()
    assert (wang.notes, wang.email) == ("喜欢安静", "w@example.com")


def test_a_correction_from_an_old_copy_keeps_the_initials_of_the_new_name(wang, advisor, at):
    stale = Customer.objects.get(pk=wang.pk)
    operations.correct(wang, by=advisor, at=at, name="李娜")
    operations.correct(stale, by=advisor, at=at, email="w@example.com")
    wang.refresh_from_db()
    assert (wang.name, wang.initials, wang.email) == ("李娜", "ln", "w@example.com")


def test_an_answer_given_to_an_old_page_is_not_put_over_a_newer_one(wang, advisor, at):
    operations.correct(wang, by=advisor, at=at, email="theirs@example.com", notes="安静")
    with pytest.raises(operations.ChangedMeanwhile) as refusal:
        operations.correct(
            wang, seen={"email": "", "title": "mr"}, email="mine@example.com", title="", by=advisor, at=at
        )
    assert refusal.value.stored == {"email": "theirs@example.com"}
    wang.refresh_from_db()
    assert (wang.email, wang.title) == ("theirs@example.com", "mr")


@pytest.mark.clause("1.1.1.1")
@pytest.mark.parametrize(
    ("birthday", "shown"),
    [
        ({"birth_year": 1992, "birth_month": 2, "birth_day": 29}, "1992-02-29"),
        ({"birth_month": 2, "birth_day": 29}, "02-29"),
        ({"birth_month": 8, "birth_day": 15, "birth_calendar": "lunar"}, "08-15 (lunar)"),
        ({"birth_month": 2, "birth_day": 30, "birth_calendar": "lunar"}, "02-30 (lunar)"),
        ({}, ""),
    ],
)
def test_a_birthday_comes_back_as_it_was_told(advisor, at, birthday, shown):
    customer = Customer.objects.get(pk=register(advisor, at, **birthday).pk)
    with translation.override("en"):
        assert customer.birthday_shown == shown


@pytest.mark.clause("1.1.1.1")
@pytest.mark.parametrize(
    "birthday",
    [
        {"birth_month": 2, "birth_day": 30},
        {"birth_month": 4, "birth_day": 31},
        {"birth_month": 13, "birth_day": 1},
        {"birth_month": 5},
        {"birth_year": 1980},
        {"birth_year": 80, "birth_month": 5, "birth_day": 6},
        {"birth_year": 1991, "birth_month": 2, "birth_day": 29},
        {"birth_month": 8, "birth_day": 31, "birth_calendar": "lunar"},
        {"birth_month": 8, "birth_day": 1, "birth_calendar": "maya"},
    ],
)
def test_a_day_outside_the_calendar_is_refused(advisor, at, birthday):
    with pytest.raises(ValidationError):
        register(advisor, at, **birthday)
    assert not Customer.objects.exists()


@pytest.mark.clause("3.1.3.5")
@pytest.mark.parametrize(
    ("wish", "title", "board"),
    [
        ("full", "mr", "王伟"),
        ("surname", "mr", "王先生"),
        ("surname", "", "Guest 王"),
        ("plate", "mr", "沪A·12345"),
    ],
)
def test_the_board_shows_what_the_customer_wished(wish, title, board):
    customer = Customer(name="王伟", title=title, board_display=wish)
    with translation.override("zh-hans" if title else "en"):
        assert customer.board_name("沪A·12345") == board


@pytest.mark.clause("3.1.3.5")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_plate_only_never_falls_back_to_the_name(language):
    with translation.override(language):
        assert "王" not in Customer(name="王伟", title="mr", board_display="plate").board_name("")


def test_the_salutation_follows_the_reader():
    customer = Customer(name="王伟", title="mr")
    with translation.override("zh-hans"):
        assert customer.salutation == "王先生"
    with translation.override("en"):
        assert customer.salutation == "Mr Wang"
        assert Customer(name="申江物流公司", kind="organisation", title="mr").salutation == "申江物流公司"


def test_the_call_time_is_a_span(advisor, at):
    with pytest.raises(ValidationError):
        register(advisor, at, call_from=datetime.time(18))
    with pytest.raises(ValidationError):
        register(advisor, at, call_from=datetime.time(18), call_until=datetime.time(9))


@pytest.mark.clause("1.1.1.2", "1.1.1.5")
def test_contacts_keep_family_and_key_persons(wang, advisor, at):
    operations.add_contact(
        wang, name="李娜", kind="family", relation="妻子", birth_month=6, birth_day=1, consented=True, by=advisor, at=at
    )
    operations.add_contact(wang, name="赵总", kind="key_person", phone="13900139000", by=advisor, at=at)
    assert [(c.name, c.phone) for c in wang.contacts.all()] == [("李娜", ""), ("赵总", "+8613900139000")]
    with pytest.raises(operations.PhoneInvalid):
        operations.add_contact(wang, name="x", kind="family", phone="1", by=advisor, at=at)
    with pytest.raises(ValidationError):
        operations.add_contact(wang, name="x", kind="neighbour", by=advisor, at=at)


def test_service_is_allowed_until_refused_and_marketing_the_other_way_round(wang, advisor, at):
    assert queries.may_contact(wang, "service", "call")
    assert not queries.may_contact(wang, "marketing", "call")


def test_the_latest_answer_counts_for_its_channel_only(wang, advisor, at):
    def say(granted, minutes, purpose="service"):
        moment = at + datetime.timedelta(minutes=minutes)
        operations.record_consent(wang, purpose=purpose, channel="sms", granted=granted, by=advisor, at=moment)

    say(False, 1)
    assert not queries.may_contact(wang, "service", "sms")
    assert queries.may_contact(wang, "service", "call")
    say(True, 2)
    assert queries.may_contact(wang, "service", "sms")
    say(True, 3, "marketing")
    say(False, 0, "marketing")  # told later, but said before
    assert queries.may_contact(wang, "marketing", "sms")
    assert Consent.objects.count() == 4


def test_the_answers_of_a_file_agree_with_may_contact(wang, advisor, at, django_assert_num_queries):
    operations.record_consent(wang, purpose="service", channel="call", granted=False, by=advisor, at=at)
    with django_assert_num_queries(1):
        answers = queries.consent_answers(wang)
    assert len(answers) == 2 * len(Channel)
    assert all(queries.may_contact(wang, a.purpose, a.channel) == a.allowed for a in answers)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Customer, {"kind": "robot"}),
        (Customer, {"title": "dr"}),
        (Customer, {"preferred_channel": "fax"}),
        (Customer, {"board_display": "all"}),
        (Customer, {"name": ""}),
        (Customer, {"birth_month": 2, "birth_day": 30}),
        (Customer, {"call_from": datetime.time(9)}),
        (Phone, {"number": "13800138000"}),
        (Phone, {"kind": "pager"}),
        (Contact, {"kind": "friend"}),
        (Consent, {"channel": "fax"}),
        (Consent, {"purpose": "fun"}),
    ],
)
def test_the_database_holds_the_rules_alone(wang, advisor, at, model, values):
    operations.add_contact(wang, name="李娜", kind="family", by=advisor, at=at)
    operations.record_consent(wang, purpose="service", channel="call", granted=False, by=advisor, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**values)
