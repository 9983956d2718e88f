"""What the lane and the intake ask about visits."""

from reception.queries.arriving import (
    Match,
    Read,
    matches,
    read,
)
from reception.queries.course import (
    Forecast,
    forecast,
    running_buffer,
    seated_at,
    slots_of_day,
    stream_of,
)
from reception.queries.greeting import (
    Hints,
    first_words,
    greeting,
    hints,
)
from reception.queries.intake import (
    arrivals_on,
    blank,
    found_below,
    history,
    lift_reason,
    mark_of,
    obstacles,
    open_visit,
    route,
    steps,
    warnings,
    wishes_of,
)
from reception.queries.lane import (
    Lane,
    Passed,
    Waiting,
    booked_in_time,
    is_small,
    lane,
    passed_over,
    registration_gaps,
)
from reception.queries.lounge import (
    Guest,
    guests,
)
from reception.queries.modes import (
    few_wait,
    mode_at,
    mode_of,
    set_by_hand,
)
from reception.queries.shifts import (
    CheckedDay,
    checked_days,
    checklist,
    points_missing,
)

__all__ = [
    "CheckedDay",
    "Forecast",
    "Guest",
    "Hints",
    "Lane",
    "Match",
    "Passed",
    "Read",
    "Waiting",
    "arrivals_on",
    "blank",
    "booked_in_time",
    "checked_days",
    "checklist",
    "few_wait",
    "first_words",
    "forecast",
    "found_below",
    "greeting",
    "guests",
    "hints",
    "history",
    "is_small",
    "lane",
    "lift_reason",
    "mark_of",
    "matches",
    "mode_at",
    "mode_of",
    "obstacles",
    "open_visit",
    "passed_over",
    "points_missing",
    "read",
    "registration_gaps",
    "route",
    "running_buffer",
    "seated_at",
    "set_by_hand",
    "slots_of_day",
    "steps",
    "stream_of",
    "warnings",
    "wishes_of",
]
