"""Who works in the demo stores. The log-ins of `LOG_INS` are printed by `manage.py demo_logins`."""

from typing import Any, NamedTuple

from dealership.demo import operations
from dealership.staff import operations as staff
from dealership.staff.models import Store, User
from dealership.staff.roles import Role

PASSWORD = "demo-desk-2026"
LATER: Any = None  # no password of their own: all get PASSWORD, hashed once


class LogIn(NamedTuple):
    """One person; `first` is what to try first."""

    username: str
    role: Role
    full_name: str
    phone: str
    first: str = ""


LOG_INS = [
    LogIn("advisor", Role.SERVICE_ADVISOR, "李娜", "13800000001", "Reception: finish the car being received"),
    LogIn("assistant", Role.ADVISOR_ASSISTANT, "周敏", "13800000002", "Appointments: book the next free slot"),
    LogIn("foreman", Role.FOREMAN, "赵国强", "13800000003", "Board: dispatch the car that is next in line"),
    LogIn("dispatcher", Role.DISPATCHER, "冯涛", "13800000004", "Today: look at the promises in danger"),
    LogIn("leader", Role.TEAM_LEADER, "韩志军", "13800000005", "Today: start the rework of your team"),
    LogIn("technician", Role.TECHNICIAN, "马超", "13800000006", "Today: start or finish a job of the team"),
    LogIn("quality", Role.QUALITY_INSPECTOR, "郑卫", "13800000007", "Today: pass or fail the car to be checked"),
    LogIn("parts", Role.PARTS, "许静", "13800000008", "Today: hand out parts; one order is short of some"),
    LogIn("cashier", Role.CASHIER, "何芳", "13800000009", "Today: take the payment that is open"),
    LogIn("guard", Role.GUARD, "秦大勇", "13800000023", "Gate: release the car of 黄丽 by the code on its pass"),
    LogIn("claims", Role.CLAIMS, "沈洁", "13800000010", "Board, manufacturer cases: submit that of 胡蓉"),
    LogIn("clerk", Role.INFORMATION_CLERK, "吴婷", "13800000011", "Follow-up: call a customer who is due"),
    LogIn("salesmanager", Role.SALES_MANAGER, "蒋伟", "13800000012", "Follow-up: make a care call"),
    LogIn("sales", Role.SALESPERSON, "杨帆", "13800000013", "Follow-up: make a care call"),
    LogIn("manager", Role.AFTER_SALES_MANAGER, "陈明", "13800000014", "Switch to the second store; look at every list"),
    LogIn("director", Role.DIRECTOR, "林建华", "13800000015", "Board: see where every car stands"),
]
COLLEAGUES = [
    LogIn("advisor2", Role.SERVICE_ADVISOR, "王磊", "13800000016"),
    LogIn("advisor3", Role.SERVICE_ADVISOR, "孙悦", "13800000017"),
    LogIn("leader2", Role.TEAM_LEADER, "曹勇", "13800000018"),
    LogIn("technician2", Role.TECHNICIAN, "徐浩", "13800000019"),
    LogIn("technician3", Role.TECHNICIAN, "高鹏", "13800000020"),
    LogIn("technician4", Role.TECHNICIAN, "罗斌", "13800000021"),
]
ELSEWHERE = [LogIn("west", Role.SERVICE_ADVISOR, "方圆", "13800000022")]  # works in the second store
IN_BOTH_STORES = {"manager"}
TECHNICAL = {Role.TECHNICIAN, Role.TEAM_LEADER, Role.FOREMAN}


def take_on(stores: list[Store]) -> dict[str, User]:
    """Take everybody on; return them by log-in."""
    first, second = stores
    found = {who: [first, second] if who.username in IN_BOTH_STORES else [first] for who in [*LOG_INS, *COLLEAGUES]}
    found |= {who: [second] for who in ELSEWHERE}
    people = {who.username: hire(who, places) for who, places in found.items()}
    operations.share_password(people.values(), PASSWORD)
    return people


def hire(who: LogIn, stores: list[Store]) -> User:
    return staff.take_on(
        username=who.username,
        password=LATER,
        full_name=who.full_name,
        roles=[who.role],
        stores=stores,
        phone=who.phone,
        technical=who.role in TECHNICAL,
    )
