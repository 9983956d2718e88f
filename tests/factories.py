"""The people, cars and visits tests start from, made through operations wherever an operation exists."""

from datetime import timedelta
from uuid import uuid4

from reception import operations as reception
from tests.beginnings import (
    MONDAY as MONDAY,
)
from tests.beginnings import (
    PASSWORD as PASSWORD,
)
from tests.beginnings import (
    SHANGHAI as SHANGHAI,
)
from tests.beginnings import (
    TUESDAY_NINE as TUESDAY_NINE,
)
from tests.beginnings import (
    Crew as Crew,
)
from tests.beginnings import (
    appointment as appointment,
)
from tests.beginnings import (
    customer_with_car as customer_with_car,
)
from tests.beginnings import (
    drawn as drawn,
)
from tests.beginnings import (
    held as held,
)
from tests.beginnings import (
    job as job,
)
from tests.beginnings import (
    operation as operation,
)
from tests.beginnings import (
    package as package,
)
from tests.beginnings import (
    part as part,
)
from tests.beginnings import (
    person as person,
)
from tests.beginnings import (
    photo as photo,
)
from tests.beginnings import (
    plate as plate,
)
from tests.beginnings import (
    signature_data_url as signature_data_url,
)
from tests.beginnings import (
    signature_png as signature_png,
)
from tests.beginnings import (
    store as store,
)
from tests.beginnings import (
    vin as vin,
)
from workorders import queries
from workorders.operations import (
    care,
    custody,
    delivery,
    dispatch,
    gate,
    lines,
    parts,
    pickup,
    quality,
    ready,
    settlement,
    signing,
    work,
    writeup,
)
from workorders.operations import cashier as desk


def arrived(crew, at=TUESDAY_NINE, car=None):
    customer, vehicle = car or customer_with_car(crew.service_advisor, at)
    return reception.record_arrival(
        store=crew.store, vehicle=vehicle, customer=customer, by=crew.service_advisor, at=at
    )


def receiving(crew, at=TUESDAY_NINE, car=None, words="刹车有异响"):
    """A visit with everything on it but the signature."""
    visit, by = arrived(crew, at, car), crew.service_advisor
    reception.receive(visit, by=by, at=at, reason="先到先接")
    reception.fit_covers(visit, by=by, at=at)
    reception.mark_damage(visit, zone="left_front_door", kind="scratch", by=by, at=at)
    reception.finish_walk_round(visit, by=by, at=at)
    reception.note_complaint(visit, words=words, by=by)
    answer_all(visit, by=by, at=at)
    return visit


def answer_all(visit, by, at=TUESDAY_NINE):
    """Answer everything that is read from the car, asked and handed over."""
    reception.compare_vin(
        visit, vin="" if visit.vehicle.vin else vin(400_000 + visit.vehicle_id), source="windscreen", by=by, at=at
    )
    reception.walk_with(visit, accompanied=True, by=by)
    reception.answer_valuables(visit, valuables="none", by=by)
    reception.record_condition(
        visit,
        by=by,
        at=at,
        mileage=(visit.vehicle.mileage or 0) + 12000,
        fuel=4,
        purpose="fault",
        licence_received=True,
        booklet_received=True,
        key_received=True,
    )


def taken_in(crew, at=TUESDAY_NINE, car=None):
    visit = receiving(crew, at, car)
    reception.sign_intake(visit, outcome=drawn(visit.customer.name), by=crew.service_advisor, at=at)
    return visit


def draft(crew, at=TUESDAY_NINE, car=None, hours="1.00", part_stock=10):
    """An order with one labour and one part line, both read out: 150.00 per hour and 49.00."""
    visit, by = taken_in(crew, at, car), crew.service_advisor
    order = writeup.open_order(visit, by=by, at=at)
    writeup.add_labour(order, operation=operation(hours=hours, at=at), complaint=visit.complaints.first(), by=by, at=at)
    writeup.add_part(order, part=part(crew.store, stock=part_stock, at=at), quantity=1, by=by, at=at)
    lines.confirm_all(order, by=by, at=at)
    return order


EXPLAINED = dict.fromkeys(
    ["methods_told", "delivery_told", "calls_told", "items_told", "read_back", "phone_checked"], True
)
# The columns of an order everything was explained for, where a test puts it into a later state by hand.
EXPLAINED_COLUMNS = dict.fromkeys(
    ["methods_told_at", "delivery_told_at", "calls_told_at", "items_told_at"], TUESDAY_NINE
) | {"payment_method": "cash", "old_parts": "take"}  # fmt: skip
WISHES = {"payment_method": "cash", "old_parts": "take", "order_class": "maintenance"}


