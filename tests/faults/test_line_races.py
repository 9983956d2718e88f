"""Several people at one line at once: one case, one line of an offer, no work that begins under a case."""

import threading

import pytest

from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once
from tests.workorders.test_cases import unclear
from tests.workorders.test_offers import advised
from workorders.models import LabourLine, ManufacturerCase, Offer, WorkOrder
from workorders.operations import cases, lines, offers, writeup

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CROWD = 8


@pytest.fixture
def crew():
    return factories.Crew(factories.store())


def test_one_offer_accepted_by_many_is_one_line(crew):
    order, work = factories.draft(crew), factories.operation(name="刹车片")
    said, advisor = advised(crew, order.visit.vehicle), crew.service_advisor

    def accept(_n):
        return offers.accept(WorkOrder.objects.get(pk=order.pk), said, by=advisor, at=TUESDAY_NINE)

    brought = at_once(CROWD, accept)
    assert len({line.pk for line in brought}) == 1
    assert LabourLine.objects.filter(operation=work).count() == Offer.objects.count() == 1


def test_control_without_the_lock_each_adds_a_line(crew):
    order, work = factories.draft(crew), factories.operation(name="刹车片")
    said, advisor = advised(crew, order.visit.vehicle), crew.service_advisor
    looked = threading.Barrier(CROWD)

    def naive(_n):
        known = Offer.objects.filter(order=order, recommendation=said).exists()
        looked.wait(60)  # everybody has looked before anybody writes
        if not known:
            writeup.add_labour(
                WorkOrder.objects.get(pk=order.pk), operation=work, complaint=None, by=advisor, at=TUESDAY_NINE
            )

    at_once(CROWD, naive)
    assert LabourLine.objects.filter(operation=work).count() == CROWD


def test_a_case_opened_by_many_is_one_case(crew):
    _order, line = unclear(crew)
    advisor = crew.service_advisor

    def open_case(_n):
        mine = LabourLine.objects.get(pk=line.pk)
        return cases.open_case(mine, situation="异响", by=advisor, at=TUESDAY_NINE)

    assert len({case.pk for case in at_once(CROWD, open_case)}) == 1
    assert ManufacturerCase.objects.count() == 1


def test_the_manufacturers_answer_is_noted_once(crew):
    _order, line = unclear(crew)
    case = cases.open_case(line, situation="异响", by=crew.service_advisor, at=TUESDAY_NINE)
    cases.submit(case, situation="异响", diagnosis="磨损", by=crew.claims, at=TUESDAY_NINE)
    clerk = crew.claims

    def answer(n):
        mine = ManufacturerCase.objects.get(pk=case.pk)
        outcome = "approved" if n % 2 else "rejected"
        cases.answer(mine, outcome=outcome, approval_number="F1", by=clerk, at=TUESDAY_NINE)
        return outcome

    brought = at_once(CROWD, answer)
    [noted] = [outcome for outcome in brought if not isinstance(outcome, NotAllowed)]
    line.refresh_from_db()
    assert line.payer == ("manufacturer" if noted == "approved" else "customer")
    assert ManufacturerCase.objects.get().state == noted


def test_nothing_changes_between_reading_out_and_the_signature(crew):
    """One signs while others make the store pay: what is on the paper is what the line says."""
    order, advisor = factories.draft(crew), crew.service_advisor
    line = order.labour_lines.get()

    def act(n):
        if n == 0:
            return factories.sign(WorkOrder.objects.get(pk=order.pk), crew.service_advisor)
        return lines.set_payer(LabourLine.objects.get(pk=line.pk), payer="goodwill", by=advisor, at=TUESDAY_NINE)

    at_once(CROWD, act)
    line.refresh_from_db()
    order.refresh_from_db()
    signed_before = order.state == "signed"
    assert line.payer == ("customer" if signed_before else "goodwill")
    assert (line.confirmed_at is not None) == signed_before


PAYERS = ["insurer", "goodwill"] * (CROWD // 2)


def test_of_those_who_looked_at_the_same_row_one_is_kept_and_the_others_are_told(crew):
    order, advisor = factories.draft(crew), crew.service_advisor
    line = order.labour_lines.get()
    mark = line.mark

    def say(n):
        mine = LabourLine.objects.get(pk=line.pk)
        lines.set_payer(mine, payer=PAYERS[n], mark=mark, by=advisor, at=TUESDAY_NINE)
        return PAYERS[n]

    answers = at_once(CROWD, say)
    [kept] = [answer for answer in answers if not isinstance(answer, lines.LineChanged)]
    line.refresh_from_db()
    assert line.payer == kept


def test_control_without_the_mark_of_the_row_each_writes_over_the_last(crew):
    order, advisor = factories.draft(crew), crew.service_advisor
    line = order.labour_lines.get()

    def say(n):
        mine = LabourLine.objects.get(pk=line.pk)
        lines.set_payer(mine, payer=PAYERS[n], by=advisor, at=TUESDAY_NINE)
        return PAYERS[n]

    assert at_once(CROWD, say) == PAYERS, "everybody was told it is kept, and only the last is"


def test_a_package_pressed_by_many_is_one_package(crew):
    order, advisor, package = opened_with_package(crew)

    def press(_n):
        writeup.add_package(WorkOrder.objects.get(pk=order.pk), package=package, by=advisor, at=TUESDAY_NINE)

    answers = at_once(CROWD, press)
    assert sum(isinstance(answer, NotAllowed) for answer in answers) == CROWD - 1
    assert LabourLine.objects.filter(order=order, package=package).count() == 1


def test_control_without_holding_the_order_each_press_brings_the_package(crew):
    order, advisor, package = opened_with_package(crew)
    looked = threading.Barrier(CROWD)

    def naive(_n):
        empty = not LabourLine.objects.filter(order=order).exists()
        looked.wait(60)  # everybody has looked before anybody writes
        if empty:
            work = package.operations.get().operation
            writeup.add_labour(
                WorkOrder.objects.get(pk=order.pk), operation=work, complaint=None, by=advisor, at=TUESDAY_NINE
            )

    at_once(CROWD, naive)
    assert LabourLine.objects.filter(order=order).count() == CROWD


def opened_with_package(crew):
    visit = factories.taken_in(crew)
    order = writeup.open_order(visit, by=crew.service_advisor, at=TUESDAY_NINE)
    return order, crew.service_advisor, factories.package({factories.operation(): None})
