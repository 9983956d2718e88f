"""Papers with everything on them: as long as a real day makes them, in both languages."""

import base64
import hashlib
import io
import random

from PIL import Image, ImageDraw

from reception.outline import outline

WORDS = {
    "zh-hans": {
        "title": "接车登记表",
        "fields": ["车牌号", "车架号", "车型", "客户", "电话", "到店时间", "行驶里程", "燃油", "服务顾问", "行驶证"],
        "points": "前保险杠 发动机罩 前风挡 雨刮片 左前翼子板 左前门 左后门 车顶 后风挡 行李箱盖 天窗 备胎",
        "results": {"ok": "完好", "damage": "有损伤", "none": "不适用"},
        "kinds": ["划痕", "凹陷", "裂纹", "石击"],
        "complaint": "高速行驶到一百公里左右时，方向盘抖动，松开油门以后会好一些，下雨天更明显。",
        "work": "更换前刹车片并清洁制动卡钳",
        "headings": ["外观检查", "车身损伤", "客户描述", "维修项目", "小计", "合计"],
        "columns": [["#", "客户原话"], ["项目", "工时", "单价", "金额"]],
        "notes": ["三件套已当着客户的面铺好。", "客户陪同环车检查，车内无贵重物品。"],
    },
    "en": {
        "title": "Reception form",
        "fields": ["Plate", "VIN", "Model", "Customer", "Phone", "Arrived", "Mileage", "Fuel", "Advisor", "Licence"],
        "points": "Front-bumper Bonnet Windscreen Wiper-blades Left-front-wing Left-front-door Roof Spare-wheel",
        "results": {"ok": "in order", "damage": "damaged", "none": "not there"},
        "kinds": ["scratch", "dent", "crack", "stone chip"],
        "complaint": "At about a hundred the steering wheel shakes, and less so once I take the foot off the pedal. ",
        "work": "Replace front brake pads and clean the callipers",
        "headings": ["Walk-round", "Damage", "In the customer's own words", "Work", "Labour", "Total"],
        "columns": [["#", "Complaint"], ["Work", "Hours", "Per hour", "Amount"]],
        "notes": ["Covers were fitted in front of the customer.", "No valuables were left in the car."],
    },
}


def photograph(seed=1, size=(320, 240)):
    """Return a small JPEG as a data URL, and the fingerprint of what it was made from."""
    chance = random.Random(seed)
    picture = Image.new("RGB", size, tuple(chance.randrange(256) for _shade in range(3)))
    ImageDraw.Draw(picture).line([(10, 10), (size[0] - 20, size[1] - 40)], fill="white", width=5)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=70)
    return {
        "sha256": hashlib.sha256(kept.getvalue()).hexdigest(),
        "caption": f"{seed}",
        "data": "data:image/jpeg;base64," + base64.b64encode(kept.getvalue()).decode(),
    }


def marked(number, shape, kind):
    place = {"x": shape.x + shape.width // 2, "y": shape.y + 14}
    return {"number": number, **place, "kind": kind, "place": str(shape.label)}


def drawing(words, marks=8):
    shapes = outline({})
    return {
        "title": words["headings"][1],
        "width": 400,
        "height": 392,
        "shapes": [{"x": s.x, "y": s.y, "w": s.width, "h": s.height, "label": str(s.label)} for s in shapes],
        "marks": [marked(n, shape, words["kinds"][n % 4]) for n, shape in enumerate(shapes[:marks], start=1)],
    }


def long_form(language, pictures=4):
    """35 points, 8 damages, 10 complaints of 500 characters, 20 order lines."""
    words = WORDS[language]
    names = words["points"].split()
    states = ["ok"] * 4 + ["damage", "none"]
    points = [
        [f"{n + 1} {names[n % len(names)].replace('-', ' ')}", states[n % 6], words["results"][states[n % 6]]]
        for n in range(35)
    ]
    complaint = (words["complaint"] * 20)[:500]
    lines = [[f"{n + 1} {words['work']}", "1.50", "¥180.00", "¥270.00"] for n in range(20)]
    return {
        "title": words["title"],
        "fields": [[label, "沪A12345"] for label in words["fields"]],
        "checks": [{"title": words["headings"][0], "points": points}],
        "drawing": drawing(words),
        "pictures": [photograph(n + 1) for n in range(pictures)],
        "tables": [
            {
                "title": words["headings"][2],
                "columns": words["columns"][0],
                "rows": [[str(n + 1), complaint] for n in range(10)],
            },
            {
                "title": words["headings"][3],
                "columns": words["columns"][1],
                "rows": lines,
                "totals": [[words["headings"][4], "¥5,400.00"], [words["headings"][5], "¥5,400.00"]],
            },
        ],
        "notes": words["notes"],
    }
