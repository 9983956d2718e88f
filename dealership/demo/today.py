"""Today: cars in every column of the board, customers in the lane, appointments of today and the next days."""

from datetime import datetime, timedelta

from appointments import operations as appointments
from dealership.demo import diary, findings, history, readiness
from dealership.demo.claims import Claim
from dealership.demo.customers import ORGANISATION
from dealership.demo.house import House
from dealership.demo.jobs import JOBS
from dealership.demo.visits import Passage, Plan, arrive, walk_round
from dealership.staff.models import Store
from dealership.workflow import CLOCK
from followup import operations as followup
from reception import operations as reception
from workorders.models import WorkOrder
from workorders.operations import gate
from workorders.states import State

SCRATCHES = (("left_front_door", "scratch"), ("rear_bumper", "scratch"))
STONES = (("bonnet", "chip"), ("windscreen", "crack"), ("right_rear_wing", "dent"))

LINKS = Claim(
    "C01",
    "三年质保已过，连接杆是否属于厂家延长质保的批次，需拆检确认",
    "过减速带前部有咯噔声，冷车时更明显",
    "左右平衡杆连接杆球头松旷，批号在延长质保通知范围内，需更换一对",
    parts=(("LNK-STAB", 2),),
    approval="XLSP-26-10482",
)
SCREEN = Claim(
    "E02",
    "整车质保已过，中控屏是否按电子件五年质保，需检查后报厂家",
    "中控屏偶尔黑屏，重启后恢复，每周两三次",
    "读取到屏幕供电中断的历史故障码，电源与保险丝正常，判断为屏幕主板故障",
)


def on_the_board(house: House) -> list[Plan]:
    """Return the cars in the house by their arrival; `ago` and `promise` count minutes of work from now."""
    ago, promise = house.day.ago, house.day.promise
    return [
        Plan("宋涛", "pump", "advisor2", ago(640), "in_progress", promised_at=promise(300), team=1,
             technician="technician4", bay=3),
        Plan("周强", "oil", "advisor", ago(520), "ready", booked=True, bay=0, method="cash"),
        Plan("郭亮", "tyre", "advisor3", ago(430), team=1, technician="technician3", bay=1, method="alipay"),
        Plan("黄丽", "battery", "advisor", ago(400), "paid", True, team=0, technician="technician2", bay=1),
        Plan("徐刚", "clunk", "advisor", ago(390), "settled", team=1, technician="technician3", bay=2, method="cash",
             old_parts="look", claim=LINKS),
        Plan("吴敏", "electric", "advisor2", ago(370), "handed_over", True, team=1, technician="technician4", bay=1),
        Plan("朱军", "service", "advisor", ago(340), "passed", True, damage=SCRATCHES, bay=0),
        Plan("罗勇", "noise", "advisor3", ago(300), "rework", promised_at=promise(60), bay=4, damage=STONES,
             findings="试车过坎仍有异响，左侧连接杆需重新紧固"),
        Plan("陈静", "cooling", "advisor2", ago(290), "in_progress", promised_at=promise(-20), team=1,
             technician="technician3", bay=2),
        Plan("林小雨", "brakes", "advisor", ago(210), "finished", True, promised_at=promise(90),
             technician="technician2", bay=2),
        Plan("赵磊", "service", "advisor3", ago(150), "in_progress", promised_at=promise(20), technician="technician2",
             bay=0, old_parts="take"),
        Plan("胡蓉", "warranty", "advisor", ago(110), "on_hold", True, promised_at=promise(120), bay=1,
             technician="technician2", claim=SCREEN),
        Plan("韩冰", "shocks", "advisor2", ago(90), "dispatched", promised_at=promise(330), team=1, bay=4),
        Plan("冯倩", "oil", "advisor3", ago(70), "dispatched", True, promised_at=promise(150), bay=0),
        Plan("董浩", "paint", "advisor", ago(60), "signed", promised_at=promise(480), damage=STONES),
        Plan("刘芳", "major", "advisor2", ago(45), "signed", True, promised_at=promise(420),
             minded="车主对气味敏感，请勿在车内吸烟"),
        Plan("王建国", "service", "advisor", ago(30), "draft", True),
        Plan("程琳", "discs", "advisor3", ago(24), "draft"),
        Plan("萧然", "oil", "advisor", ago(16), "inspected", damage=SCRATCHES),
    ]  # fmt: skip


# Clock, advisor, guest, job; those whose time is over by now are left out, the cars on the board had theirs.
STILL_TO_COME = [
    ("08:30", "advisor", "魏来", "noise"),
    ("09:00", "advisor2", "蔡依娜", "first"),
    ("09:30", "advisor3", "欧阳明", "brakes"),
    ("10:00", "advisor", "丁一", "electric"),
    ("10:30", "advisor2", "叶青", "noise"),
    ("11:00", "advisor3", "卢俊", "oil"),
    ("13:00", "advisor", "彭佳", "service"),
    ("13:30", "advisor2", ORGANISATION, "major"),
    ("14:00", "advisor3", "何晓东", "tyre"),
    ("15:00", "advisor", "沈一鸣", "electric"),
    ("16:00", "advisor2", "傅红", "oil"),
    ("17:00", "advisor3", "苏晴", "warranty"),
]
# Days from today, clock, advisor, guest, job
COMING_DAYS = [
    (1, "08:30", "advisor", "许文", "oil"),
    (1, "08:45", "advisor2", "曾辉", "service"),
    (1, "09:00", "advisor3", "吕洋", "electric"),
    (1, "10:30", "advisor", ORGANISATION, "oil"),
    (1, "14:00", "advisor2", "邓超群", "major"),
    (1, "09:30", "advisor", "罗勇", "startstop"),
    (1, "14:15", "advisor3", "孙丽", "oil"),
    (2, "08:30", "advisor", "梁燕", "brakes"),
    (2, "09:00", "advisor3", "程琳", "tyres"),
    (2, "09:30", "advisor2", "蔡依娜", "service"),
    (2, "10:00", "advisor3", "欧阳明", "major"),
    (2, "15:00", "advisor", "何晓东", "service"),
    (3, "09:00", "advisor2", "丁一", "warranty"),
    (3, "13:30", "advisor3", ORGANISATION, "service"),
    (4, "08:45", "advisor", "卢俊", "oil"),
    (5, "10:30", "advisor2", "彭佳", "first"),
    (6, "14:00", "advisor3", "梁燕", "cooling"),
]
PROACTIVE = (4, "09:30", "advisor2", "萧然", "service")
BOOKED_TODAY = [(3, "10:00", "advisor", "叶青", "oil", 50), (4, "14:30", "advisor2", "苏晴", "service", 20)]


