"""Twenty people write on one draft at the same moment: nothing is lost without anybody being told (R10)."""

import threading

import pytest

from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once
from workorders import head
from workorders.models import HeadChange, WorkOrder
from workorders.operations import head as heads

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crew():
    return factories.Crew(factories.store())


def write(order, by, n, **changes):
    """Save on a page of one's own that was opened with the version of `order`."""
    return heads.save(order, by=by, at=TUESDAY_NINE, version=order.version, page=f"page{n}", **changes)


def test_of_twenty_answers_to_one_question_one_counts_and_nineteen_are_told(crew):
    order, by = factories.draft(crew), crew.service_advisor
    order.refresh_from_db()
    brought = at_once(20, lambda n: write(order, by, n, other_contact=f"联系人{n}"))
    told = [answer for answer in brought if isinstance(answer, head.HeadChanged)]
    assert len(told) == 19
    order.refresh_from_db()
    winner = next(n for n, answer in enumerate(brought) if not isinstance(answer, head.HeadChanged))
    assert order.other_contact == f"联系人{winner}"
    assert {refusal.conflicts[0].theirs for refusal in told} == {order.other_contact}
    assert HeadChange.objects.filter(order=order).count() == 1


def test_of_fifty_pairs_none_loses_a_word_without_being_told(crew):
    order, by = factories.draft(crew), crew.service_advisor
    told = 0
    for n in range(50):
        order.refresh_from_db()
        words = [f"{n}甲", f"{n}乙"]
        brought = at_once(2, lambda k, words=words: write(order, by, k, other_contact=words[k]))
        told += sum(isinstance(answer, head.HeadChanged) for answer in brought)
    assert told == 50
    assert HeadChange.objects.filter(order=order).count() == 50


def test_different_fields_written_at_once_are_all_kept(crew):
    order, by = factories.draft(crew), crew.service_advisor
    order.refresh_from_db()
    fields = {"payment_method": "card", "old_parts": "look", "other_contact": "王芳", "wash_wanted": False}
    ticks = dict.fromkeys(head.TOLD, True)
    changes = list((fields | ticks).items())
    brought = at_once(len(changes), lambda n: write(order, by, n, **dict([changes[n]])))
    assert not [answer for answer in brought if isinstance(answer, Exception)]
    kept = WorkOrder.objects.get(pk=order.pk)
    assert {name: head.value(kept, name) for name in fields | ticks} == fields | ticks
    assert kept.version == order.version + len(changes)


def test_control_without_the_guard_all_but_one_answer_is_lost(crew):
    """The same written as read, wait, save: every one believes his word was kept."""
    order, by = factories.draft(crew), crew.service_advisor
    seen = threading.Barrier(20)

    def naive(n):
        mine = WorkOrder.objects.get(pk=order.pk)
        seen.wait(60)
        mine.other_contact = f"联系人{n}"
        mine.save(update_fields=["other_contact"])
        return by

    assert at_once(20, naive) == [by] * 20
    assert WorkOrder.objects.exclude(other_contact="").count() == 1


def test_control_without_the_guard_whole_rows_lose_each_others_fields(crew):
    order = factories.draft(crew)
    seen = threading.Barrier(2)

    def naive(n):
        mine = WorkOrder.objects.get(pk=order.pk)
        seen.wait(60)
        setattr(mine, ["payment_method", "old_parts"][n], ["card", "look"][n])
        mine.save()

    at_once(2, naive)
    order.refresh_from_db()
    assert (order.payment_method, order.old_parts) in [("card", ""), ("", "look")]