def sign(order, by, at=TUESDAY_NINE, promised_at=None, promise_reason="", **details):
    """Let the customer sign a draft after everything was asked and told; `details` differ from the usual."""
    paper = signing.sign(
        order,
        promised_at=promised_at or at + timedelta(days=2),
        promise_reason=promise_reason,
        by=by,
        at=at,
        **{"signer_name": "王建国", "image": signature_png()} | EXPLAINED | WISHES | details,
    )
    order.refresh_from_db()
    return paper


def signed(crew, at=TUESDAY_NINE, car=None, promised_at=None, copies=True, handed=True, **details):
    """An order the customer signed, who has his copies; key and papers are with the foreman.

    A promise before its missing parts come has a reason.
    """
    order = draft(crew, at, car, **details)
    reason = "" if details.get("part_stock", 10) else "配件调货"
    sign(order, crew.service_advisor, at, promised_at, reason)
    if copies:
        signing.give_copies(order, by=crew.service_advisor, at=at)
    if copies and handed:
        hand_to_workshop(order, crew, at)
    return order


def signed_with(crew, *names, hours="1.00", at=TUESDAY_NINE):
    """A signed order, handed to the workshop, with further work of these names."""
    order, by = draft(crew, at, hours=hours), crew.service_advisor
    for name in names:
        writeup.add_labour(order, operation=operation(name=name, hours=hours), complaint=None, by=by, at=at)
    lines.confirm_all(order, by=by, at=at)
    sign(order, by, at)
    signing.give_copies(order, by=by, at=at)
    hand_to_workshop(order, crew, at)
    return order


def hand_to_workshop(order, crew, at=TUESDAY_NINE):
    given = custody.give(order, "to_workshop", by=crew.service_advisor, at=at)
    custody.take(given, by=crew.foreman, at=at)


def dispatched(crew, at=TUESDAY_NINE, accepted=True, **details):
    """An order a team has; the team has taken the car over."""
    order = signed(crew, at, **details)
    given = dispatch.dispatch(order, team=crew.team(), bay=None, by=crew.foreman, at=at, reason="试")
    if accepted:
        dispatch.accept(given, by=crew.team_leader, at=at)
    return order


def give_to_team(order, crew, at=TUESDAY_NINE, bay=None):
    """Bring a signed order, its copies given, over the foreman to a team that takes the car over."""
    hand_to_workshop(order, crew, at)
    given = dispatch.dispatch(order, team=crew.team(), bay=bay, by=crew.foreman, at=at, reason="试")
    dispatch.accept(given, by=crew.team_leader, at=at)
    return given


def clock_on(order, technician, by=None, at=TUESDAY_NINE):
    """Let somebody who has read the rules begin on the first line that can be worked on, or be refused."""
    line = next((one for one in order.labour_lines.wanted() if not queries.block_of(one)), order.labour_lines.first())
    return work.clock_on(line, technician=technician, rules_read=True, by=by or technician, at=at)


def in_progress(crew, at=TUESDAY_NINE, **details):
    order = dispatched(crew, at, **details)
    clock_on(order, crew.technician, at=at)
    issue_parts(order, to=crew.technician, by=crew.parts, at=at)
    return order


def hands(technician):
    """Technician and storekeeper sign at the counter."""
    return parts.Hands(technician, signature_png(), signature_png())


def issue_parts(order, to, by, at=TUESDAY_NINE, lines=None):
    """Hand out everything that may be handed out, or these lines; return the slip."""
    return parts.issue(order, hands(to), lines=lines, by=by, at=at)


def finished(crew, at=TUESDAY_NINE, **details):
    order = in_progress(crew, at, **details)
    work.finish(order, by=crew.technician, at=at)
    return order


def passed(crew, at=TUESDAY_NINE, **details):
    order = finished(crew, at, **details)
    inspect(order, crew, at=at)
    return order


def marks(order, wrong=""):
    """Every point of the check in order, but the first where something is `wrong`."""
    asked = queries.quality.asked_of(order)
    said = [quality.Marked(one, "ok") for one in asked]
    return [quality.Marked(asked[0], "not_ok", wrong), *said[1:]] if wrong else said


def inspect(order, crew, findings="", by=None, at=TUESDAY_NINE, drive=True, **details):
    """Drive the car and sign the check: passed, or with `findings` sent back."""
    by = by or crew.quality_inspector
    if drive:
        drive_it(order, by, at, ok=not findings)
    said = {"passed": not findings, "marks": marks(order, findings), "minutes": 20 if findings else None} | details
    return quality.inspect(order, **said, image=signature_png(), by=by, at=at)


