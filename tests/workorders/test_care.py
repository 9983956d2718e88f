"""The customer's things, test drives, and a fault that does not show."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from workorders import queries
from workorders.models import About, BelongingsRequest
from workorders.operations import alerts, care

pytestmark = pytest.mark.usefixtures("english")
LATER = TUESDAY_NINE + timedelta(minutes=30)


@pytest.fixture
def order(crew):
    return factories.in_progress(crew)


@pytest.mark.clause("2.4.3.8")
def test_nothing_of_the_customers_is_moved_before_he_agreed(crew, order):
    asked = care.ask_to_move(order, words="后备箱行李，需拆内饰板", by=crew.technician, at=TUESDAY_NINE)
    assert queries.unseen(crew.store, crew.service_advisor).get().about == About.BELONGINGS
    with pytest.raises(NotAllowed, match="has not been asked yet"):
        care.move_belongings(asked, by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed):
        care.answer_request(asked, agreed=True, who="车主", by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="who answered"):
        care.answer_request(asked, agreed=True, who=" ", by=crew.service_advisor, at=LATER)
    care.answer_request(asked, agreed=True, who="车主电话同意", by=crew.service_advisor, at=LATER)
    assert not queries.unseen(crew.store, crew.service_advisor).exists()
    with pytest.raises(NotAllowed, match="noted an answer already"):
        care.answer_request(asked, agreed=False, who="车主", by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="nothing to put back"):
        care.put_back(asked, by=crew.technician, at=LATER)
    care.move_belongings(asked, by=crew.technician, at=LATER)
    care.put_back(asked, by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="nothing to put back"):
        care.put_back(asked, by=crew.technician, at=LATER)


@pytest.mark.clause("2.4.3.8")
def test_what_he_does_not_want_moved_stays(crew, order):
    asked = care.ask_to_move(order, words="儿童座椅", by=crew.technician, at=TUESDAY_NINE)
    care.answer_request(asked, agreed=False, who="车主当面", by=crew.service_advisor, at=LATER)
    with pytest.raises(NotAllowed, match="does not want this moved"):
        care.move_belongings(asked, by=crew.technician, at=LATER)
    asked.refresh_from_db()
    assert asked.moved_at is None


def test_the_database_itself_refuses_what_was_moved_without_consent(crew, order):
    asked = care.ask_to_move(order, words="行李", by=crew.technician, at=TUESDAY_NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        BelongingsRequest.objects.filter(pk=asked.pk).update(moved_at=LATER, moved_by=crew.technician)


def test_a_request_says_what_and_comes_from_a_team_at_work(crew, order):
    with pytest.raises(NotAllowed, match="what has to be moved"):
        care.ask_to_move(order, words=" ", by=crew.technician, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="The team no longer"):
        care.ask_to_move(factories.finished(crew), words="行李", by=crew.technician, at=TUESDAY_NINE)


@pytest.mark.clause("2.4.3.2")
def test_a_test_drive_is_logged_with_driver_mileage_and_result(crew, order):
    km = order.visit.mileage
    with pytest.raises(NotAllowed, match="km already"):
        care.drive_out(order, km_out=km - 1, by=crew.technician, at=TUESDAY_NINE)
    drive = care.drive_out(order, km_out=km + 2, by=crew.technician, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="on a test drive right now"):
        care.drive_out(order, km_out=km + 2, by=crew.team_leader, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="drives this car"):
        care.drive_back(drive, km_in=km + 9, result="异响在", by=crew.team_leader, at=LATER)
    with pytest.raises(NotAllowed, match="lower than"):
        care.drive_back(drive, km_in=km, result="异响在", by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="what the drive showed"):
        care.drive_back(drive, km_in=km + 9, ok=False, result=" ", by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="no longer than 200 km"):
        care.drive_back(drive, km_in=km + 10_000, result="异响在", by=crew.technician, at=LATER)
    care.drive_back(drive, km_in=km + 9, ok=False, result="异响在", by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match="ended already"):
        care.drive_back(drive, km_in=km + 9, result="再", by=crew.technician, at=LATER)
    with pytest.raises(NotAllowed, match=f"{km + 9} km already"):
        care.drive_out(order, km_out=km + 8, by=crew.technician, at=LATER)


def test_the_desk_does_not_drive_the_car_and_nobody_drives_a_ready_one(crew, order):
    with pytest.raises(NotAllowed):
        care.drive_out(order, km_out=90_000, by=crew.service_advisor, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed):
        care.drive_out(factories.passed(crew), km_out=90_000, by=crew.technician, at=TUESDAY_NINE)
    with pytest.raises(NotAllowed, match="until the advisor has found it ready"):
        care.drive_out(factories.made_ready(crew), km_out=90_000, by=crew.service_advisor, at=TUESDAY_NINE)
    assert care.drive_out(factories.passed(crew), km_out=90_000, by=crew.service_advisor, at=TUESDAY_NINE)
    assert care.drive_out(factories.finished(crew), km_out=90_000, by=crew.quality_inspector, at=TUESDAY_NINE)


@pytest.mark.clause("2.4.3.2")
def test_a_fault_that_does_not_show_is_before_the_advisor_at_once(crew, order):
    line = order.labour_lines.get()
    with pytest.raises(NotAllowed, match="how you looked"):
        care.look_for_fault(line, seen=False, by=crew.technician, at=LATER)
    care.look_for_fault(line, seen=False, words="冷车热车各试一次", by=crew.technician, at=LATER)
    alert = queries.unseen(crew.store, crew.service_advisor).get()
    assert (alert.about, alert.words) == (About.NOT_REPRODUCED, "刹车有异响: 冷车热车各试一次")
    assert (line.fault_seen, line.fault_seen_by) == (False, crew.technician)
    care.look_for_fault(line, seen=True, by=crew.technician, at=LATER)
    assert line.fault_seen is True
    assert queries.unseen(crew.store, crew.service_advisor).count() == 1


def test_an_alert_is_seen_once_by_whom_it_is_for(crew, order):
    [alert] = alerts.tell(order, "advisor", about=About.PROGRESS, words="慢", by=crew.technician, at=TUESDAY_NINE)
    colleague = factories.person(crew.service_advisor.roles[0], crew.store)
    assert not queries.unseen(crew.store, colleague).exists()
    with pytest.raises(NotAllowed):
        alerts.see(alert, by=crew.technician, at=LATER)
    alerts.see(alert, by=crew.service_advisor, at=LATER)
    alerts.see(alert, by=colleague, at=LATER + timedelta(minutes=1))
    assert (alert.seen_by, alert.seen_at) == (crew.service_advisor, LATER)
    assert not queries.unseen(crew.store, crew.service_advisor).exists()
