"""The days before today: visits that ended, the messages that went out, the calls that were made."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from dealership.demo.house import House
from dealership.demo.visits import Passage, Plan
from dealership.outbox import delivery as outbox
from dealership.outbox.models import Outcome
from dealership.outbox.states import State as MessageState
from dealership.staff.roles import Role
from followup import operations as followup
from followup.models import Channel, Code, ContactRule, FollowUpTask
from followup.states import State
from reception.models import Visit
from workorders.operations import till
from workorders.queries import till as cashier

# Days ago, arrival, guest, job, advisor, team, technician, method, more
VISITS: list[tuple[int, str, str, str, str, int, str, str, dict[str, Any]]] = [
    (53, "09:00", "何晓东", "oil", "advisor", 0, "technician", "wechat", {}),
    (52, "10:00", "孙丽", "service", "advisor2", 1, "technician3", "alipay", {}),
    (8, "08:45", "叶青", "service", "advisor", 0, "technician", "wechat", {"booked": True}),
    (8, "10:30", "魏来", "noise", "advisor2", 1, "technician4", "card", {"findings": "右前仍有异响，连接杆未紧固"}),
    (7, "09:00", "卢俊", "brakes", "advisor3", 0, "technician2", "cash", {"old_parts": "look"}),
    (6, "08:30", "曾辉", "oil", "advisor", 0, "technician2", "cash", {}),
    (6, "13:10", "彭佳", "battery", "advisor2", 1, "technician3", "wechat", {"booked": True}),
    (5, "09:30", "吕洋", "electric", "advisor3", 1, "technician4", "alipay", {}),
    (5, "10:00", "苏晴", "first", "advisor", 0, "technician", "wechat", {"booked": True}),
    (4, "08:40", "傅红", "cooling", "advisor2", 1, "technician3", "wechat", {}),
    (3, "09:00", "沈一鸣", "electric", "advisor3", 1, "technician4", "transfer", {"booked": True}),
    (2, "08:30", "许文", "tyre", "advisor", 0, "technician", "cash", {"old_parts": "take"}),
    (1, "08:45", "梁燕", "oil", "advisor2", 0, "technician2", "wechat", {"booked": True}),
    (1, "09:40", "邓超群", "discs", "advisor3", 1, "technician3", "card", {}),
]


class Call(NamedTuple):
    """A call made some days after the car was given back, at `clock`; `said` is what the customer answered."""

    guest: str
    days: int
    clock: str
    caller: str
    outcome: str
    said: dict[str, Any]


CALLS = [
    Call("何晓东", 3, "10:20", "clerk", "reached", {"satisfied": True, "score": 5, "opinion": "很快，满意。"}),
    Call("孙丽", 3, "14:10", "clerk", "reached", {"satisfied": True, "score": 4, "opinion": "等候区希望有充电口。"}),
    Call("叶青", 3, "10:05", "clerk", "reached", {"satisfied": True, "score": 5, "opinion": "接待很耐心。"}),
    Call("魏来", 3, "09:50", "assistant", "no_answer", {"note": "无人接听"}),
    Call("魏来", 4, "15:30", "clerk", "reached", {"satisfied": False, "score": 2, "opinion": "取车等了四十分钟。"}),
    Call("卢俊", 3, "11:00", "technician", "reached", {"satisfied": True, "score": 5, "opinion": "异响没有了。"}),
    Call("彭佳", 3, "16:00", "clerk", "declined", {"note": "不希望接到回访电话"}),
    Call("吕洋", 3, "10:40", "clerk", "wrong_number", {"note": "号码是别人的"}),
    Call("苏晴", 3, "14:30", "technician2", "reached", {"satisfied": True, "score": 5, "opinion": ""}),
]
LETTERS_POSTED = 3  # days ago and before: the clerk has written the letters to customers without e-mail
CHANGE_WRONG = 3  # the evening on which the count is a yuan short
CLOSING = time(17, 40)
MORNINGS = 10  # on which the clock is seen to work; what it finds does not depend on their number
Event = tuple[datetime, Callable[[datetime], object]]


def tell(house: House) -> None:
    """Let the past happen: first every visit, then in the order of time what the clock and the callers did."""
    widen_care_calls(house)
    ended = {row[2]: Passage(house, plan(house, row)).go() for row in VISITS}
    events = [event for visit in ended.values() for event in after_release(visit)]
    events += [posted(house, ended[row[2]]) for row in VISITS if row[0] >= LETTERS_POSTED]
    events += [(house.day.on(-days, "08:35"), followup.sweep) for days in range(1, MORNINGS)]
    events += [called(house, ended[call.guest], call) for call in CALLS]
    for at, act in sorted(events, key=lambda event: event[0]):
        act(at)


def close_days(house: House) -> None:
    """Let the cashier have counted every evening but the last; on one of them a yuan was missing."""
    *past, _last = cashier.open_shifts(house.store)
    for n, shift in enumerate(past):
        expected = cashier.expected_cash(shift, cashier.counts(shift))
        short = 100 if n == CHANGE_WRONG and expected else 0
        evening = datetime.combine(shift.day, CLOSING, tzinfo=house.store.zone)
        till.close_day(
            shift, counted_fen=expected - short, reason="找零差错" if short else "", by=shift.cashier, at=evening
        )


def widen_care_calls(house: House) -> None:
    """Let the sales manager make care calls as well: this store's own wish, entered as a rule."""
    rule = ContactRule.objects.get(code=Code.CARE)
    roles = [*rule.caller_roles, str(Role.SALES_MANAGER)]
    followup.change_rule(rule, caller_roles=roles, by=house.people["manager"], at=house.day.on(-60, "09:00"))


