"""The demo's customers and their cars: invented people, numbers and addresses that reach nobody."""

import random
from datetime import timedelta
from typing import Any

from dealership.customers import names, vins
from dealership.customers import operations as customers
from dealership.customers.models import Consent, Customer, Vehicle
from dealership.customers.models.people import Channel
from dealership.demo import operations
from dealership.demo.house import House

# Name, title, plate, make, model, energy, colour, mileage
GUESTS = [
    ("王建国", "mr", "浙A6K328", "大众", "帕萨特", "fuel", "黑色", 52300),
    ("刘芳", "ms", "浙A0T615", "丰田", "凯美瑞", "hybrid", "珍珠白", 31800),
    ("张伟", "mr", "浙AD36128", "比亚迪", "汉EV", "electric", "赤帝红", 24600),
    ("陈静", "ms", "浙A8M207", "本田", "雅阁", "fuel", "星月白", 46900),
    ("赵磊", "mr", "沪A3J582", "大众", "途观L", "fuel", "深灰", 68200),
    ("黄丽", "ms", "浙A2P936", "日产", "轩逸", "fuel", "银色", 38700),
    ("周强", "mr", "浙A7R451", "别克", "君越", "fuel", "曜石黑", 57100),
    ("吴敏", "ms", "浙ADL2075", "比亚迪", "宋PLUS DM-i", "hybrid", "雪域白", 19800),
    ("徐刚", "mr", "苏E5V817", "丰田", "RAV4荣放", "fuel", "蓝色", 61500),
    ("孙丽", "ms", "浙A9C063", "本田", "CR-V", "fuel", "彩晶黑", 43200),
    ("朱军", "mr", "浙A1F728", "红旗", "H5", "fuel", "黑色", 28400),
    ("胡蓉", "ms", "浙AD81936", "特斯拉", "Model 3", "electric", "珍珠白", 35700),
    ("郭亮", "mr", "浙A4H295", "大众", "迈腾", "fuel", "棕色", 72800),
    ("何晓东", "mr", "浙A5B640", "奥迪", "A4L", "fuel", "灰色", 49600),
    ("林小雨", "ms", "浙A3N172", "丰田", "卡罗拉", "hybrid", "银色", 22900),
    ("罗勇", "mr", "皖A6D308", "吉利", "博越", "fuel", "白色", 54100),
    ("梁燕", "ms", "浙A0W547", "马自达", "昂克赛拉", "fuel", "魂动红", 39300),
    ("宋涛", "mr", "浙A8Q914", "哈弗", "H6", "fuel", "黑色", 66400),
    ("唐雪", "ms", "浙ADA6183", "蔚来", "ET5", "electric", "云白", 16700),
    ("韩冰", "mr", "浙A2S356", "宝马", "3系", "fuel", "矿石灰", 41200),
    ("冯倩", "ms", "浙A7E809", "大众", "朗逸", "fuel", "白色", 33600),
    ("董浩", "mr", "京N8G427", "奔驰", "C级", "fuel", "黑色", 58900),
    ("萧然", "mr", "浙A1K593", "长安", "CS75 PLUS", "fuel", "橙色", 27300),
    ("程琳", "ms", "浙A6T082", "本田", "飞度", "fuel", "黄色", 48100),
    ("曹阳", "mr", "浙AF19267", "小鹏", "P7", "electric", "灰色", 29900),
    ("袁媛", "ms", "浙A9J731", "丰田", "汉兰达", "hybrid", "白色", 36500),
    ("邓超群", "mr", "浙A3L468", "别克", "GL8", "fuel", "黑色", 81700),
    ("许文", "mr", "赣A5P216", "日产", "天籁", "fuel", "银色", 63800),
    ("傅红", "ms", "浙A8X954", "大众", "高尔夫", "fuel", "红色", 45400),
    ("沈一鸣", "mr", "浙AD70584", "理想", "L7", "hybrid", "银色", 21300),
    ("曾辉", "mr", "浙A2Y147", "福特", "蒙迪欧", "fuel", "蓝色", 70500),
    ("彭佳", "ms", "浙A4U630", "起亚", "K5", "fuel", "白色", 34200),
    ("吕洋", "mr", "粤B7Z385", "丰田", "亚洲龙", "hybrid", "黑色", 40800),
    ("苏晴", "ms", "浙A6V271", "本田", "思域", "fuel", "蓝色", 25100),
    ("卢俊", "mr", "浙A0H819", "奇瑞", "瑞虎8", "fuel", "灰色", 56300),
    ("蔡依娜", "ms", "浙A5M406", "雷克萨斯", "ES", "hybrid", "珍珠白", 18600),
    ("欧阳明", "mr", "浙A1R752", "沃尔沃", "S60", "fuel", "白色", 47700),
    ("丁一", "mr", "浙ADB4092", "埃安", "AION S", "electric", "白色", 51900),
    ("魏来", "ms", "浙A7D538", "斯柯达", "速派", "fuel", "灰色", 65200),
    ("叶青", "ms", "浙A9G264", "大众", "探岳", "fuel", "绿色", 30700),
    ("石磊", "mr", "浙A6F815", "大众", "速腾", "fuel", "白色", 22600),
    ("白洁", "ms", "浙A2K594", "丰田", "威兰达", "hybrid", "银色", 37900),
    ("崔敏", "ms", "浙A7P063", "本田", "皓影", "fuel", "红色", 15200),
    ("康健", "mr", "浙A0Q382", "日产", "奇骏", "fuel", "黑色", 52700),
    ("毛宁", "ms", "浙A4D719", "别克", "昂科威", "fuel", "棕色", 44100),
    ("邱峰", "mr", "浙A8B246", "马自达", "CX-5", "fuel", "灰色", 30800),
]
ORGANISATION = "杭州示例物流有限公司"
FLEET = [
    ("浙A3Q605", "福特", "全顺", "白色", 98400),
    ("浙A3Q617", "福特", "全顺", "白色", 87200),
    ("浙AG52806", "吉利", "远程E6", "白色", 43500),
]
KEY_PERSONS = [
    ("范立新", "车队主管", "13800000931", "送车前先打电话"),
    ("夏梅", "财务", "13800000932", "月底统一开票"),
]
FAMILY = [("王建国", "李秀英", "妻子", 5, 12, "solar"), ("周强", "周小宝", "儿子", 9, 1, "solar")]
MAKERS = {"大众": "LFV", "丰田": "LVG", "比亚迪": "LGX", "本田": "LHG", "日产": "LGB", "别克": "LSG", "特斯拉": "LRW"}
OTHER_MAKER = "LZW"
VIN_CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
RECALL = {
    "number": "S2026M0117V",
    "title": "燃油泵盖板密封不良",
    "todo": "检查燃油泵盖板，渗漏时更换密封圈；用时约0.5小时，费用由厂家承担。",
    "make": "大众",
    "model_name": "帕萨特、迈腾",
    "manufacturer": "大众汽车（示例）有限公司",
}
RECALLED = ["王建国", "郭亮"]  # the second had it done
GEARBOX_OIL = {"王建国": "red", "石磊": "red", "孙丽": "yellow", "陈静": "yellow"}  # who drives an automatic
REGISTERED = 200  # days ago
NO_EMAIL_WANTED, NO_PHONE = "梁燕", "丁一"
REMINDED_BY_EMAIL = "邓超群"  # comes tomorrow; the letter has the links with which a customer answers
INTERESTS = ["钓鱼", "羽毛球", "自驾游", "摄影", "茶艺", "篮球", "书法", "烘焙"]
INSURERS = ["示例财险", "样板保险", "安心车险"]


