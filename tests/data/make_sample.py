"""Make the sample import: 500 rows as a dealership's old system would export them, always the same.

    python -m tests.data.make_sample        # writes customers_sample.csv (GBK) and customers_sample.xlsx

Nine rows are wrong on purpose; WRONG says which and why.
"""

import csv
import datetime
import io
import random
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).resolve().parent
SEED = 20261124
ROWS = 500
PERSON = ["客户姓名", "客户类型", "性别", "手机", "联系地址", "生日", "爱好"]
CAR = [
    "车牌号",
    "车架号",
    "品牌",
    "车型",
    "颜色",
    "燃料类型",
    "销售日期",
    "销售顾问",
    "质保到期",
    "保险公司",
    "保险到期日",
]
CAR += ["年检到期", "下次保养日期", "行驶里程(公里)"]
ORDER = ["工单号", "结算日期", "进厂里程", "维修内容", "结算金额", "服务顾问"]
HEADER = PERSON + CAR + ORDER
PLACE = {name: place for place, name in enumerate(HEADER)}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎单仇"
MALE = "伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆"
FEMALE = "芳娜敏静丽艳娟霞秀燕玲婷慧雪莉倩颖琳悦欣怡佳蕾萍红"
COMPANIES = [
    "华东精密机械",
    "长江物流",
    "蓝天教育科技",
    "申江建筑装饰",
    "浦东康健医疗器械",
    "海纳食品",
    "东方印务",
    "启明电子",
]
DISTRICTS = ["浦东新区张杨路", "徐汇区漕溪北路", "闵行区沪闵路", "静安区南京西路", "杨浦区四平路", "长宁区延安西路"]
HOBBIES = ["钓鱼", "摄影", "自驾游", "篮球", "羽毛球", "钓鱼 象棋", "登山", "烹饪", ""]
MODELS = [
    ("大众", "朗逸", "LSV", "汽油"),
    ("大众", "途观L", "LSV", "汽油"),
    ("大众", "帕萨特", "LSV", "汽油"),
    ("大众", "ID.3", "LSV", "纯电动"),
    ("大众", "途岳", "LSV", "汽油"),
    ("大众", "途安L", "LSV", "混合动力"),
]
COLOURS = ["极地白", "幻影黑", "铂金灰", "极光蓝", "烈焰红"]
INSURERS = ["人保财险", "平安产险", "太平洋产险", "国寿财险"]
SELLERS = ["周晓梅", "吴建国", "郑倩"]
ADVISORS = ["赵敏", "钱进", "孙立"]
JOBS = [
    ("常规保养：更换机油、机滤", 48000, 88000),
    ("更换前刹车片", 76000, 128000),
    ("四轮定位、更换轮胎两条", 120000, 210000),
    ("空调系统清洗、更换空调滤芯", 32000, 56000),
    ("钣金喷漆：右前翼子板", 90000, 180000),
    ("更换蓄电池", 68000, 98000),
    ("6万公里大保养", 168000, 268000),
]
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
TRANSLITERATION = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9], strict=True)
)
WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
TODAY = datetime.date(2026, 11, 20)

# Row in the file (the header is line 1) -> the column that is wrong and what it says instead.
WRONG = {
    21: ("车架号", "one character short"),
    58: ("车架号", "wrong check digit"),
    97: ("手机", "12345"),
    143: ("销售日期", "2023-02-30"),
    188: ("客户姓名", ""),
    236: ("行驶里程(公里)", "约五万"),
    301: ("结算金额", "面议"),
    377: ("手机", "1.39E+10"),
    444: ("车牌号", "the plate of another car"),
}


def vin(rng, prefix):
    """Return a VIN with the check digit worked out here, not by the code under test."""
    body = prefix + "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(5))
    tail = rng.choice("LMNPR") + rng.choice(LETTERS[:8]) + f"{rng.randrange(1_000_000):06d}"
    whole = body + "0" + tail
    rest = sum((TRANSLITERATION.get(c) or int(c)) * w for c, w in zip(whole, WEIGHTS, strict=True)) % 11
    return body + ("X" if rest == 10 else str(rest)) + tail


def plate(rng, energy):
    if energy == "纯电动":
        return f"沪A{rng.choice('DF')}{rng.randrange(100_000):05d}"
    return f"沪{rng.choice('ABCDEFGHJKLMN')}{rng.choice(LETTERS[:8])}{rng.randrange(10_000):04d}"


def day(rng, first, last):
    return first + datetime.timedelta(days=rng.randrange((last - first).days))


