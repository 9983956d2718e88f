"""What the lane and the intake ask about visits."""

from reception.queries.course import Forecast, forecast, running_buffer, slots_of_day, stream_of
from reception.queries.intake import arrivals_on, history, obstacles, open_visit
from reception.queries.lane import Lane, Passed, Waiting, booked_in_time, is_small, lane, passed_over

__all__ = [
    "Forecast",
    "Lane",
    "Passed",
    "Waiting",
    "arrivals_on",
    "booked_in_time",
    "forecast",
    "history",
    "is_small",
    "lane",
    "obstacles",
    "open_visit",
    "passed_over",
    "running_buffer",
    "slots_of_day",
    "stream_of",
]
