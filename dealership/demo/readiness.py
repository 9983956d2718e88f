"""The booking desk around the demo's day: its rules, calls, parts, preparation, the welcome board, the foreman."""

from datetime import timedelta

from appointments import operations as appointments
from appointments import queries
from appointments.models import Appointment, BookingRules, ForemanNotice
from appointments.operations import reminding
from dealership.demo import diary, operations
from dealership.demo.house import House

READ_AFTER = timedelta(minutes=25)  # the foreman looks at what he was told
MISSED_BY = timedelta(hours=18)  # once he looked the next morning only


def set_rules(house: House) -> None:
    """Enter the store's rules, and a change that begins next week (B.3)."""
    manager, day = house.people["manager"], house.day
    opened = BookingRules(store=house.store, valid_from=day.on(-60, "09:00").date(), reason="按总部标准执行")
    appointments.change_rules(opened, by=manager, at=day.on(-60, "09:00"))
    begins = day.today + timedelta(days=7)
    change = BookingRules(store=house.store, valid_from=begins, near_minutes=45, part_lead_days=4)
    change.reason = "客户反映提前一小时来电太早；供应商改为四天到货"
    appointments.change_rules(change, by=manager, at=day.on(-1, "16:20"))
    operations.be_away(house.people["advisor3"], begins, begins + timedelta(days=2), "厂家培训")


def begin_the_day(house: House) -> None:
    """Let the clock move today's cards to the jobs, as it did shortly after midnight (2.1.15)."""
    appointments.sweep(min(house.day.on(0, "00:05"), house.day.now))


def make_ready(house: House) -> None:
    """Call, prepare and tell as far as it was done by now; the rest is there to be tried out."""
    day = house.day
    today, tomorrow = (coming(house, days) for days in (0, 1))
    for made in today:
        diary.make_ready(house, made, day.on(-1, "16:30"), diary.POINTS[: 3 if made == today[-1] else 5])
        diary.call(house, made, day.on(0, "00:00"))
    for number, made in enumerate(tomorrow[:4]):
        diary.make_ready(house, made, day.lately(35 - number), [diary.POINTS, diary.POINTS, ["file"], []][number])
    for made in coming(house, 2)[:2]:
        diary.put_aside(house, made, day.lately(30))
    appointments.put_up_board(house.store, day.today, by=house.people["assistant"], at=day.on(-1, "17:20"))
    ask_for_another_time(house, tomorrow[-1])
    read_notices(house)


def coming(house: House, days: int) -> list[Appointment]:
    day = house.day.today + timedelta(days=days)
    return list(queries.arrivals_due(house.store, day).filter(starts_at__gt=house.day.now))


def ask_for_another_time(house: House, made: Appointment) -> None:
    """Let a customer use the link of his reminder: he wants to come at another time."""
    link = reminding.make_link(made, "move", house.day.lately(120))
    appointments.spend(link, at=house.day.lately(25), words="临时要开会，能改到后天下午吗？")


def read_notices(house: House) -> None:
    """The foreman has seen what he was told before today, once a day late (2.1.8)."""
    told = ForemanNotice.objects.filter(store=house.store, seen_at=None, notified_at__lt=house.day.on(0, "00:00"))
    for number, notice in enumerate(told.order_by("notified_at", "pk")):
        after = MISSED_BY if number == 2 else READ_AFTER
        appointments.see_notice(notice, by=house.people["foreman"], at=min(notice.notified_at + after, house.day.now))