def customer(rng, number):
    mobile = f"{rng.choice(['138', '139', '136', '159', '186', '189'])}{10_000_000 + number * 17_389 % 90_000_000:08d}"
    if rng.random() < 0.07:
        name = f"上海{rng.choice(COMPANIES)}有限公司"
        return {
            "客户姓名": name,
            "客户类型": "单位",
            "性别": "",
            "手机": mobile,
            "联系地址": "",
            "生日": "",
            "爱好": "",
        }
    male = rng.random() < 0.6
    given = "".join(rng.choice(MALE if male else FEMALE) for _ in range(rng.choice([1, 2, 2])))
    return {
        "客户姓名": rng.choice(SURNAMES) + given,
        "客户类型": "个人",
        "性别": "男" if male else "女",
        "手机": mobile if rng.random() < 0.97 else "",
        "联系地址": f"上海市{rng.choice(DISTRICTS)}{rng.randrange(1, 900)}号",
        "生日": day(rng, datetime.date(1955, 1, 1), datetime.date(2003, 1, 1)).isoformat()
        if rng.random() < 0.6
        else "",
        "爱好": rng.choice(HOBBIES),
    }


def car(rng):
    make, model, prefix, energy = rng.choice(MODELS)
    sold = day(rng, datetime.date(2016, 1, 1), TODAY)
    km = max(300, int((TODAY - sold).days * rng.uniform(18, 60)))
    return {
        "车牌号": plate(rng, energy) if (TODAY - sold).days > 20 else "未上牌",
        "车架号": vin(rng, prefix),
        "品牌": make,
        "车型": model,
        "颜色": rng.choice(COLOURS),
        "燃料类型": energy,
        "销售日期": f"{sold:%Y/%m/%d}",
        "销售顾问": rng.choice(SELLERS),
        "质保到期": f"{sold.replace(day=1).replace(year=sold.year + 3):%Y-%m-%d}",
        "保险公司": rng.choice(INSURERS),
        "保险到期日": f"{day(rng, TODAY, TODAY + datetime.timedelta(days=365)):%Y-%m-%d}",
        "年检到期": f"{day(rng, TODAY, TODAY + datetime.timedelta(days=700)):%Y-%m-%d}",
        "下次保养日期": f"{day(rng, TODAY, TODAY + datetime.timedelta(days=300)):%Y-%m-%d}",
        "行驶里程(公里)": str(km),
        "sold": sold,
    }


def order(rng, number, of_car):
    work, least, most = rng.choice(JOBS)
    closed = day(rng, of_car["sold"], TODAY) if of_car["sold"] < TODAY else TODAY
    return {
        "工单号": f"RO{closed:%y%m}{number:05d}",
        "结算日期": f"{closed:%Y-%m-%d}",
        "进厂里程": str(rng.randrange(100, int(of_car["行驶里程(公里)"]) + 1)),
        "维修内容": work,
        "结算金额": f"{rng.randrange(least, most) / 100:.2f}",
        "服务顾问": rng.choice(ADVISORS),
    }


def rows():
    """Return the 500 rows as lists of text in the order of HEADER."""
    rng = random.Random(SEED)
    made, number = [], 0
    while len(made) < ROWS:
        number += 1
        who = customer(rng, number)
        for _ in range(rng.choices([1, 2], [9, 1])[0]):
            of_car = car(rng)
            for _ in range(rng.choices([0, 1, 2, 3], [3, 4, 2, 1])[0] or 1):
                told = {**who, **of_car}
                if rng.random() < 0.8:
                    told |= order(rng, len(made) + 1, of_car)
                made.append([told.get(name, "") for name in HEADER])
    return spoil(made[:ROWS])


def spoil(made):
    """Make the nine rows wrong, each as it happens in real exports."""
    for line, (column, text) in WRONG.items():
        row, place = made[line - 2], PLACE[column]
        if text == "one character short":
            text = row[place][:-1]
        elif text == "wrong check digit":
            right = row[place][8]
            text = row[place][:8] + ("1" if right != "1" else "2") + row[place][9:]
        elif text == "the plate of another car":
            text = next(other[place] for other in made if other[place] != "未上牌")
        row[place] = text
    return made


def as_csv(encoding="gbk"):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([HEADER, *rows()])
    return file.getvalue().encode(encoding)


def as_workbook():
    """Write the same rows as Excel would hold them: a title above, days as days, numbers as numbers."""
    book = Workbook()
    sheet = book.active
    sheet.title = "客户车辆"
    sheet.append(["客户车辆档案导出"])
    sheet.append([])
    sheet.append(HEADER)
    for row in rows():
        sheet.append([typed(name, text) for name, text in zip(HEADER, row, strict=True)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def typed(name, text):
    if name in ("手机", "行驶里程(公里)", "进厂里程") and text.isdigit():
        return int(text)
    if name.endswith(("日期", "到期", "到期日", "生日")) and text:
        try:
            return datetime.datetime.strptime(text.replace("/", "-"), "%Y-%m-%d")  # noqa: DTZ007  cells of Excel have no zone
        except ValueError:
            return text
    return text or None


if __name__ == "__main__":
    (HERE / "customers_sample.csv").write_bytes(as_csv())
    (HERE / "customers_sample.xlsx").write_bytes(as_workbook())
