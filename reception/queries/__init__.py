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
    slots_of_day,
    stream_of,
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
)
from reception.queries.lane import (
    Lane,
    Passed,
    Waiting,
    booked_in_time,
    is_small,
    lane,
    passed_over,
)

__all__ = [
    "Forecast",
    "Lane",
    "Match",
    "Passed",
    "Read",
    "Waiting",
    "arrivals_on",
    "blank",
    "booked_in_time",
    "forecast",
    "found_below",
    "history",
    "is_small",
    "lane",
    "lift_reason",
    "mark_of",
    "matches",
    "obstacles",
    "open_visit",
    "passed_over",
    "read",
    "route",
    "running_buffer",
    "slots_of_day",
    "steps",
    "stream_of",
    "warnings",
]
