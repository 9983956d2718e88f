"""One car's way through the house, step by step through the operations, up to where it stands now."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dealership.demo import aftercare, claims, diary, signatures
from dealership.demo.day import ceiling
from dealership.demo.house import House
from dealership.demo.jobs import JOBS, Job
from dealership.paperwork import operations as paperwork
from dealership.staff.models import User
from dealership.workshop import queries as workshop
from dealership.workshop.models import Bay
from reception import operations as reception
from reception import queries as lane
from reception.models import Purpose, Visit
from workorders import head, reckoning
from workorders import queries as workorders
from workorders.models import LabourLine, Leg, Settlement, WorkOrder
from workorders.operations import (
    cashier,
    custody,
    delivery,
    dispatch,
    gate,
    lines,
    parts,
    quality,
    settlement,
    signing,
    work,
    writeup,
)

SERVICE_KM, SERVICE_DAYS = 10000, 180
INTAKE = 13  # minutes from arrival to the signed reception form
WRITTEN, SIGNED, COPIES, HANDED, DISPATCHED, ACCEPTED, STARTED, ISSUED = 15, 22, 24, 26, 30, 33, 36, 40
PLACES = ["A区3号", "A区5号", "A区8号", "B区1号", "B区4号", "B区6号"]
SHOW, SETTLE, PAY, LEAVE = 15, 5, 8, 6  # minutes from one step to the next after the work
TOLD = dict.fromkeys([*head.TOLD, "read_back", "phone_checked"], True)


@dataclass(frozen=True)
class Plan:
    """Who comes when with what, who serves him, and where the car stands: a state of the order, or `inspected`."""

    guest: str
    job: str
    advisor: str
    arrives_at: datetime
    until: str = "closed"
    booked: bool = False
    promised_at: datetime | None = None
    team: int = 0
    technician: str = "technician"
    bay: int = 0
    damage: tuple[tuple[str, str], ...] = ()
    findings: str = ""
    method: str = "wechat"
    old_parts: str = "dispose"
    minded: str = ""
    claim: claims.Claim | None = None


class Passage:
    """The visit of one plan; `minutes` counts working time since the arrival."""

    def __init__(self, house: House, plan: Plan) -> None:
        self.house, self.plan, self.job, self.minutes = house, plan, JOBS[plan.job], 0
        self.advisor = house.people[plan.advisor]
        self.technician = house.people[plan.technician]
        self.visit = arrive(house, plan)
        self.order: WorkOrder
        self.settlement: Settlement

    def at(self, minutes: int) -> datetime:
        """Move on to so many minutes after the arrival and return the moment."""
        self.minutes = minutes
        return self.house.day.after(self.plan.arrives_at, minutes)

    def go(self) -> Visit:
        """Take every step up to the plan's end."""
        take_in(self.visit, self.plan, self.advisor, self.at)
        for state, step in STEPS:
            if self.plan.until == "inspected":
                break
            step(self)
            if state == self.plan.until:
                break
        return self.visit

    def write_up(self) -> None:
        at = self.at(WRITTEN)
        self.order = writeup.open_order(self.visit, by=self.advisor, at=at)
        if self.visit.appointment is None:
            self.sell(at)  # the order of a booked car is filled already
        for complaint, line in zip(self.visit.complaints.all(), self.order.labour_lines.all(), strict=False):
            writeup.answer(line, complaint, by=self.advisor)
        for line in self.order.labour_lines.all():
            if not line.fault:
                lines.say_fault(line, fault="determined", by=self.advisor, at=at)
            if not line.warranty:
                lines.decide_warranty(line, warranty="out", by=self.advisor, at=at)
        if self.plan.claim:
            claims.doubt(self, self.plan.claim, at)

    def sell(self, at: datetime) -> None:
        for code in self.job.labour:
            operation = self.house.labour[code]
            writeup.add_labour(self.order, operation=operation, complaint=None, by=self.advisor, at=at)
        for number, quantity in self.job.parts:
            writeup.add_part(self.order, part=self.house.parts[number], quantity=quantity, by=self.advisor, at=at)

    def sign(self) -> None:
        at, name = self.at(SIGNED), self.plan.guest
        lines.confirm_all(self.order, by=self.advisor, at=at)
        promised_at = self.plan.promised_at or ceiling(self.house.day.after(at, self.job.minutes + 90))
        signing.sign(
            self.order,
            promised_at=promised_at,
            promise_reason=self.promise_reason(promised_at, at),
            signer_name=name,
            image=signatures.drawn(name),
            payment_method=self.plan.method,
            old_parts=self.plan.old_parts,
            order_class=self.job.order_class,
            **TOLD,
            by=self.advisor,
            at=at,
        )
        signing.give_copies(self.order, by=self.advisor, at=self.at(COPIES))
        self.order.refresh_from_db()

    def promise_reason(self, promised_at: datetime, at: datetime) -> str:
        likely = reckoning.reckon(workorders.whole(WorkOrder.objects.filter(pk=self.order.pk)).get(), at).finish
        early = likely is not None and promised_at < likely
        return "已与车间确认，安排快修工位优先" if early else ""

    def hand_to_workshop(self) -> None:
        given = custody.give(
            self.order, Leg.TO_WORKSHOP, parked_at=PLACES[self.plan.bay], notes=self.plan.minded, by=self.advisor,
            at=self.at(HANDED),
        )  # fmt: skip
        if self.plan.until != "signed" or not self.plan.minded:  # one stands in front of the foreman, to be confirmed
            custody.take(given, by=self.house.people["foreman"], at=self.at(HANDED + 2))

    def dispatch(self) -> None:
        team, at = self.house.teams[self.plan.team], self.at(DISPATCHED)
        given = dispatch.dispatch(
            self.order, team=team, bay=self.free_bay(at), by=self.house.people["foreman"], at=at,
            reason="预约客户优先" if workorders.next_in_line(self.house.store) != self.order else "",
        )  # fmt: skip
        if self.plan.until != "dispatched":
            dispatch.accept(given, by=team.leader, at=self.at(ACCEPTED))

    def free_bay(self, at: datetime) -> Bay | None:
        """Return the bay of the plan where it is free for the job, else the first that is."""
        work_lines = list(self.order.labour_lines.select_related("operation"))
        start, end = workorders.plan_times(self.house.store, at, workorders.hours_of(work_lines))
        free = workshop.BayPlan(self.house.store, start, end).free(start, end, workorders.skills_of(work_lines))
        planned = self.house.bays[self.plan.bay]
        return planned if planned in free else next(iter(free), None)

    def start(self) -> None:
        self.clock_on(self.order.labour_lines.wanted()[0], self.at(STARTED))
        self.issue(ISSUED)
        if self.plan.claim:
            claims.put_forward(self, self.plan.claim, STARTED)
            self.issue(self.minutes + 4)

    def issue(self, minutes: int) -> None:
        """Hand out what may be handed out by then; the parts of a case are, once it is approved."""
        if workorders.issuable(self.order):
            storekeeper = self.house.people["parts"]
            names = self.technician.full_name, storekeeper.full_name
            hands = parts.Hands(self.technician, *(signatures.drawn(name) for name in names))
            parts.issue(self.order, hands, by=storekeeper, at=self.at(minutes))

    def wait(self) -> None:
        """Let the car wait for the manufacturer's answer where the plan ends so."""
        if self.plan.until == "on_hold":
            running = workorders.running(self.technician)
            if running is not None and running.line.order_id == self.order.pk:
                at = self.at(STARTED + 12)
                work.clock_off(running, stop="manufacturer", note="等厂家答复", by=self.technician, at=at)

    def clock_on(self, line: LabourLine, at: datetime) -> None:
        self.sleep(at)
        work.clock_on(line, technician=self.technician, rules_read=True, by=self.technician, at=at)

    def finish(self) -> None:
        """Go through the lines one after the other, each for its share of the job's minutes."""
        lines_left = list(self.order.labour_lines.wanted())
        for number, line in enumerate(lines_left[1:], start=1):
            at = self.at(STARTED + self.job.minutes * number // len(lines_left))
            self.clock_on(line, at)
        self.sleep(self.at(STARTED + self.job.minutes))
        work.finish(self.order, by=self.technician, at=self.at(STARTED + self.job.minutes))

    def sleep(self, at: datetime) -> None:
        """Let the technician go home at closing time, and go on in the morning, where the work lasts over night."""
        running, calendar = workorders.running(self.technician), self.house.day.calendar
        if running is None or calendar.between(running.started_at, at) == at - running.started_at:
            return
        [*_, (_opens, evening)] = calendar.spans(running.started_at.astimezone(self.house.store.zone).date())
        [(morning, _closes), *_] = calendar.spans(at.astimezone(self.house.store.zone).date())
        if evening < morning:
            work.clock_off(running, stop="day_over", note="", by=self.technician, at=evening)
            work.clock_on(running.line, technician=self.technician, rules_read=True, by=self.technician, at=morning)

    def fail(self) -> None:
        """Send the car back where the plan has the inspector find something (2.5.3)."""
        if self.plan.findings:
            self.inspect(passed=False)

    def inspect(self, *, passed: bool = True) -> None:
        if passed and self.plan.findings:
            self.repair_again()
        aftercare.inspect(self, "" if passed else self.plan.findings)

    def repair_again(self) -> None:
        self.clock_on(self.order.labour_lines.wanted()[0], self.at(self.minutes + 5))
        for item in self.order.rework_items.filter(done_at=None):
            quality.put_right(item, words="已处理并复查", by=self.technician, at=self.at(self.minutes + 15))
        work.finish(self.order, by=self.technician, at=self.at(self.minutes + 10))

    def make_ready(self) -> None:
        aftercare.make_ready(self)

    def show(self) -> None:
        aftercare.tell(self)
        at = self.at(self.minutes + SHOW)
        delivery.hand_over(
            self.order,
            steps=dict.fromkeys(delivery.STEPS, True),
            explained=workorders.leaving.charged(self.order),
            told=delivery.Told(spare_result="备胎和随车工具齐全", card_given=True, next_visit="remind"),
            next_service_on=at.date() + timedelta(days=SERVICE_DAYS),
            next_service_km=(self.visit.mileage or 0) + SERVICE_KM,
            advice=self.house.random.choice(["", "", "后轮胎花纹偏浅，下次保养时建议更换。", "雨刮片已老化。"]),
            by=self.advisor,
            at=at,
        )

    def settle(self) -> None:
        name = self.plan.guest
        customer = self.visit.customer
        self.settlement = settlement.settle(
            self.order,
            signer_name=name,
            image=signatures.drawn(name),
            call_from=customer.call_from,
            call_until=customer.call_until,
            by=self.advisor,
            at=self.at(self.minutes + SETTLE),
        )
        self.order.refresh_from_db()

    def pay(self) -> None:
        self.settlement.refresh_from_db()
        due = self.settlement.due_fen
        if due:
            self.take(due)
        aftercare.give_back(self)

    def take(self, due: int) -> None:
        received = -(-due // 10000) * 10000 if self.plan.method == "cash" else due  # notes of 100 yuan
        cashier.pay(
            self.settlement,
            method=self.plan.method,
            received_fen=received,
            request_key=uuid.UUID(int=self.house.random.getrandbits(128)),
            by=self.house.people["cashier"],
            at=self.at(self.minutes + PAY),
        )

    def leave(self) -> None:
        at = self.at(self.minutes + LEAVE)
        gate.release(gate.issue(self.visit, by=self.advisor, at=at).code, by=self.house.people["guard"], at=at)
        self.visit.refresh_from_db()


# Each step leads to the state beside it; a plan that ends there takes no further one.
STEPS: list[tuple[str, Callable[[Passage], None]]] = [
    ("draft", Passage.write_up),
    ("authorised", Passage.sign),
    ("signed", Passage.hand_to_workshop),
    ("dispatched", Passage.dispatch),
    ("in_progress", Passage.start),
    ("on_hold", Passage.wait),
    ("finished", Passage.finish),
    ("rework", Passage.fail),
    ("passed", Passage.inspect),
    ("ready", Passage.make_ready),
    ("handed_over", Passage.show),
    ("settled", Passage.settle),
    ("paid", Passage.pay),
    ("closed", Passage.leave),
]


def arrive(house: House, plan: Plan) -> Visit:
    """Open the visit, from an appointment where the plan has one and the day had room for it."""
    assistant = house.people["assistant"]
    if plan.booked:
        booked = diary.book_for_arrival(house, plan.guest, plan.job, plan.advisor, plan.arrives_at)
        if booked is not None:
            return reception.receive_appointment(booked, by=assistant, at=plan.arrives_at)
    customer, vehicle = house.guests[plan.guest]
    return reception.record_arrival(
        store=house.store, vehicle=vehicle, customer=customer, by=assistant, at=plan.arrives_at
    )


def take_in(visit: Visit, plan: Plan, advisor: User, at: Callable[[int], datetime]) -> None:
    """Receive the car in front of the customer and have the form signed (2.2.2, 2.2.11.10)."""
    walk_round(visit, plan, JOBS[plan.job], advisor, at)
    reception.record_condition(visit, purpose=purpose_of(JOBS[plan.job]), by=advisor, at=at(9))
    if lane.lift_reason(visit):
        reception.see_from_below(visit, by=advisor, at=at(9))
    reception.finish_walk_round(visit, by=advisor, at=at(10))
    reception.record_condition(
        visit,
        mileage=(visit.vehicle.mileage or 0) + 137 * (len(plan.guest) + plan.bay) + 500,
        fuel=3 + plan.bay % 5,
        licence_received=True,
        booklet_received=plan.bay % 2 == 0,
        key_received=True,
        waits_here=JOBS[plan.job].waits,
        by=advisor,
        at=at(11),
    )
    reception.answer_valuables(visit, valuables="none", by=advisor)
    reception.read_back(visit, by=advisor, at=at(12))
    signed = paperwork.Outcome(plan.guest, signatures.drawn(plan.guest))
    reception.sign_intake(visit, outcome=signed, by=advisor, at=at(INTAKE))


def purpose_of(job: Job) -> str:
    if job.order_class == "first":
        return Purpose.FIRST_SERVICE
    return Purpose.ACCIDENT if job.order_class == "accident" else Purpose(job.cause)


def walk_round(visit: Visit, plan: Plan, job: Job, advisor: User, at: Callable[[int], datetime]) -> None:
    reception.receive(visit, by=advisor, at=at(4))
    reception.fit_covers(visit, by=advisor, at=at(5))
    reception.compare_vin(visit, source="windscreen", by=advisor, at=at(6))
    reception.walk_with(visit, accompanied=True, by=advisor)
    for zone, kind in plan.damage:
        reception.mark_damage(visit, zone=zone, kind=kind, by=advisor, at=at(7))
    for words in job.words:
        reception.note_complaint(visit, words=words, by=advisor)
