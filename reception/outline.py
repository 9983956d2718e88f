"""Our own car outline, seen from above with its sides folded out: one shape per zone of the walk-round."""

from dataclasses import dataclass

from reception.models import Zone

# x, y, width, height in a 400 x 392 drawing; the front is at the top, the driver's left is left.
SHAPES: dict[str, tuple[int, int, int, int]] = {
    Zone.FRONT_BUMPER: (110, 8, 180, 34),
    Zone.BONNET: (110, 46, 180, 68),
    Zone.WINDSCREEN: (122, 118, 156, 36),
    Zone.ROOF: (122, 158, 156, 84),
    Zone.REAR_WINDOW: (122, 246, 156, 34),
    Zone.BOOT_LID: (110, 284, 180, 60),
    Zone.REAR_BUMPER: (110, 348, 180, 34),
    Zone.LEFT_FRONT_WING: (4, 46, 102, 84),
    Zone.LEFT_FRONT_DOOR: (4, 134, 102, 64),
    Zone.LEFT_REAR_DOOR: (4, 202, 102, 64),
    Zone.LEFT_REAR_WING: (4, 270, 102, 74),
    Zone.RIGHT_FRONT_WING: (294, 46, 102, 84),
    Zone.RIGHT_FRONT_DOOR: (294, 134, 102, 64),
    Zone.RIGHT_REAR_DOOR: (294, 202, 102, 64),
    Zone.RIGHT_REAR_WING: (294, 270, 102, 74),
    Zone.INTERIOR: (166, 178, 68, 44),
}


@dataclass(frozen=True)
class Shape:
    """A touchable place on the drawing, in its units."""

    zone: str
    label: str
    x: int
    y: int
    width: int
    height: int
    damaged: bool

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2 + 4


def outline(damaged: set[str]) -> list[Shape]:
    """Return the drawing with the damaged places marked; the interior last, as it lies on the roof."""
    return [
        Shape(str(zone), str(Zone(zone).label), x, y, width, height, zone in damaged)
        for zone, (x, y, width, height) in SHAPES.items()
    ]