def plan(house: House, row: tuple[int, str, str, str, str, int, str, str, dict[str, Any]]) -> Plan:
    days, clock, guest, job, advisor, team, technician, method, more = row
    arrives_at = house.day.on(-days, clock)
    basics: dict[str, Any] = {"guest": guest, "job": job, "advisor": advisor, "arrives_at": arrives_at, "bay": days % 6}
    return Plan(**basics, team=team, technician=technician, method=method, **more)


def after_release(visit: Visit) -> list[Event]:
    """The clock plans the follow-up, the thank-you message goes out, the clock notices."""
    assert visit.released_at is not None
    first = visit.released_at + timedelta(minutes=1)
    return [(first, followup.sweep), (first, record_as_sent), (first + timedelta(minutes=1), followup.sweep)]


def record_as_sent(at: datetime) -> None:
    """Write that yesterday's messages went out, as they would have: today nobody must get them."""
    while message := outbox.claim(at):
        outbox.settle(message, Outcome.SENT, at, detail="demo", state=MessageState.SENT, sent_at=at, error="")


def posted(house: House, visit: Visit) -> Event:
    """Let the clerk post the thank-you letter to a customer the message could not reach (1.2.1.1)."""
    assert visit.released_at is not None

    def post(at: datetime) -> None:
        letters = FollowUpTask.objects.filter(channel=Channel.LETTER, state=State.DUE, rule__code=Code.THANKS)
        for task in letters.filter(visit=visit).select_related("rule", "store", "visit"):
            followup.record_letter(task, by=house.people["clerk"], at=at)

    return house.day.after(visit.released_at, 60), post


def called(house: House, visit: Visit, call: Call) -> Event:
    assert visit.released_at is not None
    days = (visit.released_at.astimezone(house.day.now.tzinfo).date() - house.day.today).days + call.days
    caller = house.people[call.caller]

    def make(at: datetime) -> None:
        followup.sweep(at)
        task = FollowUpTask.objects.select_related("rule", "store", "visit").get(visit=visit, rule__code=Code.CALL)
        followup.record_call(task, outcome=call.outcome, by=caller, at=at, **call.said)

    return house.day.on(days, call.clock), make
