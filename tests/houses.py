"""A store with a thing of every kind, for tests that ask for every address of the site."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog

from appointments import operations as appointments
from appointments.models import BookingRules, BufferUse
from dealership.catalogue import operations as catalogue
from dealership.catalogue.models import MaintenanceInterval
from dealership.customers import operations as customers
from dealership.customers.imports import applying, reading
from dealership.customers.models import CareHint, PastOrder, Phone, Recall
from dealership.outbox import queue
from dealership.staff.models import Absence
from dealership.workflow import CLOCK
from dealership.workshop import operations as workshop
from dealership.workshop.models import Bay
from followup import operations as followup
from followup.models import FollowUpTask
from reception import operations as reception
from reception.models import COURTESY, GreetingText
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.workorders import afterwork, extras
from workorders.operations import alerts, care, cases, custody, diagnosis, lines

NOW = TUESDAY_NINE + timedelta(hours=1)


class House:
    """One store with a thing for every address, each made when first asked for."""

    def __init__(self):
        self.crew = factories.Crew(factories.store())
        self.store = self.crew.store

    def __getattr__(self, name):
        made = MAKERS[name](self)
        setattr(self, name, made)
        return made


def of_state(state):
    return lambda house: getattr(factories, state)(house.crew)


def follow_up(house):
    order = factories.released(house.crew, TUESDAY_NINE - timedelta(days=4))
    followup.sweep(TUESDAY_NINE - timedelta(days=4))
    followup.sweep(TUESDAY_NINE)
    return FollowUpTask.objects.filter(visit=order.visit, channel="call").first()


def batch(house):
    table = reading.read("姓名,电话,车牌\n王五,13912345678,京A99999\n".encode())
    return applying.keep(
        table, store=house.store, filename="a.csv", source="old", by=house.crew.after_sales_manager, at=NOW
    )


def message(house):
    return queue.enqueue(
        dedupe_key=f"walk:{house.store.pk}", store=house.store, purpose="service", channel="email",
        recipient="a@example.com", subject="s", body="b", language="en", due_at=NOW,
    )  # fmt: skip


def consent(house):
    return customers.record_consent(
        house.customer, purpose="service", channel="call", granted=True, by=house.crew.service_advisor, at=NOW
    )


def reservation(house):
    part = factories.part(house.store, at=NOW)
    return catalogue.reserve(house.store, part, 1, reference="walk", by=CLOCK, at=NOW)


def supply(house):
    part, day = factories.part(house.store, at=NOW), NOW.date() + timedelta(days=3)
    return catalogue.order_goods(house.store, part, 4, expected_on=day, reference="PO-1", by=CLOCK, at=NOW)


def transfer(house):
    """The other store asks this one for a part."""
    there, part = factories.Crew(factories.store("分店")), factories.part(house.store, at=NOW)
    return catalogue.transfers.ask_for(
        there.store, part, 1, of=house.store, wanted_on=NOW.date(), by=there.parts, at=NOW
    )


def recalled(house):
    vin = factories.vin(house.vehicle.pk)
    customers.correct_vehicle(house.vehicle, vin=vin, by=house.crew.service_advisor, at=NOW)
    recall = Recall.objects.create(number=f"R{house.store.pk}", title="气囊", todo="更换", published_on=NOW.date())
    customers.list_recalled(recall, [vin], by=CLOCK, at=NOW)
    return recall.vehicles.get()


def package_price(house):
    package = factories.package({factories.operation(at=NOW): None}, {factories.part(house.store, at=NOW): 1})
    return catalogue.set_package_price(package, 19900, NOW.date(), by=CLOCK, at=NOW)


def advice(house):
    return advised(house.vehicle)


def advised(vehicle):
    return customers.recommend(
        vehicle, words="轮胎磨损", declined=False, source="walk", remind_on=NOW.date(), by=CLOCK, at=NOW
    )


def merged(house):
    pair = [factories.customer_with_car(house.crew.service_advisor, NOW)[0] for _one in range(2)]
    return customers.merge(*pair, by=house.crew.after_sales_manager, at=NOW)


def wanted(house):
    job = appointments.Job(parts=[(factories.part(house.store, at=NOW), 1)])
    return factories.appointment(house.crew, starts_at=NOW + timedelta(hours=3), job=job).parts.get()


def screen(house):
    return appointments.open_screen(house.store, name="门口", by=house.crew.after_sales_manager, at=NOW)


def bay_kept(house):
    return workshop.reserve_bay(house.bay.store, NOW, NOW + timedelta(hours=1))


def unclear(house):
    """A work whose warranty is still unclear after its diagnosis."""
    order, who = factories.draft(house.crew), {"by": house.crew.service_advisor, "at": NOW}
    line = order.labour_lines.get()
    lines.decide_warranty(line, warranty="unclear", reason="要先拆检", **who)
    lines.confirm_all(order, **who)
    factories.sign(order, house.crew.service_advisor)
    diagnosis.record(line, diagnosis="轴承磨损", by=house.crew.technician, at=NOW)
    return line


def case(house):
    return cases.open_case(house.unclear, situation="行驶异响", by=house.crew.service_advisor, at=NOW)


def absence(house):
    return Absence.objects.create(user=house.crew.technician, first_on=NOW.date(), last_on=NOW.date())


def buffer_use(house):
    return BufferUse.objects.create(
        store=house.store, advisor=house.crew.service_advisor, starts_at=NOW, cause="walk_in", by=None, at=NOW
    )


def proactive_call(house):
    return appointments.record_proactive_call(
        store=house.store, vehicle=house.vehicle, outcome="no_answer", by=house.crew.advisor_assistant, at=NOW
    )


def photo(house):
    return reception.add_photo(
        house.receiving, picture=factories.photo(), by=house.crew.service_advisor, at=TUESDAY_NINE
    )


def package(house):
    return factories.package({factories.operation(at=NOW): None}, {factories.part(house.store, at=NOW): 1})


MAKERS = {
    "package": package,
    "photo": photo,
    "car": lambda house: factories.customer_with_car(house.crew.service_advisor, NOW),
    "customer": lambda house: house.car[0],
    "vehicle": lambda house: house.car[1],
    "other_customer": lambda house: factories.customer_with_car(house.crew.service_advisor, NOW)[0],
    "phone": lambda house: Phone.objects.filter(customer=house.customer).get(),
    "contact": lambda house: customers.add_contact(
        house.customer, kind="key_person", name="王芳", by=house.crew.service_advisor, at=NOW
    ),
    "appointment": lambda house: factories.appointment(house.crew, starts_at=NOW + timedelta(hours=1)),
    "missed": lambda house: factories.appointment(house.crew),
    "held": lambda house: factories.held(house.crew, starts_at=NOW + timedelta(minutes=75)),
    "task": follow_up,
    "batch": batch,
    "message": message,
    "bay": lambda house: Bay.objects.create(store=house.store, name="1"),
    "closure": lambda house: workshop.close_on(house.store, NOW.date() + timedelta(days=9), name="盘点", by=CLOCK),
    "paper": lambda house: house.signed.authorisation,
    "consent": consent,
    "merged": merged,
    "past_order": lambda house: PastOrder.objects.create(
        vehicle=house.vehicle, customer=house.customer, number=house.store.code, source="old", closed_on=NOW.date()
    ),
    "booking_rules": lambda house: BookingRules.objects.create(store=house.store),
    "reservation": reservation,
    "supply": supply,
    "transfer": transfer,
    "recalled": recalled,
    "care_hint": lambda house: CareHint.objects.get_or_create(
        component="机油尺", defaults={"colour": "yellow", "who": "驾驶人", "reason": "缺油损坏发动机"}
    ),
    "package_price": package_price,
    "wanted": wanted,
    "notice": lambda house: house.appointment.notices.get(),
    "screen": screen,
    "call": lambda house: house.appointment.reminders.get(kind="near"),
    "offered": lambda house: advised(house.draft.visit.vehicle),
    "unclear": unclear,
    "clock": lambda house: house.in_progress.labour_lines.first().clocks.get(),
    "difference": lambda house: custody.report_difference(
        house.dispatched, words="备胎不在", by=house.crew.team_leader, at=NOW
    ),
    "alert": lambda house: alerts.tell(
        house.in_progress, "advisor", about="progress", words="慢", by=house.crew.technician, at=NOW
    )[0],
    "asked": lambda house: care.ask_to_move(house.in_progress, words="行李", by=house.crew.technician, at=NOW),
    "drive": lambda house: care.drive_out(
        house.in_progress, km_out=house.in_progress.visit.mileage, by=house.crew.technician, at=NOW
    ),
    "case": case,
    "board": lambda house: appointments.put_up_board(house.store, NOW.date(), by=house.crew.service_advisor, at=NOW),
    "absence": absence,
    "greeting_text": lambda house: GreetingText.objects.create(store=house.store, situation="booked", text="您好"),
    "opening_check": lambda house: reception.check_points(
        house.store, ["clean"], by=house.crew.service_advisor, at=NOW
    ),
    "mode_switch": lambda house: reception.set_mode(house.store, "busy", by=house.crew.service_advisor, at=NOW),
    "courtesy_check": lambda house: reception.check_courtesy(
        house.store, advisor=house.crew.service_advisor, points=dict.fromkeys(COURTESY, 4),
        by=house.crew.after_sales_manager, at=NOW,
    ),
    "bay_kept": bay_kept,
    "buffer_use": buffer_use,
    "proactive_call": proactive_call,
    "interval": lambda house: MaintenanceInterval.objects.create(operation=factories.operation(at=NOW), months=12),
    "plan_line": lambda house: customers.plan_line(
        house.vehicle, item="机油机滤", due_on=NOW.date(), by=house.crew.service_advisor, at=NOW
    ),
    "advice": advice,
    "wrong_password": lambda house: [
        table.objects.create(username=house.store.code, ip_address="192.0.2.1", **values)
        for table, values in [(AccessAttempt, {"failures_since_start": 1}), (AccessLog, {}), (AccessFailureLog, {})]
    ],
} | {
    state: of_state(state)
    for state in [
        "arrived", "receiving", "taken_in", "draft", "signed", "dispatched", "in_progress", "finished", "passed",
        "handed_over", "settled", "paid",
    ]
}  # fmt: skip

MAKERS |= extras.HOUSE_MAKERS | afterwork.HOUSE_MAKERS