def register(house: House) -> None:
    for number, row in enumerate(GUESTS, 1):
        house.guests[row[0]] = register_guest(house, number, row)
    register_organisation(house)
    call_back(house)
    for keeper, name, relation, month, day, calendar in FAMILY:
        customers.add_contact(
            house.guests[keeper][0],
            name=name,
            kind="family",
            relation=relation,
            birth_month=month,
            birth_day=day,
            birth_calendar=calendar,
            consented=True,
            **entered(house),
        )


def call_back(house: House) -> None:
    """Let a maker recall two cars we know and one we do not, of which one is done."""
    manager, told_at, done_at = house.people["manager"], house.day.on(-40, "09:10"), house.day.on(-21, "15:30")
    recall = operations.recall(published_on=told_at.date(), **RECALL)
    listed = [house.guests[name][1].vin for name in RECALLED] + [vin("大众", house.random)]
    customers.list_recalled(recall, listed, by=manager, at=told_at)
    done = recall.vehicles.get(vin=listed[1])
    customers.close_recall(done, by=manager, at=done_at, where="星澜汽车城西店", reference="城西店电话告知")


def entered(house: House) -> dict[str, Any]:
    return {"by": house.people["assistant"], "at": house.day.on(-REGISTERED, "11:10")}


def register_guest(
    house: House, number: int, row: tuple[str, str, str, str, str, str, str, int]
) -> tuple[Customer, Vehicle]:
    name, title, plate, make, model, energy, colour, km = row
    chance = house.random
    customer, vehicle = customers.register_with_car(
        name=name,
        title=title,
        phones=[] if name == NO_PHONE else [f"1380000{1000 + number}"],
        plate=plate,
        vin=vin(make, chance),
        make=make,
        model_name=model,
        energy=energy,
        colour=colour,
        mileage=km,
        **bought(house),
        **entered(house),
    )
    if name in GEARBOX_OIL:
        customers.correct_vehicle(vehicle, atf_mark=GEARBOX_OIL[name], warranty_km=100_000, **entered(house))
    customers.correct(customer, **wishes(number, name, chance), **entered(house))
    record_answers(house, number, customer)
    return customer, vehicle


