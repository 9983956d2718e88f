"""What the demo store does and sells: labour operations, parts, their prices, what lies there and what is to come."""

from datetime import timedelta

from dealership.catalogue import operations as catalogue
from dealership.demo import operations
from dealership.demo.house import House

# Code, name, standard hours, skill, class of order, yuan per hour
LABOUR = [
    ("M01", "首次保养（免费）", "0.60", "保养", "first", 0),
    ("M02", "更换机油及机油滤清器", "0.60", "保养", "oil", 160),
    ("M03", "常规保养（四滤检查更换）", "1.20", "保养", "maintenance", 160),
    ("M04", "大保养（含火花塞与变速箱油）", "3.00", "保养", "maintenance", 180),
    ("M05", "更换空调滤清器", "0.30", "保养", "maintenance", 160),
    ("M06", "更换制动液", "0.80", "保养", "maintenance", 160),
    ("M07", "新能源高压系统安全检查", "1.00", "新能源", "maintenance", 200),
    ("B01", "更换前制动片", "1.00", "机修", "general", 180),
    ("B02", "更换后制动片", "1.00", "机修", "general", 180),
    ("B03", "更换前制动盘及制动片", "1.80", "机修", "general", 180),
    ("C01", "底盘异响检查与紧固", "1.00", "机修", "general", 180),
    ("C02", "更换前减振器（一对）", "2.50", "机修", "general", 200),
    ("C03", "四轮定位", "1.00", "机修", "general", 200),
    ("C04", "轮胎更换与动平衡（一条）", "0.40", "机修", "general", 150),
    ("E01", "更换蓄电池", "0.40", "电器", "general", 160),
    ("E02", "电器故障诊断", "1.00", "电器", "general", 220),
    ("E03", "空调制冷系统检修", "1.50", "电器", "general", 220),
    ("P01", "更换水泵", "3.20", "机修", "general", 200),
    ("P02", "更换火花塞", "0.80", "机修", "general", 180),
    ("K01", "前保险杠喷漆", "3.50", "钣喷", "accident", 220),
    ("K02", "车门钣金修复及喷漆", "5.00", "钣喷", "accident", 220),
]

# Number, name, unit, price in yuan, received, safety stock
PARTS = [
    ("OIL-0W20-4L", "全合成机油 0W-20 4L", "桶", 398, 40, 10),
    ("OIL-5W30-4L", "合成机油 5W-30 4L", "桶", 298, 30, 10),
    ("FLT-OIL-01", "机油滤清器", "件", 49, 60, 15),
    ("FLT-AIR-01", "空气滤清器", "件", 88, 30, 8),
    ("FLT-CAB-01", "空调滤清器", "件", 96, 30, 8),
    ("FLT-FUEL-01", "燃油滤清器", "件", 165, 12, 4),
    ("GSK-DRAIN", "放油螺栓垫片", "件", 6, 100, 20),
    ("BRK-PAD-F", "前制动片（套）", "套", 520, 8, 4),
    ("BRK-PAD-R", "后制动片（套）", "套", 460, 6, 4),
    ("BRK-DISC-F", "前制动盘（对）", "对", 980, 3, 2),
    ("BRK-FLUID", "制动液 DOT4 1L", "瓶", 85, 16, 6),
    ("CLT-5L", "防冻冷却液 5L", "桶", 168, 14, 6),
    ("ATF-4L", "自动变速箱油 4L", "桶", 460, 9, 4),
    ("SPK-PLUG", "火花塞", "支", 78, 24, 12),
    ("BAT-60AH", "蓄电池 60Ah", "件", 680, 5, 3),
    ("BAT-AGM70", "启停蓄电池 AGM 70Ah", "件", 1280, 2, 3),
    ("SHK-F", "前减振器", "支", 890, 1, 2),
    ("SHK-R", "后减振器", "支", 620, 2, 2),
    ("LNK-STAB", "平衡杆连接杆", "支", 135, 8, 4),
    ("BSH-ARM", "下摆臂胶套", "件", 95, 8, 4),
    ("WPR-F", "前雨刮片（对）", "对", 138, 18, 6),
    ("WPR-R", "后雨刮片", "件", 68, 9, 4),
    ("WTR-PUMP", "水泵总成", "件", 760, 2, 1),
    ("THM-STAT", "节温器", "件", 210, 3, 2),
    ("TYR-21555", "轮胎 215/55 R17", "条", 780, 8, 4),
    ("TYR-23550", "轮胎 235/50 R19", "条", 1180, 4, 4),
    ("AC-GAS", "制冷剂 R134a", "罐", 55, 20, 8),
    ("BLB-H7", "大灯灯泡 H7", "支", 75, 10, 4),
    ("FUSE-SET", "保险丝套装", "套", 35, 10, 3),
    ("PNT-KIT", "喷漆辅料包", "份", 260, 6, 2),
    ("CLIP-BMP", "保险杠卡扣", "件", 4, 80, 20),
    ("KEY-CR2032", "遥控钥匙电池", "颗", 15, 25, 10),
]
# Code, every … months, every … kilometres
INTERVALS = [("M02", 6, 7500), ("M03", 12, 15000), ("M04", 36, 60000), ("M05", 12, 15000), ("M06", 24, 40000)]
# Code, and the parts this work usually takes
OIL = [("OIL-5W30-4L", 1), ("FLT-OIL-01", 1), ("GSK-DRAIN", 1)]
USUAL_PARTS = {
    "M01": OIL,
    "M02": OIL,
    "M03": [*OIL, ("FLT-AIR-01", 1), ("FLT-CAB-01", 1)],
    "M04": [*OIL, ("FLT-AIR-01", 1), ("FLT-CAB-01", 1), ("SPK-PLUG", 4), ("ATF-4L", 1)],
    "M05": [("FLT-CAB-01", 1)],
    "M06": [("BRK-FLUID", 1)],
    "B01": [("BRK-PAD-F", 1)],
    "B02": [("BRK-PAD-R", 1)],
    "B03": [("BRK-DISC-F", 1), ("BRK-PAD-F", 1)],
    "P02": [("SPK-PLUG", 4)],
}
# Code, name, in English, class of order, express, work, yuan: None for the sum of its lines
PACKAGES = [
    ("T01", "首保", "First service", "first", False, ["M01"], 0),
    ("T02", "小保养", "Oil service", "oil", True, ["M02"], 398),
    ("T03", "大保养", "Major service", "maintenance", False, ["M04"], None),
]
# Number, pieces, days since ordered, days until expected, supplier's order number; the last one is late
ON_ORDER = [
    ("BAT-AGM70", 4, 2, 3, "XL-20931"),
    ("SHK-F", 4, 4, 5, "XL-20918"),
    ("BRK-DISC-F", 2, 1, 2, "XL-20940"),
    ("WTR-PUMP", 2, 9, -1, "XL-20877"),
]
PRICED = 210  # days since the prices began: longer than the oldest visit
DELIVERED = 150  # days since the shelves were filled


