"""Parts between the stores of the group: asked for, agreed or refused, sent off, received."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from dealership.catalogue import operations, queries
from dealership.catalogue.models import Stock, StockMovement, Transfer
from dealership.catalogue.operations import OutOfStock, transfers
from dealership.catalogue.states import TRANSFER_TRANSITIONS, TransferState
from dealership.staff import operations as staff
from dealership.staff.roles import Role
from dealership.workflow import CLOCK, NotAllowed
from tests.catalogue.conftest import NOW

LIST = reverse("catalogue:transfers")
ASK = reverse("catalogue:ask_store")
DAY = NOW.date() + timedelta(days=1)


@pytest.fixture
def other(db):
    return staff.open_store(name="Pine Hill", code="PH")


@pytest.fixture
def theirs(other):
    """The parts clerk of the other store, which has five."""
    return staff.take_on(
        username="theirs", password="long enough 1", full_name="Their clerk", roles=[Role.PARTS], stores=[other]
    )


@pytest.fixture
def asked(store, clerk, other, theirs, part):
    operations.receive_goods(other, part, 5, by=CLOCK, at=NOW, reference="DN-1")
    return transfers.ask_for(store, part, 2, of=other, wanted_on=DAY, note="WO-7", by=clerk, at=NOW)


def quantity(store):
    return Stock.objects.filter(store=store).values_list("quantity", flat=True).first() or 0


def free(store):
    shelf = Stock.objects.get(store=store)
    return shelf.free


def test_a_part_goes_from_shelf_to_shelf_through_both_ledgers(asked, store, other, clerk, theirs):
    transfers.agree(asked, by=theirs, at=NOW)
    assert (quantity(other), free(other), quantity(store)) == (5, 3, 0)
    transfers.send(asked, by=theirs, at=NOW)
    assert (quantity(other), free(other), quantity(store)) == (3, 3, 0)
    transfers.receive(asked, by=clerk, at=NOW)
    assert (quantity(other), quantity(store)) == (3, 2)
    ledger = StockMovement.objects.exclude(kind="receipt").order_by("pk")
    assert [(row.store, row.kind, row.change, row.reference) for row in ledger] == [
        (other, "sent", -2, str(asked)),
        (store, "arrived", 2, str(asked)),
    ]
    assert [move.to_state for move in asked.moves.all()] == ["asked", "agreed", "sent", "received"]


@pytest.mark.parametrize("agreed", [False, True])
def test_refused_with_a_reason_it_is_free_again(asked, other, theirs, agreed):
    if agreed:
        transfers.agree(asked, by=theirs, at=NOW)
    with pytest.raises(NotAllowed):
        transfers.refuse(asked, reason=" ", by=theirs, at=NOW)
    transfers.refuse(asked, reason="自用", by=theirs, at=NOW)
    assert (asked.state, asked.moves.last().reason, free(other)) == ("refused", "自用", 5)


@pytest.mark.parametrize("agreed", [False, True])
def test_withdrawn_it_is_free_again(asked, other, clerk, theirs, agreed):
    if agreed:
        transfers.agree(asked, by=theirs, at=NOW)
    transfers.withdraw(asked, by=clerk, at=NOW)
    assert (asked.state, free(other)) == ("withdrawn", 5)


def test_more_than_is_free_is_not_agreed_to(asked, other, theirs, part):
    operations.reserve(other, part, 4, reference="order:1", by=CLOCK, at=NOW)
    with pytest.raises(OutOfStock):
        transfers.agree(asked, by=theirs, at=NOW)
    asked.refresh_from_db()
    assert (asked.state, free(other)) == ("asked", 1)


def test_what_was_counted_away_is_not_sent(asked, other, theirs, part):
    transfers.agree(asked, by=theirs, at=NOW)
    operations.correct(other, part, 1, reference="盘点", by=CLOCK, at=NOW)
    with pytest.raises(OutOfStock):
        transfers.send(asked, by=theirs, at=NOW)
    assert quantity(other) == 1


ACTS = {"agree": "theirs", "refuse": "theirs", "send": "theirs", "receive": "clerk", "withdraw": "clerk"}
BEFORE = {"agree": [], "refuse": [], "send": ["agree"], "receive": ["agree", "send"], "withdraw": []}


@pytest.mark.parametrize("name", ACTS)
def test_only_people_of_the_right_store_act(request, asked, clerk, theirs, name):
    people = {"clerk": clerk, "theirs": theirs}
    for step in BEFORE[name]:
        getattr(transfers, step)(asked, by=people[ACTS[step]], at=NOW)
    wrong = people["theirs" if ACTS[name] == "clerk" else "clerk"]
    words = {"reason": "自用"} if name == "refuse" else {}
    with pytest.raises(NotAllowed, match=r"Only people of|只有"):
        getattr(transfers, name)(asked, **words, by=wrong, at=NOW)


@pytest.mark.parametrize("state", TransferState.values)
@pytest.mark.parametrize("step", TRANSFER_TRANSITIONS, ids=lambda step: step.name)
def test_each_step_leads_on_from_its_states_alone(asked, clerk, theirs, state, step):
    Transfer.objects.filter(pk=asked.pk).update(state=state)
    asked.refresh_from_db()
    by = theirs if ACTS[step.name] == "theirs" else clerk
    words = {"reason": "自用"} if step.name == "refuse" else {}
    if state in step.sources:
        getattr(transfers, step.name)(asked, **words, by=by, at=NOW)
        assert asked.state == step.target
    else:
        with pytest.raises(NotAllowed):
            getattr(transfers, step.name)(asked, **words, by=by, at=NOW)


def test_what_cannot_be_asked(store, other, clerk, advisor, theirs, part):
    ask = transfers.ask_for
    wrong = [
        {"of": store, "by": clerk},
        {"of": other, "by": advisor},
        {"of": other, "by": theirs},
        {"of": other, "by": clerk, "wanted_on": NOW.date() - timedelta(days=1)},
    ]
    for facts in wrong:
        with pytest.raises(NotAllowed):
            ask(store, part, 1, at=NOW, **{"wanted_on": DAY} | facts)
    with pytest.raises(ValueError):
        ask(store, part, 0, of=other, wanted_on=DAY, by=clerk, at=NOW)
    assert not Transfer.objects.exists()


def test_the_database_knows_no_transfer_to_oneself(asked, store):
    for wrong in [{"giving": store}, {"quantity": 0}, {"state": "lost"}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Transfer.objects.filter(pk=asked.pk).update(**wrong)


def test_who_has_most_is_named_first(store, other, part):
    third = staff.open_store(name="Third", code="TH")
    operations.receive_goods(third, part, 9, by=CLOCK, at=NOW, reference="DN-1")
    operations.receive_goods(other, part, 3, by=CLOCK, at=NOW, reference="DN-1")
    assert [(one, one.free) for one in queries.siblings_with(store, part)] == [(third, 9), (other, 3)]


# Pages


@pytest.fixture
def english(client, clerk, theirs):
    for who in [clerk, theirs]:
        who.language = "en"
        who.save()
    client.force_login(clerk)
    return client


def typed(asked_for, other, /, **values):
    wanted = (NOW + timedelta(days=400)).date().isoformat()
    return {"part": asked_for.number, "quantity": "2", "of": other.pk, "wanted_on": wanted, "note": "WO-7"} | values


def test_one_store_asks_and_sees_what_the_other_does(english, other, clerk, theirs, part, time_machine):
    time_machine.move_to(NOW, tick=False)
    operations.receive_goods(other, part, 5, by=CLOCK, at=NOW, reference="DN-1")
    assert "Pine Hill (5 free)" in english.get(ASK, {"part": part.number}).content.decode()
    assert english.post(ASK, typed(part, other))["Location"] == LIST
    one = Transfer.objects.get()
    assert (one.asked_by, one.giving, one.quantity, one.note) == (clerk, other, 2, "WO-7")
    page = english.get(LIST).content.decode()
    assert "Withdraw" in page
    assert "Send off" not in page
    english.force_login(theirs)
    for step in ["agree", "send"]:
        assert english.post(reverse("catalogue:transfer_step", args=[one.pk, step]))["Location"] == LIST
    english.force_login(clerk)
    assert "Has arrived" in english.get(LIST).content.decode()
    english.post(reverse("catalogue:transfer_step", args=[one.pk, "receive"]))
    assert quantity(clerk.store) == 2


@pytest.mark.parametrize(
    "wrong", [{"part": "unknown"}, {"quantity": "0"}, {"of": "999"}, {"wanted_on": ""}, {"wanted_on": "2020-01-01"}]
)
def test_a_wrong_request_is_shown_again_with_what_was_typed(english, other, part, wrong):
    answer = english.post(ASK, typed(part, other, **wrong))
    assert answer.status_code == 422
    assert 'value="WO-7"' in answer.content.decode()
    assert not Transfer.objects.exists()


def test_a_refusal_needs_its_reason_on_the_page_too(english, asked, theirs):
    english.force_login(theirs)
    refuse = reverse("catalogue:refuse_transfer", args=[asked.pk])
    answer = english.post(refuse, {"reason": ""})
    assert answer.status_code == 422
    assert "Write down why the other store cannot have it." in answer.content.decode()
    assert english.post(refuse, {"reason": "自用"})["Location"] == LIST
    assert "自用" in english.get(LIST).content.decode()


def test_a_late_press_is_told_where_it_stands(english, asked, theirs):
    english.force_login(theirs)
    transfers.agree(asked, by=theirs, at=NOW)
    answer = english.post(reverse("catalogue:transfer_step", args=[asked.pk, "agree"]))
    assert answer.status_code == 409
    assert "agreed" in answer.content.decode()


def test_a_third_store_and_other_roles_do_not_reach_it(client, asked, advisor):
    third = staff.open_store(name="Third", code="TH")
    stranger = staff.take_on(
        username="third", password="long enough 1", full_name="x", roles=[Role.PARTS], stores=[third]
    )
    agree = reverse("catalogue:transfer_step", args=[asked.pk, "agree"])
    client.force_login(stranger)
    assert client.post(agree).status_code == 404
    assert asked.part.name not in client.get(LIST).content.decode()
    client.force_login(advisor)
    assert client.get(LIST).status_code == 403
    assert client.post(agree).status_code == 403


def test_a_store_alone_never_sees_the_word(client, clerk):
    clerk.language = "en"
    clerk.save()
    client.force_login(clerk)
    page = reverse("catalogue:stock")
    assert "ransfer" not in client.get(page).content.decode()
    staff.open_store(name="Pine Hill", code="PH")
    assert "Transfers" in client.get(page).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_row_and_for_three(
    english, asked, clerk, store, other, part, rows, django_assert_num_queries
):
    for _n in range(rows - 1):
        transfers.ask_for(store, part, 1, of=other, wanted_on=DAY, by=clerk, at=NOW)
    with django_assert_num_queries(8):
        page = english.get(LIST)
    assert len(page.context["rows"]) == rows
