"""The customer answers himself: by a link that works once, or on the tablet in the lounge."""

from datetime import UTC, timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dealership.outbox.models import Message
from dealership.workflow import NotAllowed
from tests import factories
from tests.workorders import extras
from tests.workorders.extras import FOUND_AT, call, state_of
from tests.workorders.sheets import text
from workorders import notices
from workorders.forms.asking import mark
from workorders.models import Alert, Asking, CustomerContact, LabourLine
from workorders.operations import additional, asking
from workorders.operations.asking import LinkSpent, Said

SOON = FOUND_AT + timedelta(minutes=3)


@pytest.fixture
def at_eleven(client, crew, time_machine):
    time_machine.move_to(SOON.astimezone(UTC), tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    with translation.override("en"):
        yield client


def sent(crew, count=1, **customer):
    """A link to so many priced items."""
    car = factories.customer_with_car(crew.service_advisor, **customer)
    order = factories.in_progress(crew, car=car)
    items = [extras.quoted(crew, order=order, words=f"发现 {n}") for n in range(1, count + 1)]
    made = asking.send(order, by=crew.service_advisor, at=SOON)
    for item in items:
        item.refresh_from_db()
    return made, items


def page(made):
    return reverse("workorders:agree", args=[notices.token_of(made)])


def answered(items, *answers, **more):
    """What the browser sends: an answer to each item, and a signature drawn under exactly these."""
    values = {"seen": mark(items)}
    values |= {f"answer{item.pk}": said for item, said in zip(items, answers, strict=True)}
    signed = {"signer_name": "王建国", "signature": factories.signature_data_url(), "drawn": urlencode(values)}
    return values | signed | more


def spend(made, items, *, agreed=True, at=SOON):
    answers = {item.pk: Said(agreed) for item in items}
    asking.spend(made, answers=answers, signer_name="王建国", image=factories.signature_png(), at=at)


@pytest.mark.clause("2.4.4.3")
def test_sending_the_link_is_a_contact_and_goes_by_mail_where_it_can(at_eleven, crew):
    made, [item] = sent(crew, email="wang@example.com")
    assert (item.state, item.called_at) == ("calling", SOON)
    assert item.contacts.get().result == "sent"
    letter = Message.objects.get(dedupe_key=f"workorders.asking:{made.pk}")
    assert (letter.recipient, letter.language, letter.not_after) == ("wang@example.com", "zh-hans", made.expires_at)
    assert notices.address(made) in letter.body
    assert made.expires_at - made.made_at <= timedelta(hours=72)
    sent(crew)
    assert Message.objects.filter(dedupe_key__startswith="workorders.asking:").count() == 1


def test_there_is_no_link_to_nothing(at_eleven, crew):
    item = extras.found(crew)
    with pytest.raises(NotAllowed, match="Nothing is priced"):
        asking.send(item.order, by=crew.service_advisor, at=SOON)
    with pytest.raises(NotAllowed, match="role"):
        asking.send(item.order, by=crew.foreman, at=SOON)


@pytest.mark.clause("3.3.1.3")
@pytest.mark.clause("2.4.4.4")
def test_the_page_shows_all_and_looking_does_nothing(at_eleven, crew):
    made, [item] = sent(crew)
    for _look in range(2):
        shown = at_eleven.get(page(made))
        assert shown.status_code == 200
    for part in (crew.store.name, made.order.visit.vehicle.plate_shown, item.words, "¥598.00", "90 min", "new finish"):
        assert part in text(shown)
    assert shown["Referrer-Policy"] == "strict-origin"
    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in shown["Cache-Control"]
    picture = at_eleven.get(reverse("workorders:agree_photo", args=[notices.token_of(made), item.photos.get().pk]))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert (state_of(item), Asking.objects.get().spent_at) == ("calling", None)


@pytest.mark.clause("2.4.4.5")
def test_each_item_is_answered_by_itself_and_the_advisor_is_told(at_eleven, crew):
    made, items = sent(crew, count=2)
    no = {f"reason{items[1].pk}": "下次再做"}
    thanks = at_eleven.post(page(made), answered(items, "yes", "no", **no))
    assert (thanks.status_code, "Thank you" in text(thanks)) == (200, True)
    assert [state_of(item) for item in items] == ["approved", "refused"]
    made.refresh_from_db()
    assert (made.signer_name, made.spent_at) == ("王建国", SOON)
    assert bytes(made.signature).startswith(b"\x89PNG")
    said = CustomerContact.objects.get(item=items[1], result="refused")
    assert (said.by, said.channel, said.words, said.delay_told) == (None, "link", "下次再做", 90)
    line = LabourLine.objects.get(additional=items[1])
    assert (line.decision, line.decision_reason, line.decided_by) == ("declined", "下次再做", None)
    told = Alert.objects.get(about="answered", desk="advisor", order=made.order)
    assert told.words == "王建国 · 发现 1: 同意 · 发现 2: 不同意"
    again = at_eleven.post(page(made), answered(items, "yes", "yes"))
    assert (again.status_code, "used already" in text(again)) == (410, True)
    assert [state_of(item) for item in items] == ["approved", "refused"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"signature": ""}, "signature"),
        ({"signer_name": " "}, "signer_name"),
        ({"drawn": ""}, "signature"),
        ({"drawn": "seen=1-1"}, "signature"),
        ({"signer_name": "a\0b"}, "signer_name"),
        ({"seen": "1-0"}, "seen"),
    ],
)
def test_half_an_answer_is_none(at_eleven, crew, changed, field):
    made, items = sent(crew)
    refused = at_eleven.post(page(made), answered(items, "yes", **changed))
    assert refused.status_code == 422
    assert field in refused.context["form"].errors
    assert state_of(items[0]) == "calling"


