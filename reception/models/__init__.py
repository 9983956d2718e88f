"""A car's visit: who brought it when, in which condition, and what the customer said."""

from reception.models.findings import (
    Complaint,
    DamageMark,
    Photo,
    PointCheck,
)
from reception.models.modes import (
    ModeSwitch,
    QuickEntry,
    VisitHandOver,
)
from reception.models.places import (
    ROUTE,
    UNDERBODY,
    Damage,
    Frequency,
    Purpose,
    Result,
    Valuables,
    VinSource,
    Zone,
)
from reception.models.shifts import (
    Point,
    Shift,
    ShiftCheck,
)
from reception.models.visits import (
    Fuel,
    Mode,
    Size,
    Visit,
    VisitMove,
)
from reception.models.welcome import (
    COURTESY,
    CourtesyCheck,
    GreetingText,
    LoungeCare,
    Welcome,
)

__all__ = [
    "COURTESY",
    "ROUTE",
    "UNDERBODY",
    "Complaint",
    "CourtesyCheck",
    "Damage",
    "DamageMark",
    "Frequency",
    "Fuel",
    "GreetingText",
    "LoungeCare",
    "Mode",
    "ModeSwitch",
    "Photo",
    "Point",
    "PointCheck",
    "Purpose",
    "QuickEntry",
    "Result",
    "Shift",
    "ShiftCheck",
    "Size",
    "Valuables",
    "VinSource",
    "Visit",
    "VisitHandOver",
    "VisitMove",
    "Welcome",
    "Zone",
]
