"""What the demo's cars come for: the customer's words, the work, the parts."""

from typing import NamedTuple

LOUNGE = 45  # minutes of work for which a customer stays in the lounge


class Job(NamedTuple):
    """`labour` answers `words` in order; what is left over was found on the walk-round."""

    words: list[str]
    labour: list[str]
    parts: list[tuple[str, int]]
    minutes: int
    order_class: str
    cause: str

    @property
    def waits(self) -> bool:
        return self.minutes <= LOUNGE


OIL = [("OIL-5W30-4L", 1), ("FLT-OIL-01", 1), ("GSK-DRAIN", 1)]
JOBS = {
    "first": Job(["新车首次保养"], ["M01"], [], 40, "first", "maintenance"),
    "oil": Job(["到里程了，换机油"], ["M02"], OIL, 45, "oil", "maintenance"),
    "service": Job(
        ["做一次常规保养", "空调有异味"], ["M03", "M05"], [*OIL, ("FLT-AIR-01", 1), ("FLT-CAB-01", 1)], 80,
        "maintenance", "maintenance",
    ),
    "major": Job(
        ["六万公里大保养"], ["M04", "M06"], [*OIL, ("SPK-PLUG", 4), ("ATF-4L", 1), ("BRK-FLUID", 1)], 150,
        "maintenance", "maintenance",
    ),
    "electric": Job(["电车年度检查", "雨刮刮不干净"], ["M07", "M05"], [("FLT-CAB-01", 1), ("WPR-F", 1)], 70,
                    "maintenance", "maintenance"),
    "brakes": Job(["踩刹车时前面有尖叫声"], ["B01"], [("BRK-PAD-F", 1)], 70, "general", "fault"),
    "clunk": Job(["踩刹车时前面有尖叫声", "过减速带前面咯噔响"], ["B01", "C01"], [("BRK-PAD-F", 1)], 84, "general",
                 "fault"),
    "discs": Job(["高速刹车方向盘抖动"], ["B03"], [("BRK-DISC-F", 1), ("BRK-PAD-F", 1)], 110, "general", "fault"),
    "noise": Job(["过减速带底盘咯噔响"], ["C01", "C03"], [("LNK-STAB", 2), ("BSH-ARM", 2)], 100, "general", "fault"),
    "shocks": Job(["左前减振漏油，坐着发飘"], ["C02", "C03"], [("SHK-F", 2)], 150, "general", "fault"),
    "battery": Job(["早上打不着火"], ["E01"], [("BAT-60AH", 1)], 40, "general", "fault"),
    "startstop": Job(["启停不工作，提示蓄电池亏电"], ["E01"], [("BAT-AGM70", 1)], 45, "general", "fault"),
    "tyres": Job(["前轮磨平了，换一对"], ["C04", "C03"], [("TYR-23550", 2)], 90, "general", "fault"),
    "cooling": Job(["空调不凉，停车时更明显"], ["E03"], [("AC-GAS", 2)], 90, "general", "fault"),
    "pump": Job(["水温报警，地上有水渍"], ["P01"], [("WTR-PUMP", 1), ("CLT-5L", 1)], 180, "general", "fault"),
    "tyre": Job(["右后轮扎了钉子，补不了"], ["C04"], [("TYR-21555", 1)], 40, "general", "fault"),
    "warranty": Job(["中控屏偶尔黑屏，还在质保期"], ["E02"], [("FUSE-SET", 1)], 60, "warranty", "fault"),
    "paint": Job(["前保险杠被刮，走保险"], ["K01"], [("PNT-KIT", 1), ("CLIP-BMP", 6)], 200, "accident", "other"),
}  # fmt: skip