def test_yes_or_no_and_nothing_else(at_eleven, crew):
    made, items = sent(crew, count=2)
    half = answered(items, "yes", "maybe")
    refused = at_eleven.post(page(made), half)
    assert list(refused.context["form"].errors) == [f"answer{items[1].pk}"]
    assert 'value="王建国"' in text(refused)
    with pytest.raises(NotAllowed, match="yes or no"):
        spend(made, items[:1])
    assert [state_of(item) for item in items] == ["calling", "calling"]


def test_another_price_an_answer_or_the_time_end_the_link(at_eleven, crew):
    made, [item] = sent(crew)
    extras.price(item, crew, SOON)
    shown = at_eleven.get(page(made))
    assert (shown.status_code, "Something has changed" in text(shown)) == (410, True)
    assert at_eleven.post(page(made), answered([item], "yes")).status_code == 410
    assert at_eleven.get(
        reverse("workorders:agree_photo", args=[notices.token_of(made), item.photos.get().pk])
    ).status_code == 404  # fmt: skip
    additional.withdraw(item, reason="看错了", by=crew.foreman, at=SOON)
    assert at_eleven.get(page(made)).status_code == 410
    again, [dearer] = sent(crew)
    extras.price(dearer, crew, SOON)
    call(dearer, crew, "thinks")  # asked again, but at another price than the link's
    assert at_eleven.get(page(again)).status_code == 410
    other, [called] = sent(crew)
    call(called, crew, "refused")
    with pytest.raises(LinkSpent, match="Something has changed"):
        spend(other, [called])
    assert Asking.objects.get(pk=other.pk).spent_at is None
    third, [late] = sent(crew)
    with pytest.raises(LinkSpent, match="run out"):
        spend(third, [late], at=SOON + timedelta(hours=72))
    assert state_of(late) == "calling"


@pytest.mark.parametrize("token", ["x", "a%00b", "é", "W10:x", "." * 300])
def test_rubbish_is_answered_with_a_sentence(at_eleven, crew, token):
    for answer in (at_eleven.get(f"/workorders/agree/{token}"), at_eleven.post(f"/workorders/agree/{token}")):
        assert (answer.status_code, "not valid" in text(answer)) == (404, True)
    assert at_eleven.get(f"/workorders/agree/{token}/photo/1").status_code == 404


def test_photos_of_others_are_not_on_the_link(at_eleven, crew):
    made, _items = sent(crew)
    other = extras.found(crew).photos.get()
    assert at_eleven.get(reverse("workorders:agree_photo", args=[notices.token_of(made), other.pk])).status_code == 404


def test_the_advisor_sees_the_link_to_copy_and_its_code(at_eleven, crew):
    item = extras.quoted(crew)
    at_eleven.force_login(crew.service_advisor)
    led = at_eleven.post(reverse("workorders:send_asking", args=[item.order_id]))
    made = Asking.objects.get()
    assert led["Location"] == reverse("workorders:asking", args=[made.pk])
    shown = text(at_eleven.get(led["Location"]))
    assert notices.address(made) in shown
    assert "data:image/svg+xml" in shown
    item.refresh_from_db()
    spend(made, [item])
    assert "used already" in text(at_eleven.get(led["Location"]))


def test_in_the_lounge_the_customer_signs_on_the_advisors_tablet(at_eleven, crew):
    item = extras.quoted(crew)
    at_eleven.force_login(crew.service_advisor)
    url = reverse("workorders:lounge", args=[item.order_id])
    assert "¥598.00" in text(at_eleven.get(url))
    assert at_eleven.post(url, answered([item], "yes", drawn="")).status_code == 422
    assert at_eleven.post(url, answered([item], "yes")).status_code == 302
    said = CustomerContact.objects.get(item=item)
    assert (said.by, said.channel, said.spoke_to, said.at) == (
        crew.service_advisor,
        "in_person",
        "王建国",
        timezone.now(),
    )
    assert (state_of(item), Asking.objects.get().channel) == ("approved", "in_person")
    assert at_eleven.get(url).status_code == 409


def test_in_the_lounge_nothing_is_kept_of_what_was_shown_differently(at_eleven, crew):
    item = extras.quoted(crew)
    facts = {"signer_name": "王建国", "by": crew.service_advisor, "at": SOON, "answers": {item.pk: Said(True)}}
    with pytest.raises(NotAllowed, match="have changed"):
        asking.sign_here(item.order, seen={item.pk: 0}, image=factories.signature_png(), **facts)
    with pytest.raises(NotAllowed, match="sign in the box"):
        asking.sign_here(item.order, seen={item.pk: 1}, image=b"", **facts)
    assert (state_of(item), Asking.objects.count()) == ("quoted", 0)


def test_of_several_items_the_finish_of_all_together_is_named(at_eleven, crew):
    made, items = sent(crew, count=2)
    shown = at_eleven.get(page(made))
    minutes = sum(item.delay_minutes for item in items)
    assert shown.context["together"][0] == minutes
    assert "If you agree to everything:" in text(shown)
    alone, _items = sent(crew, count=1)
    assert "If you agree to everything:" not in text(at_eleven.get(page(alone)))


@pytest.mark.parametrize(("count", "queries"), [(1, 5), (2, 9), (4, 9)])
def test_the_public_page_takes_a_fixed_number_of_queries(at_eleven, crew, count, queries, django_assert_num_queries):
    made, _items = sent(crew, count=count)
    with django_assert_num_queries(queries):
        at_eleven.get(page(made))
