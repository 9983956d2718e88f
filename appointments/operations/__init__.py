"""Every change of appointments, split by subject; call them as `operations.book(...)`."""

from appointments.operations.answering import (
    LinkInvalid,
    LinkSpent,
    cancel_on_call,
    link_of,
    move_on_call,
    spend,
    why_not,
)
from appointments.operations.booking import Job, book, book_with_model, confirm, hold, take_deposit
from appointments.operations.buffers import use_buffer
from appointments.operations.cards import see_all, see_notice
from appointments.operations.changing import (
    cancel,
    change_advisor,
    change_bay,
    finish,
    mark_arrived,
    mark_no_show,
    reschedule,
)
from appointments.operations.clock import sweep
from appointments.operations.errors import ModelMissing, SlotTaken
from appointments.operations.following import follow_survivor, follow_wish, rename
from appointments.operations.outreach import book_on_call
from appointments.operations.outreach import record_call as record_proactive_call
from appointments.operations.preparing import (
    close_screen,
    expect_delivery,
    give_rest_back,
    open_screen,
    put_all_aside,
    put_aside,
    put_back,
    put_up_board,
    reference_of,
    tick,
    untick,
)
from appointments.operations.reminding import record_call, stop_asking_back, take_call
from appointments.operations.rules import change_rules, hold_rules

__all__ = [
    "Job",
    "LinkInvalid",
    "LinkSpent",
    "ModelMissing",
    "SlotTaken",
    "book",
    "book_on_call",
    "book_with_model",
    "cancel",
    "cancel_on_call",
    "change_advisor",
    "change_bay",
    "change_rules",
    "close_screen",
    "confirm",
    "expect_delivery",
    "finish",
    "follow_survivor",
    "follow_wish",
    "give_rest_back",
    "hold",
    "hold_rules",
    "link_of",
    "mark_arrived",
    "mark_no_show",
    "move_on_call",
    "open_screen",
    "put_all_aside",
    "put_aside",
    "put_back",
    "put_up_board",
    "record_call",
    "record_proactive_call",
    "reference_of",
    "rename",
    "reschedule",
    "see_all",
    "see_notice",
    "spend",
    "stop_asking_back",
    "sweep",
    "take_call",
    "take_deposit",
    "tick",
    "untick",
    "use_buffer",
    "why_not",
]
