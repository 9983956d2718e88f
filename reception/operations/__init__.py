"""Taking the car in."""

from reception.operations.arriving import already_here, open_visit, receive_appointment, record_arrival
from reception.operations.errors import AlreadyHere, ReasonMissing
from reception.operations.intake import (
    finish_walk_round,
    fit_covers,
    mark_damage,
    note_complaint,
    record_condition,
    require_open,
    sign_intake,
    unmark_damage,
)
from reception.operations.leaving import decline, end_appointment, follow_survivor, leave, release
from reception.operations.receiving import BUFFER, EMERGENCY, GAP, TRIAGE, note_overrun, receive

__all__ = [
    "BUFFER",
    "EMERGENCY",
    "GAP",
    "TRIAGE",
    "AlreadyHere",
    "ReasonMissing",
    "already_here",
    "decline",
    "end_appointment",
    "finish_walk_round",
    "fit_covers",
    "follow_survivor",
    "leave",
    "mark_damage",
    "note_complaint",
    "note_overrun",
    "open_visit",
    "receive",
    "receive_appointment",
    "record_arrival",
    "record_condition",
    "release",
    "require_open",
    "sign_intake",
    "unmark_damage",
]
