"""Two foremen, two cars for one bay, one technician at two cars: one of them is first, on either database."""

import threading

import pytest

from dealership import workflow
from dealership.workflow import NotAllowed
from dealership.workshop.models import Bay, BayQuarter, BayReservation
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.faults.crowd import at_once, without_constraint
from workorders import queries
from workorders.models import Assignment, Clock, Handover, WorkOrder
from workorders.operations import custody, dispatch
from workorders.states import DISPATCH

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
CROWD = 6


@pytest.fixture
def crew():
    made = factories.Crew(factories.store())
    for role in ("foreman", "technician", "team_leader"):
        getattr(made, role)
    return made


def fresh(order):
    return WorkOrder.objects.get(pk=order.pk)


def give(order, crew, team, bay=None):
    return dispatch.dispatch(fresh(order), team=team, bay=bay, by=crew.foreman, at=TUESDAY_NINE, reason="试")


def refused(brought):
    return [one for one in brought if isinstance(one, NotAllowed)]


def test_of_many_foremen_one_gives_the_car_to_a_team(crew):
    order, teams = factories.signed(crew), [crew.team(f"{n}班") for n in range(CROWD)]
    brought = at_once(CROWD, lambda n: give(order, crew, teams[n]))
    assert len(refused(brought)) == CROWD - 1
    given = Assignment.objects.get()
    assert fresh(order).team == given.team
    assert order.moves.filter(to_state="dispatched").count() == 1


def test_control_without_compare_and_set_every_foreman_gives_it_away(crew):
    order, teams = factories.signed(crew), [crew.team(f"{n}班") for n in range(CROWD)]
    looked = threading.Barrier(CROWD)

    def naive(n):
        mine = fresh(order)
        possible = DISPATCH.possible(mine)
        looked.wait(60)
        if possible:
            WorkOrder.objects.filter(pk=mine.pk).update(state=DISPATCH.target, team=teams[n])
            workflow.begin(mine, by=crew.foreman, at=TUESDAY_NINE)

    at_once(CROWD, naive)
    assert order.moves.filter(by=crew.foreman, from_state="").count() == CROWD


def two_cars(crew):
    bay = Bay.objects.create(store=crew.store, name="1号工位")
    return bay, [factories.signed(crew) for _n in range(CROWD)], crew.team()


def test_of_many_cars_one_gets_the_bay(crew):
    bay, orders, team = two_cars(crew)
    brought = at_once(CROWD, lambda n: give(orders[n], crew, team, bay))
    assert len(refused(brought)) == CROWD - 1
    assert BayReservation.objects.count() == Assignment.objects.count() == 1
    assert [fresh(order).state for order in orders].count("dispatched") == 1


def test_control_without_the_unique_quarters_every_car_gets_the_bay(crew):
    bay, orders, team = two_cars(crew)
    with without_constraint(BayQuarter, "workshop_bay_kept_once"):
        at_once(CROWD, lambda n: give(orders[n], crew, team, bay))
        kept = BayReservation.objects.filter(bay=bay).count()
        Assignment.objects.update(reservation=None)
    assert kept == CROWD


def test_a_technician_at_many_cars_at_once_is_clocked_on_at_one(crew):
    orders = [factories.dispatched(crew) for _n in range(CROWD)]
    brought = at_once(CROWD, lambda n: factories.clock_on(fresh(orders[n]), crew.technician))
    assert Clock.objects.filter(technician=crew.technician, stopped_at=None).count() == 1
    for one in refused(brought):
        assert "has just been clocked on elsewhere" in str(one)


def test_control_without_the_constraint_he_works_on_all_of_them(crew):
    orders = [factories.dispatched(crew) for _n in range(CROWD)]
    looked = threading.Barrier(CROWD)

    def naive(n):
        running = queries.running(crew.technician)
        looked.wait(60)  # everybody has found nothing running before anybody begins
        if running is None:
            Clock.objects.create(line=orders[n].labour_lines.get(), technician=crew.technician, started_at=TUESDAY_NINE)

    with without_constraint(Clock, "clock_one_running"):
        at_once(CROWD, naive)
        running = Clock.objects.filter(stopped_at=None).count()
    assert running == CROWD


def test_of_many_foremen_one_takes_the_key(crew):
    order = factories.signed(crew, handed=False)
    custody.give(order, "to_workshop", by=crew.service_advisor, at=TUESDAY_NINE)
    foremen = [factories.person(crew.foreman.roles[0], crew.store) for _n in range(CROWD)]
    sent = order.handovers.get()

    def take(n):
        custody.take(Handover.objects.select_related("order").get(pk=sent.pk), by=foremen[n], at=TUESDAY_NINE)
        return foremen[n]

    brought = at_once(CROWD, take)
    [holder] = [one for one in brought if not isinstance(one, NotAllowed)]
    assert queries.custody(order).holder == holder
