"""Our own car outline, seen from above with its sides folded out: one shape per zone of the walk-round."""

from dataclasses import dataclass

from reception.models import Zone

# x, y, width, height in a 340 x 400 drawing; the front is at the top, the driver's left is left.
SHAPES: dict[str, tuple[int, int, int, int]] = {
    Zone.FRONT_BUMPER: (80, 8, 180, 34),
    Zone.BONNET: (80, 46, 180, 68),
    Zone.WINDSCREEN: (92, 118, 156, 36),
    Zone.ROOF: (92, 158, 156, 84),
    Zone.REAR_WINDOW: (92, 246, 156, 34),
    Zone.BOOT_LID: (80, 284, 180, 60),
    Zone.REAR_BUMPER: (80, 348, 180, 34),
    Zone.LEFT_FRONT_WING: (8, 46, 68, 84),
    Zone.LEFT_FRONT_DOOR: (8, 134, 68, 64),
    Zone.LEFT_REAR_DOOR: (8, 202, 68, 64),
    Zone.LEFT_REAR_WING: (8, 270, 68, 74),
    Zone.RIGHT_FRONT_WING: (264, 46, 68, 84),
    Zone.RIGHT_FRONT_DOOR: (264, 134, 68, 64),
    Zone.RIGHT_REAR_DOOR: (264, 202, 68, 64),
    Zone.RIGHT_REAR_WING: (264, 270, 68, 74),
    Zone.INTERIOR: (136, 178, 68, 44),
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
