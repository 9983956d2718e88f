"""The customer agrees by his link while he refuses on the phone, and parts asked for in the same moment."""

import threading

import pytest

from dealership.workflow import NotAllowed
from tests import factories
from tests.faults.crowd import at_once
from tests.workorders import extras
from tests.workorders.extras import FOUND_AT, call
from workorders.models import AdditionalItem, Asking, CustomerContact, LabourLine, PartLine, WorkOrder
from workorders.operations import asking, diagnosis, slips
from workorders.operations.asking import Said

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CROWD = 8


@pytest.fixture
def crew():
    return factories.Crew(factories.store())


def sent(crew):
    item = extras.quoted(crew)
    made = asking.send(item.order, by=crew.service_advisor, at=FOUND_AT)
    item.refresh_from_db()
    return item, made


def spend(made, item, *, agreed):
    asking.spend(
        Asking.objects.select_related("order__store").get(pk=made.pk), answers={item.pk: Said(agreed)},
        signer_name="王建国", image=factories.signature_png(), at=FOUND_AT,
    )  # fmt: skip


def fresh(item):
    return AdditionalItem.objects.select_related("order").get(pk=item.pk)


def winners(brought):
    return [n for n, answer in enumerate(brought) if not isinstance(answer, NotAllowed)]


def test_yes_by_link_and_no_by_phone_at_once_is_one_answer(crew):
    item, made = sent(crew)
    advisor = crew.service_advisor

    def answer(n):
        if n % 2:
            call(fresh(item), crew, "refused", by=advisor, words="太贵")
        else:
            spend(made, item, agreed=True)

    [won] = winners(at_once(CROWD, answer))
    wanted = ("refused", "declined") if won % 2 else ("approved", "accepted")
    line = LabourLine.objects.get(additional=item)
    assert (fresh(item).state, line.decision) == wanted
    assert {part.decision for part in line.parts.all()} == {line.decision}
    assert CustomerContact.objects.filter(item=item, result__in=["agreed", "refused"]).count() == 1
    assert (Asking.objects.get().spent_at is not None) == (won % 2 == 0)


def test_control_who_looks_and_then_writes_keeps_both_answers(crew):
    item, _made = sent(crew)
    looked = threading.Barrier(CROWD)

    def naive(n):
        mine = AdditionalItem.objects.get(pk=item.pk)
        asked = mine.state == "calling"
        looked.wait(60)  # everybody has looked before anybody writes
        if asked:
            CustomerContact.objects.create(
                order_id=mine.order_id, item=mine, at=FOUND_AT, by_id=mine.quoted_by_id, channel="phone",
                result="refused" if n % 2 else "agreed", spoke_to="王", delay_told=90, finish_told_at=FOUND_AT,
            )  # fmt: skip

    at_once(CROWD, naive)
    assert CustomerContact.objects.filter(item=item, result__in=["agreed", "refused"]).count() == CROWD


def test_a_link_is_spent_once(crew):
    item, made = sent(crew)

    def press(n):
        spend(made, item, agreed=n % 2 == 0)

    [won] = winners(at_once(CROWD, press))
    assert fresh(item).state == ("approved" if won % 2 == 0 else "refused")
    assert CustomerContact.objects.filter(item=item, channel="link").exclude(result="sent").count() == 1


def test_control_without_the_compare_and_set_each_press_spends_it(crew):
    _item, made = sent(crew)
    looked = threading.Barrier(CROWD)

    def naive(n):
        unspent = Asking.objects.get(pk=made.pk).spent_at is None
        looked.wait(60)  # everybody has looked before anybody writes
        if unspent:
            return Asking.objects.filter(pk=made.pk).update(
                spent_at=FOUND_AT, signer_name=f"{n}", signature=factories.signature_png()
            )
        return 0

    assert sum(at_once(CROWD, naive)) == CROWD


def test_no_part_goes_out_and_no_work_begins_beside_a_refusal(crew):
    item, _made = sent(crew)
    line = LabourLine.objects.get(additional=item)
    part = PartLine.objects.get(labour=line)
    advisor, keeper, technician = crew.service_advisor, crew.parts, crew.technician

    def act(n):
        if n == 0:
            return call(fresh(item), crew, "refused", by=advisor, words="太贵")
        if n % 2:
            order = fresh(item).order
            return factories.issue_parts(order, to=technician, by=keeper, at=FOUND_AT, lines=[part.pk])
        return diagnosis.begin_repair(LabourLine.objects.get(pk=line.pk), by=technician, at=FOUND_AT)

    brought = at_once(CROWD, act)
    assert all(isinstance(answer, NotAllowed) for answer in brought[1:])
    line.refresh_from_db()
    assert (line.decision, line.repair_begun_at) == ("declined", None)
    assert not PartLine.objects.filter(labour=line).exclude(issued_at=None).exists()


def test_control_a_part_that_is_only_looked_for_goes_out_beside_the_refusal(crew):
    """Whoever asks for parts before the answer and writes after it has to look at the answer again."""
    item, _made = sent(crew)
    advisor, looked, answered = crew.service_advisor, threading.Barrier(2), threading.Event()

    def act(n):
        if n == 0:
            looked.wait(60)
            call(fresh(item), crew, "refused", by=advisor, words="太贵")
            return answered.set()
        seen = PartLine.objects.filter(labour__additional=item).exclude(decision="declined")
        wanted = [part.pk for part in seen]
        looked.wait(60)
        answered.wait(60)
        return PartLine.objects.filter(pk__in=wanted).update(issued_at=FOUND_AT)

    assert at_once(2, act)[1] == 1
    assert PartLine.objects.filter(decision="declined").exclude(issued_at=None).exists()


def test_one_slip_is_issued_and_taken_once(crew):
    item = extras.approved(crew)
    advisor, foreman = crew.service_advisor, crew.foreman

    def issue(_n):
        return slips.issue(WorkOrder.objects.get(pk=item.order_id), by=advisor, at=FOUND_AT)

    assert len(winners(at_once(CROWD, issue))) == 1

    def take(_n):
        return slips.take(WorkOrder.objects.get(pk=item.order_id), by=foreman, at=FOUND_AT)

    assert len(winners(at_once(CROWD, take))) == 1
    assert WorkOrder.objects.get(pk=item.order_id).head_changes.filter(at=FOUND_AT).count() == 1
