"""Two inspectors, a drive that leaves while the advisor looks, two clocks: one of them is first, on either database."""

import threading
from datetime import timedelta

import pytest

from dealership.paperwork.models import IssuedDocument
from dealership.staff.roles import Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once, without_constraint
from workorders import models, queries
from workorders.models import About, FinalCheck, QualityCheck, WorkOrder
from workorders.operations import alerts, care, delivery, pickup, ready
from workorders.states import HAND_OVER, MAKE_READY, PASS

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CROWD = 6
LATER = TUESDAY_NINE + timedelta(hours=1)


@pytest.fixture
def crew():
    made = factories.Crew(factories.store())
    for role in ("foreman", "technician", "team_leader", "quality_inspector", "service_advisor"):
        getattr(made, role)
    return made


def fresh(order):
    return WorkOrder.objects.get(pk=order.pk)


def refused(brought):
    return [one for one in brought if isinstance(one, NotAllowed)]


@pytest.mark.clause("2.5.4")
def test_of_many_inspectors_one_signs_the_round(crew):
    order = factories.finished(crew)
    people = [factories.person(Role.QUALITY_INSPECTOR, crew.store) for _n in range(CROWD)]
    factories.drive_it(order, people[0])
    brought = at_once(CROWD, lambda n: factories.inspect(fresh(order), crew, by=people[n], drive=False))
    assert len(refused(brought)) == CROWD - 1
    check = QualityCheck.objects.get()
    assert IssuedDocument.objects.filter(kind="quality").get() == check.sheet
    assert order.moves.filter(to_state="passed").count() == 1


def test_control_without_holding_the_order_every_inspector_signs_one(crew):
    order, looked = factories.finished(crew), threading.Barrier(CROWD)
    people = [factories.person(Role.QUALITY_INSPECTOR, crew.store) for _n in range(CROWD)]

    def naive(n):
        mine = fresh(order)
        possible, number = PASS.possible(mine), mine.checks.count() + 1
        looked.wait(60)
        if possible:
            QualityCheck.objects.create(
                order=mine, round=number, inspector=people[n], passed=True, checked_at=TUESDAY_NINE
            )

    with without_constraint(QualityCheck, "qualitycheck_round_once"):
        at_once(CROWD, naive)
        rounds = QualityCheck.objects.count()
    assert rounds == CROWD


@pytest.mark.clause("C19")
@pytest.mark.parametrize("turn", range(3))
def test_a_car_that_is_driven_while_the_advisor_looks_is_not_ready_or_stays(crew, turn):
    order = factories.washed(crew)

    def act(n):
        mine = fresh(order)
        if n == turn % 2:
            ready.make_ready(mine, factories.looked(), by=crew.service_advisor, at=LATER)
        else:
            care.drive_out(mine, km_out=order.visit.mileage + 9, by=crew.quality_inspector, at=LATER)

    brought = at_once(2, act)
    assert len(refused(brought)) == 1
    driven = models.TestDrive.objects.filter(order=order, back_at=None).exists()
    assert (fresh(order).state == "ready") != driven


def test_control_without_holding_the_order_it_is_ready_and_on_the_road(crew):
    order, looked = factories.washed(crew), threading.Barrier(2)

    def naive(n):
        mine = fresh(order)
        clean, here = queries.ready.wash_of(mine) is not None, MAKE_READY.possible(mine)
        looked.wait(60)
        if n and clean:
            WorkOrder.objects.filter(pk=mine.pk).update(state="ready")
        elif here:
            models.TestDrive.objects.create(order=mine, driver=crew.quality_inspector, left_at=LATER, km_out=99_000)

    at_once(2, naive)
    assert fresh(order).state == "ready"
    assert models.TestDrive.objects.filter(order=order, back_at=None).exists()


@pytest.mark.clause("2.4.6.2")
@pytest.mark.parametrize("turn", range(3))
def test_a_car_is_shown_or_its_new_damage_is_reported_never_both(crew, turn):
    order = factories.told(crew)

    def act(n):
        mine = fresh(order)
        if n == turn % 2:
            delivery.hand_over(mine, **factories.shown(mine), by=crew.service_advisor, at=LATER)
        else:
            ready.report_damage(mine, words="划痕", by=crew.service_advisor, at=LATER)

    assert len(refused(at_once(2, act))) == 1
    assert (fresh(order).state == "handed_over") != order.incidents.exists()


def test_control_without_holding_the_order_it_is_shown_with_damage_nobody_decided_about(crew):
    order, looked = factories.told(crew), threading.Barrier(2)

    def naive(n):
        mine = fresh(order)
        sound, here = not queries.ready.obstacles_to_showing(mine, LATER), HAND_OVER.possible(mine)
        looked.wait(60)
        if n and sound:
            WorkOrder.objects.filter(pk=mine.pk).update(state="handed_over")
        elif here:
            mine.incidents.create(words="划痕", found_by=crew.service_advisor, found_at=LATER)

    at_once(2, naive)
    assert fresh(order).state == "handed_over"
    assert order.incidents.filter(decided_at=None).exists()


@pytest.mark.clause("2.6.3.1")
def test_of_many_clocks_one_alerts_of_a_customer_not_told(crew):
    order = factories.made_ready(crew)
    brought = at_once(CROWD, lambda _n: pickup.sweep(LATER)["notices"])
    assert sorted(brought) == [*[0] * (CROWD - 1), 1]
    assert order.alerts.filter(about=About.NOTICE_LATE).count() == 2  # advisor and manager


def test_control_without_the_claim_every_clock_alerts(crew):
    order, looked = factories.made_ready(crew), threading.Barrier(CROWD)

    def naive(_n):
        late = [look for look in queries.ready.untold(LATER) if queries.ready.late(look, LATER)]
        looked.wait(60)
        for look in late:
            FinalCheck.objects.filter(pk=look.pk).update(late_alerted_at=LATER)
            alerts.tell(look.order, "advisor", about=About.NOTICE_LATE, by=None, at=LATER)

    at_once(CROWD, naive)
    assert order.alerts.filter(about=About.NOTICE_LATE).count() == CROWD
