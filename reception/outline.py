"""Our own car outline, seen from above with its sides folded out: the shapes one can point at in a walk-round."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from reception.models import DamageMark, Photo, Zone

WIDTH, HEIGHT = 480, 392
RADIUS = 11

# x, y, width, height; the front is at the top, the driver's left is left. What is drawn later lies on top.
SHAPES: list[tuple[Zone, tuple[int, int, int, int]]] = [
    (Zone.FRONT_BUMPER, (150, 8, 180, 36)),
    (Zone.HEADLAMPS, (150, 8, 46, 36)),
    (Zone.HEADLAMPS, (284, 8, 46, 36)),
    (Zone.BONNET, (150, 48, 180, 66)),
    (Zone.WINDSCREEN, (162, 118, 156, 38)),
    (Zone.ROOF, (162, 160, 156, 82)),
    (Zone.REAR_WINDOW, (162, 246, 156, 36)),
    (Zone.BOOT_LID, (150, 286, 180, 56)),
    (Zone.REAR_BUMPER, (150, 346, 180, 38)),
    (Zone.REAR_LAMPS, (150, 346, 46, 38)),
    (Zone.REAR_LAMPS, (284, 346, 46, 38)),
    (Zone.LEFT_FRONT_WING, (4, 46, 142, 84)),
    (Zone.LEFT_FRONT_TYRE, (4, 60, 46, 56)),
    (Zone.LEFT_FRONT_DOOR, (4, 134, 142, 64)),
    (Zone.LEFT_REAR_DOOR, (4, 202, 142, 64)),
    (Zone.LEFT_REAR_WING, (4, 270, 142, 74)),
    (Zone.LEFT_REAR_TYRE, (4, 279, 46, 56)),
    (Zone.RIGHT_FRONT_WING, (334, 46, 142, 84)),
    (Zone.RIGHT_FRONT_TYRE, (430, 60, 46, 56)),
    (Zone.RIGHT_FRONT_DOOR, (334, 134, 142, 64)),
    (Zone.RIGHT_REAR_DOOR, (334, 202, 142, 64)),
    (Zone.RIGHT_REAR_WING, (334, 270, 142, 74)),
    (Zone.RIGHT_REAR_TYRE, (430, 279, 46, 56)),
    (Zone.INTERIOR, (190, 190, 100, 46)),
]
# Where a name is written: beside the tyre on a wing, nowhere on what is too small for one.
UNNAMED = {
    Zone.HEADLAMPS, Zone.REAR_LAMPS, Zone.LEFT_FRONT_TYRE, Zone.LEFT_REAR_TYRE, Zone.RIGHT_FRONT_TYRE,
    Zone.RIGHT_REAR_TYRE,
}  # fmt: skip
BESIDE_TYRE = {
    Zone.LEFT_FRONT_WING: 23, Zone.LEFT_REAR_WING: 23, Zone.RIGHT_FRONT_WING: -23, Zone.RIGHT_REAR_WING: -23,
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A touchable place on the drawing, in its units; `result` is what was seen there, empty while blank."""

    zone: str
    label: str
    x: int
    y: int
    width: int
    height: int
    result: str
    named: bool

    @property
    def middle(self) -> tuple[int, int]:
        shift = BESIDE_TYRE.get(Zone(self.zone), 0)
        drop = -24 if self.zone == Zone.ROOF else 0  # the interior lies on the roof
        return self.x + self.width // 2 + shift, self.y + self.height // 2 + drop


@dataclass(frozen=True)
class Pin:
    """A numbered damage with its pictures; `x` and `y` are None where its place is not on the drawing."""

    number: int
    mark: DamageMark
    x: int | None
    y: int | None
    photos: Sequence[Photo] = ()

    @property
    def text_y(self) -> int:
        return (self.y or 0) + 4


def outline(results: dict[str, str]) -> list[Shape]:
    """Return the drawing with what was seen at each place."""
    return [Shape(str(zone), str(zone.label), *box, results.get(zone, ""), zone not in UNNAMED) for zone, box in SHAPES]


def pins(marks: Iterable[DamageMark], photos: Iterable[Photo] = ()) -> list[Pin]:
    """Number the damages in the order they were marked; those without a tapped place lie side by side in theirs."""
    found, crowd, pictures = [], dict.fromkeys(Zone, 0), defaultdict(list)
    boxes = dict(reversed(SHAPES))
    for photo in photos:
        pictures[photo.mark_id].append(photo)
    for number, mark in zip(count(1), marks):
        zone, x, y = Zone(mark.zone), mark.x, mark.y
        if x is None and zone in boxes:
            left, top, width, height = boxes[zone]
            x, y = left + min(width - RADIUS, RADIUS + 3 + crowd[zone] * (2 * RADIUS + 2)), top + height - RADIUS - 2
            crowd[zone] += 1
        found.append(Pin(number, mark, x, y, pictures[mark.pk]))
    return found