def bought(house: House) -> dict[str, Any]:
    """Choose when the car was sold and what follows from it."""
    chance = house.random
    sold_on = house.day.today - timedelta(days=chance.randint(400, 1800))
    return {
        "sale_on": sold_on,
        "warranty_until": sold_on + timedelta(days=3 * 365),
        "salesperson": house.people["sales"],
        "insurer": chance.choice(INSURERS),
        "insurance_expires_on": house.day.today + timedelta(days=chance.randint(10, 360)),
        "since": sold_on,
    }


def wishes(number: int, name: str, chance: random.Random) -> dict[str, Any]:
    """Choose what somebody told us about himself; every second one has an e-mail address."""
    told: dict[str, Any] = {
        "board_display": chance.choice(["surname", "surname", "surname", "full", "plate"]),
        "interests": " ".join(chance.sample(INTERESTS, chance.randint(0, 2))),
        "birth_month": chance.randint(1, 12),
        "birth_day": chance.randint(1, 28),
        "birth_year": chance.choice([None, chance.randint(1965, 1999)]),
        "birth_calendar": "lunar" if number % 5 == 0 else "solar",
    }
    if number % 2 or name == NO_EMAIL_WANTED:
        told["email"] = f"{names.initials(name).split()[0]}{number:02d}@example.{'cn' if number % 4 == 1 else 'com'}"
    if name == REMINDED_BY_EMAIL:
        told["preferred_channel"] = Channel.EMAIL
    return told


def record_answers(house: House, number: int, customer: Customer) -> None:
    if customer.name == NO_EMAIL_WANTED:
        answer(house, customer, Consent.Purpose.SERVICE, Channel.EMAIL, granted=False)
    elif number % 3 == 0:
        answer(house, customer, Consent.Purpose.MARKETING, Channel.SMS, granted=True)


def answer(house: House, customer: Customer, purpose: str, channel: str, *, granted: bool) -> None:
    customers.record_consent(
        customer, purpose=purpose, channel=channel, granted=granted, source="到店登记", **entered(house)
    )


def register_organisation(house: House) -> None:
    """Register the fleet customer with the people who decide for it (1.1.1.4, 1.1.1.5)."""
    fleet = customers.register(name=ORGANISATION, kind="organisation", phones=["0571-85550300"], **entered(house))
    known: dict[str, Any] = {
        "email": "fleet@example.com",
        "notes": "三辆车，月结。",
        "board_display": "full",
        "key_account": True,
    }
    customers.correct(fleet, **known, **entered(house))
    for name, post, phone, notes in KEY_PERSONS:
        about: dict[str, Any] = {"name": name, "relation": post, "phone": phone, "notes": notes, "consented": True}
        customers.add_contact(fleet, kind="key_person", **about, **entered(house))
    for plate, make, model, colour, km in FLEET:
        vehicle = customers.add_vehicle(
            keeper=fleet,
            plate=plate,
            vin=vin(make, house.random),
            make=make,
            model_name=model,
            colour=colour,
            energy="electric" if len(plate) == 8 else "fuel",
            mileage=km,
            **bought(house),
            **entered(house),
        )
        house.guests.setdefault(ORGANISATION, (fleet, vehicle))


def vin(make: str, chance: random.Random) -> str:
    """Invent a VIN with the maker's beginning and the check digit it needs (clause 3.2.1.4)."""
    kind = "".join(chance.choices(VIN_CHARACTERS, k=5))
    serial = f"{chance.choice('LMNPRS')}{chance.choice('ABCDE')}{chance.randint(0, 999999):06d}"
    blank = f"{MAKERS.get(make, OTHER_MAKER)}{kind}0{serial}"
    return blank[: vins.CHECK_POSITION] + vins.check_digit(blank) + blank[vins.CHECK_POSITION + 1 :]
