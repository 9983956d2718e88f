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
from workorders.operations import cases, diagnosis, lines

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


def the(name):
    return lambda house: [getattr(house, name).pk]


# What stands in the address of every view that has arguments.
THINGS = {
    "staff:switch_store": the("store"),
    "customers:file": the("customer"),
    "customers:edit": the("customer"),
    "customers:phone_create": the("customer"),
    "customers:phone_prefer": the("phone"),
    "customers:phone_drop": the("phone"),
    "customers:contact_create": the("customer"),
    "customers:contact_drop": the("contact"),
    "customers:consent_create": the("customer"),
    "customers:merge": the("customer"),
    "customers:merge_with": lambda house: [house.customer.pk, house.other_customer.pk],
    "customers:vehicle_create": the("customer"),
    "customers:vehicle": the("vehicle"),
    "overview:vehicle": the("vehicle"),
    "customers:vehicle_edit": the("vehicle"),
    "customers:keeper": the("vehicle"),
    "customers:mileage": the("vehicle"),
    "customers:care_card": the("vehicle"),
    "customers:recall_close": lambda house: [house.vehicle.pk, house.recalled.pk],
    "customers:plan_line_create": the("vehicle"),
    "customers:plan_line_drop": the("plan_line"),
    "customers:recommendation_end": the("advice"),
    "customers:import_preview": the("batch"),
    "customers:import_wrong_rows": the("batch"),
    "catalogue:supply_day": the("supply"),
    "catalogue:supply_cancel": the("supply"),
    "paperwork:document": the("paper"),
    "paperwork:print": the("paper"),
    "paperwork:send": the("paper"),
    "paperwork:sign": the("paper"),
    "paperwork:page_css": the("paper"),
    "paperwork:code": the("paper"),
    "paperwork:signature": lambda house: [house.paper.signatures.get().pk],
    "appointments:appointment": the("appointment"),
    "appointments:no_show": the("missed"),
    "appointments:confirm": the("held"),
    "appointments:cancel": the("appointment"),
    "appointments:deposit": the("appointment"),
    "appointments:move": the("appointment"),
    "appointments:move_times": the("appointment"),
    "appointments:change_advisor": the("appointment"),
    "appointments:prepare": lambda house: [house.appointment.pk, "file"],
    "appointments:put_all_aside": the("appointment"),
    "appointments:put_aside": the("wanted"),
    "appointments:put_back": the("wanted"),
    "appointments:expect_delivery": the("wanted"),
    "appointments:screen": lambda house: [house.screen.key],
    "appointments:close_screen": the("screen"),
    "appointments:see_notice": the("notice"),
    "appointments:change_bay": the("appointment"),
    "appointments:call": the("call"),
    "appointments:call_take": the("call"),
    "appointments:call_move": the("call"),
    "appointments:call_cancel": the("call"),
    "appointments:proactive": the("vehicle"),
    "appointments:proactive_book": the("vehicle"),
    "appointments:proactive_file": the("vehicle"),
    "appointments:proactive_times": the("vehicle"),
    "appointments:make_plan": the("vehicle"),
    "reception:arrive": the("appointment"),
    "reception:arrive_and_receive": the("appointment"),
    "reception:hand_over": the("receiving"),
    "reception:greet": the("arrived"),
    "reception:meet": the("arrived"),
    "reception:interests": the("arrived"),
    "reception:seat": the("receiving"),
    "reception:tea": the("taken_in"),
    "reception:told": the("taken_in"),
    "reception:intake": the("receiving"),
    "reception:receive": the("arrived"),
    "reception:press": lambda house: [house.receiving.pk, "covers"],
    "reception:undamage": lambda house: [house.receiving.pk, house.receiving.damage_marks.get().pk],
    "reception:photo": the("photo"),
    "reception:remove_photo": lambda house: [house.photo.visit_id, house.photo.pk],
    "reception:sign": the("receiving"),
    "reception:leave": the("arrived"),
    "workorders:of_visit": the("taken_in"),
    "workorders:begin": the("taken_in"),
    "workorders:let_go": the("taken_in"),
    "workorders:order": the("signed"),
    "workorders:add_labour": the("draft"),
    "workorders:add_package": lambda house: [house.draft.pk, house.package.pk],
    "workorders:add_part": the("draft"),
    "workorders:answer": lambda house: [
        house.draft.pk,
        house.draft.labour_lines.get().pk,
        house.draft.visit.complaints.get().pk,
    ],
    "workorders:remove_line": lambda house: [house.draft.pk, "part", house.draft.part_lines.get().pk],
    "workorders:say_labour": lambda house: [house.draft.pk, house.draft.labour_lines.get().pk, "fault"],
    "workorders:say_part": lambda house: [house.draft.pk, house.draft.part_lines.get().pk, "payer"],
    "workorders:confirm_all": the("draft"),
    **{
        f"workorders:{name}": lambda house: [house.unclear.order_id, house.unclear.pk]
        for name in ["examine", "diagnose", "quote", "repair", "open_case"]
    },
    **{f"workorders:{name}": the("case") for name in ["case", "submit_case", "answer_case"]},
    "workorders:offer": lambda house: [house.draft.pk, "advice", house.offered.pk],
    "workorders:save_head": the("draft"),
    "workorders:sign": the("draft"),
    "workorders:revise": the("signed"),
    "workorders:give_copies": the("signed"),
    "workorders:cancel": the("draft"),
    "workorders:dispatch": the("signed"),
    "workorders:recall": the("dispatched"),
    "workorders:start": the("dispatched"),
    "workorders:issue_parts": the("dispatched"),
    "workorders:return_parts": the("in_progress"),
    "workorders:finish": the("in_progress"),
    "workorders:inspect": the("finished"),
    "workorders:hand_over": the("passed"),
    "workorders:settle": the("handed_over"),
    "workorders:pay": the("settled"),
    "followup:task": the("task"),
    "followup:take": the("task"),
    "followup:letter": the("task"),
    "followup:reassign": the("task"),
}
WORDS = {"workorders:suggest": ["parts"], "appointments:answer": ["broken"]}  # arguments that name no record
WORDS |= {name: ["broken"] for name in ("appointments:code", "appointments:code_picture", "reception:here_code")}
QUERIES = {
    "appointments:book": lambda house: {"advisor": house.crew.service_advisor.pk, "at": "2026-11-25T09:00"},
}
