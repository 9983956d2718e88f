"""Two tablets on one intake: nothing twice, and nothing slips in under the customer's signature."""

import threading
from uuid import uuid4

import pytest
from django.db.models import Max

from dealership.workflow import NotAllowed
from reception import operations
from reception.models import Complaint, DamageMark, Visit
from reception.operations import intake
from reception.states import State
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
TABLETS = 10


@pytest.fixture
def crew():
    return factories.Crew(factories.store())


@pytest.fixture
def ready(crew):
    """A visit with everything on it but the signature, and everybody's copy of it."""
    visit = factories.receiving(crew)
    return visit, [Visit.objects.select_related("store", "vehicle").get(pk=visit.pk) for _n in range(TABLETS)]


def refusals(brought):
    return [answer for answer in brought if isinstance(answer, NotAllowed)]


def test_words_sent_ten_times_at_once_are_one_line(crew, ready):
    (_visit, copies), by, key = ready, crew.service_advisor, uuid4()
    brought = at_once(TABLETS, lambda n: operations.note_complaint(copies[n], words="空调不冷", by=by, request_key=key))
    assert refusals(brought) == []
    assert {line.pk for line in brought} == {Complaint.objects.get(words="空调不冷").pk}


def test_ten_different_words_at_once_are_ten_lines_in_a_row(crew, ready):
    (visit, copies), by = ready, crew.service_advisor
    at_once(TABLETS, lambda n: operations.note_complaint(copies[n], words=f"话{n}", by=by, request_key=uuid4()))
    assert list(visit.complaints.values_list("position", flat=True)) == list(range(1, TABLETS + 2))


def test_control_without_the_lock_the_same_words_are_written_again_and_again(crew, ready):
    """The same written as look, then write, without a key: everybody has looked before anybody writes."""
    (visit, copies), looked = ready, threading.Barrier(TABLETS)

    def naive(n):
        known = Complaint.objects.filter(visit=visit, words="空调不冷").first()
        last = visit.complaints.aggregate(last=Max("position"))["last"]
        looked.wait(60)
        if known is None:
            Complaint.objects.create(visit=copies[n], position=last + 1 + n, words="空调不冷")

    at_once(TABLETS, naive)
    assert Complaint.objects.filter(words="空调不冷").count() == TABLETS


def test_one_damage_pressed_ten_times_at_once_is_one_mark(crew, ready):
    (_visit, copies), by, key = ready, crew.service_advisor, uuid4()
    facts = {"zone": "roof", "kind": "dent", "x": 200, "y": 180, "request_key": key}
    brought = at_once(TABLETS, lambda n: operations.mark_damage(copies[n], **facts, by=by, at=TUESDAY_NINE))
    assert refusals(brought) == []
    assert DamageMark.objects.filter(zone="roof").count() == 1


def sign_and_mark(crew, copies):
    """Let one tablet have the form signed while the others mark damages; what each brought."""
    by = crew.service_advisor

    def act(n):
        if n == 0:
            return operations.sign_intake(copies[0], outcome=factories.drawn(), by=by, at=TUESDAY_NINE)
        facts = {"zone": "roof", "kind": "dent", "x": n, "y": n, "request_key": uuid4()}
        return operations.mark_damage(copies[n], **facts, by=by, at=TUESDAY_NINE)

    return at_once(TABLETS, act)


def printed(paper):
    return len(paper.content["drawing"]["marks"])


def test_what_was_marked_is_what_was_signed(crew, ready):
    visit, copies = ready
    paper = sign_and_mark(crew, copies)[0]
    assert Visit.objects.get(pk=visit.pk).state == State.INSPECTED
    assert printed(paper) == visit.damage_marks.count(), "every mark that was kept stands on the paper"


def test_control_without_the_lock_a_damage_slips_in_under_the_signature(crew, ready, monkeypatch):
    """Everybody finds the form open before the customer signs: the paper does not know what is written afterwards."""
    visit, copies = ready
    looked = threading.Barrier(TABLETS)
    signed = threading.Event()

    def only_looked(seen, by):
        assert Visit.objects.get(pk=seen.pk).state == State.RECEIVING
        looked.wait(60)
        if seen is not copies[0]:
            signed.wait(60)

    monkeypatch.setattr(intake, "require_open", only_looked)

    def act(n):
        by = crew.service_advisor
        if n == 0:
            paper = operations.sign_intake.__wrapped__(copies[0], outcome=factories.drawn(), by=by, at=TUESDAY_NINE)
            signed.set()
            return paper
        intake.require_open(copies[n], by)
        return DamageMark.objects.create(visit=copies[n], zone="roof", kind="dent", marked_at=TUESDAY_NINE)

    paper = at_once(TABLETS, act)[0]
    assert visit.damage_marks.count() == printed(paper) + TABLETS - 1