def bundle_packages(house: House) -> None:
    """Sell work with its usual parts under one name."""
    manager, priced_at = house.people["manager"], house.day.on(-PRICED, "10:00")
    for code, name, name_en, order_class, express, work, yuan in PACKAGES:
        parts = {house.parts[number]: pieces for one in work for number, pieces in USUAL_PARTS[one]}
        labour = [house.labour[one] for one in work]
        package = operations.bundle(code, name, name_en, order_class, express, labour, parts)
        if yuan is not None:
            catalogue.set_package_price(package, yuan * 100, priced_at.date(), by=manager, at=priced_at)


def stock_up(house: House) -> None:
    fill_price_list(house)
    bundle_packages(house)
    parts_clerk, delivered_at = house.people["parts"], house.day.on(-DELIVERED, "09:20")
    for number, _name, _unit, _yuan, received, _safety in PARTS:
        catalogue.receive_goods(
            house.store,
            house.parts[number],
            received,
            reference=f"入库单{delivered_at:%Y%m%d}",
            by=parts_clerk,
            at=delivered_at,
        )
    order_what_is_short(house)


def order_what_is_short(house: House) -> None:
    for number, pieces, ago, until, reference in ON_ORDER:
        catalogue.order_goods(
            house.store,
            house.parts[number],
            pieces,
            expected_on=house.day.today + timedelta(days=until),
            reference=reference,
            by=house.people["parts"],
            at=house.day.on(-ago, "16:10"),
        )


def fill_price_list(house: House) -> None:
    manager, priced_at = house.people["manager"], house.day.on(-PRICED, "10:00")
    for code, name, hours, skill, order_class, yuan in LABOUR:
        house.labour[code] = operations.offer(code, name, hours, skill, order_class)
        catalogue.set_price(house.labour[code], yuan * 100, priced_at.date(), by=manager, at=priced_at)
    for code, months, km in INTERVALS:
        operations.repeat(house.labour[code], months, km)
    for number, name, unit, yuan, _received, safety in PARTS:
        house.parts[number] = operations.list_part(number, name, unit, safety)
        catalogue.set_price(house.parts[number], yuan * 100, priced_at.date(), by=manager, at=priced_at)
    for code, parts in USUAL_PARTS.items():
        for number, quantity in parts:
            operations.need(house.labour[code], house.parts[number], quantity)