def tell(house: House) -> None:
    fill_the_book(house)
    readiness.begin_the_day(house)
    for plan in on_the_board(house):
        Passage(house, plan).go()
    keep_passes(house)
    findings.tell(house)
    fill_the_lane(house)
    miss_one(house)
    readiness.make_ready(house)
    followup.sweep(house.day.now)


def keep_passes(house: House) -> None:
    """Print a new gate pass for who paid so long ago that his has ended: the guard finds a car to release."""
    for order in WorkOrder.objects.filter(store=house.store, state=State.PAID).select_related("visit__store"):
        gate.issue(order.visit, by=house.people["cashier"], at=house.day.now)


def fill_the_book(house: House) -> None:
    day = house.day
    for clock, advisor, guest, job in STILL_TO_COME:
        if day.on(0, clock) > day.now:
            diary.book_near(house, guest, job, advisor, day.on(0, clock), day.on(-2, "15:20"))
    for days, clock, advisor, guest, job in COMING_DAYS:
        diary.book_near(house, guest, job, advisor, day.on(days, clock), day.on(min(days - 3, -1), "10:40"))
    history.record_as_sent(day.on(-2, "10:41"))  # the letter to who wishes e-mail; his reminder is still to come
    for days, clock, advisor, guest, job, minutes in BOOKED_TODAY:
        diary.book_near(house, guest, job, advisor, day.on(days, clock), day.lately(minutes))
    days, clock, advisor, guest, job = PROACTIVE
    said = {"mileage": 29100, "condition": "一切正常", "note": "保养快到期，客户同意来店"}
    diary.book_near(house, guest, job, advisor, day.on(days, clock), day.on(-1, "11:05"), call=said)
    with_deposit(house, day.on(-1, "15:40"))


def with_deposit(house: House, booked_at: datetime) -> None:
    """Book parts that are dear enough for a deposit (2.1.6)."""
    made = diary.book_near(house, "黄丽", "shocks", "advisor", house.day.on(5, "13:00"), booked_at)
    if made is not None:
        appointments.take_deposit(made, amount_fen=50000, by=house.people["assistant"], at=booked_at)
        diary.put_aside(house, made, house.day.lately(45))  # too few are there: they will be delivered


def fill_the_lane(house: House) -> None:
    """Put one customer into reception and three into the queue, one of them for longer than eight minutes (3.1.2.6)."""
    day = house.day
    received = Plan("张伟", "electric", "advisor", day.lately(14), booked=True, damage=STONES)
    begun = max(received.arrives_at, day.now - timedelta(minutes=10))
    walk_round(arrive(house, received), received, JOBS[received.job], house.people["advisor"], lambda _minutes: begun)
    for guest, job, minutes, booked in [("唐雪", "electric", 12, False), ("曹阳", "tyre", 6, False)]:
        arrive(house, Plan(guest, job, "advisor3", day.lately(minutes), booked=booked))
    arrive(house, Plan("袁媛", "service", "advisor2", day.lately(3), booked=True))


def miss_one(house: House) -> None:
    """Let one appointment pass without its customer, today or on the working day before; he is to be called (F.1)."""
    day, latest = house.day, house.day.now - timedelta(hours=1)
    for on in [day.today, day.calendar.previous_open_day(day.today)]:
        over = [time for time in diary.free_times(house, "noise", "advisor3", on) if time <= latest]
        if over:
            missed = diary.book(house, "欧阳明", "noise", "advisor3", over[-1], over[-1] - diary.NOTICE)
            diary.call(house, missed, over[-1] - timedelta(hours=2))
            appointments.mark_no_show(missed, by=CLOCK, at=over[-1] + timedelta(minutes=30))
            return


def in_the_other_store(house: House, store: Store) -> None:
    """Let the second store have a car in its lane and two appointments."""
    west, manager, day = house.people["west"], house.people["manager"], house.day
    for days, guest in [(1, "苏晴"), (2, "许文")]:
        customer, vehicle = house.guests[guest]
        appointments.book(
            store=store,
            advisor=west,
            customer=customer,
            vehicle=vehicle,
            starts_at=day.on(days, "15:30"),
            cause="maintenance",
            reason="常规保养",
            agreed=True,
            by=manager,
            at=day.on(-1, "11:20"),
        )
    customer, vehicle = house.guests["傅红"]
    reception.record_arrival(store=store, vehicle=vehicle, customer=customer, by=west, at=day.lately(5))
