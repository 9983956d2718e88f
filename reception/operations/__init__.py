"""Taking the car in."""

from reception.operations.arriving import (
    already_here,
    open_visit,
    receive_appointment,
    record_arrival,
)
from reception.operations.asking import (
    Unnamed,
    VinDiffers,
    answer_valuables,
    compare_vin,
    note_complaint,
    read_back,
    record_condition,
    take_over_wishes,
    walk_with,
)
from reception.operations.errors import (
    AlreadyHere,
    ReasonMissing,
)
from reception.operations.intake import (
    IntakeChanged,
    fit_covers,
    require_open,
    sign_intake,
)
from reception.operations.leaving import (
    decline,
    end_appointment,
    follow_survivor,
    leave,
    note_waiting,
    release,
)
from reception.operations.modes import (
    hand_visit_over,
    register_quickly,
    set_mode,
)
from reception.operations.receiving import (
    BUFFER,
    EMERGENCY,
    GAP,
    TRIAGE,
    arrive_and_receive,
    note_overrun,
    receive,
)
from reception.operations.shifts import (
    check_points,
)
from reception.operations.walking import (
    KeyTaken,
    add_photo,
    check_point,
    finish_walk_round,
    mark_damage,
    remove_photo,
    see_from_below,
    tell_underbody,
    unmark_damage,
)
from reception.operations.welcome import (
    check_courtesy,
    greet,
    meet,
    note_interests,
    seat,
    serve_tea,
    tell_progress,
)

__all__ = [
    "BUFFER",
    "EMERGENCY",
    "GAP",
    "TRIAGE",
    "AlreadyHere",
    "IntakeChanged",
    "KeyTaken",
    "ReasonMissing",
    "Unnamed",
    "VinDiffers",
    "add_photo",
    "already_here",
    "answer_valuables",
    "arrive_and_receive",
    "check_courtesy",
    "check_point",
    "check_points",
    "compare_vin",
    "decline",
    "end_appointment",
    "finish_walk_round",
    "fit_covers",
    "follow_survivor",
    "greet",
    "hand_visit_over",
    "leave",
    "mark_damage",
    "meet",
    "note_complaint",
    "note_interests",
    "note_overrun",
    "note_waiting",
    "open_visit",
    "read_back",
    "receive",
    "receive_appointment",
    "record_arrival",
    "record_condition",
    "register_quickly",
    "release",
    "remove_photo",
    "require_open",
    "seat",
    "see_from_below",
    "serve_tea",
    "set_mode",
    "sign_intake",
    "take_over_wishes",
    "tell_progress",
    "tell_underbody",
    "unmark_damage",
    "walk_with",
]