def put_right(order, crew, at=TUESDAY_NINE):
    """Do everything again that a check sent back, and finish."""
    clock_on(order, crew.technician, at=at)
    for item in order.rework_items.filter(done_at=None):
        quality.put_right(item, words="已重做", by=crew.technician, at=at)
    work.finish(order, by=crew.technician, at=at)


def drive_it(order, by, at=TUESDAY_NINE, ok=True):
    latest = order.test_drives.order_by("left_at", "pk").last()
    km = latest.km_in if latest else order.visit.mileage
    out = care.drive_out(order, km_out=km, by=by, at=at)
    care.drive_back(out, km_in=km + 3, ok=ok, result="" if ok else "异响", by=by, at=at)
    return out


def bring_back(order, crew, at=TUESDAY_NINE):
    """Bring key and papers of a checked car over the foreman to its advisor."""
    sent = queries.custody(order).on_the_way
    if sent is not None and sent.leg == "from_team":
        custody.take(sent, by=crew.foreman, at=at)
    checked = queries.quality.last_check(order)
    if checked.to_countersign:
        quality.countersign(checked, by=crew.foreman, at=at)
    given = custody.give(order, "to_reception", parked_at="A区3号", by=crew.foreman, at=at)
    custody.take(given, by=crew.service_advisor, at=at)


TICKED = ["work_done", "faults_gone", "old_parts_here", "interior_cleaned", "no_dust", "no_oil", "no_grease"]
LOOKED = dict.fromkeys([*TICKED, "nothing_left"], True) | {"exterior": "as_on_form"}


def looked(**differs):
    """The advisor's last look with everything in order, but what `differs`."""
    return ready.Look(**LOOKED | differs)


def washed(crew, at=TUESDAY_NINE, **details):
    """A checked car that is back at the reception and clean."""
    order = passed(crew, at, **details)
    bring_back(order, crew, at)
    ready.wash(order, by=crew.technician, at=at)
    return order


def made_ready(crew, at=TUESDAY_NINE, **details):
    order = washed(crew, at, **details)
    ready.make_ready(order, looked(), by=crew.service_advisor, at=at)
    return order


def tell_ready(order, crew, at=TUESDAY_NINE, **details):
    said = {"channel": "in_person", "result": "told", "spoke_to": "王建国", "pickup_at": at} | details
    return pickup.tell(order, by=crew.service_advisor, at=at, **said)


def told(crew, at=TUESDAY_NINE, **details):
    """A car whose customer knows that it is ready, and has come."""
    order = made_ready(crew, at, **details)
    tell_ready(order, crew, at)
    return order


def shown(order, at=TUESDAY_NINE, **differs):
    """Everything done, explained and asked at the car, but what `differs`."""
    return {
        "steps": dict.fromkeys(delivery.STEPS, True), "explained": queries.leaving.charged(order),
        "told": delivery.Told(next_visit="remind"), "next_service_on": at.date() + timedelta(days=180),
        "next_service_km": order.visit.mileage + 8000, "advice": "",
    } | differs  # fmt: skip


def handed_over(crew, at=TUESDAY_NINE, **details):
    order = told(crew, at, **details)
    delivery.hand_over(order, **shown(order, at), by=crew.service_advisor, at=at)
    return order


def settle(order, crew, at=TUESDAY_NINE, call_from=None, call_until=None):
    posted = settlement.settle(
        order, signer_name="王建国", image=signature_png(), call_from=call_from, call_until=call_until,
        by=crew.service_advisor, at=at,
    )  # fmt: skip
    order.refresh_from_db()
    return posted


def settled(crew, at=TUESDAY_NINE, call_from=None, call_until=None, **details):
    order = handed_over(crew, at, **details)
    settle(order, crew, at, call_from=call_from, call_until=call_until)
    return order


def pay(order, crew, at=TUESDAY_NINE):
    """Pay in cash what is due."""
    sheet = queries.money.sheet_of(order)
    desk.pay(sheet, method="cash", received_fen=sheet.due_fen, request_key=uuid4(), by=crew.cashier, at=at)
    order.refresh_from_db()


def paid(crew, at=TUESDAY_NINE, **details):
    order = settled(crew, at, **details)
    pay(order, crew, at)
    give_back(order, crew, at)
    return order


def give_back(order, crew, at=TUESDAY_NINE):
    """Give the customer everything back that was taken from him."""
    order.visit.refresh_from_db()
    things = [name for name, due in queries.leaving.received(order.visit).items() if due]
    return delivery.give_back(order, things=things, by=crew.service_advisor, at=at)


def released(crew, at=TUESDAY_NINE, **details):
    order = paid(crew, at, **details)
    gate.release(order.visit.gate_passes.get().code, by=crew.service_advisor, at=at)
    order.refresh_from_db()
    order.visit.refresh_from_db()
    return order
