"""Promised times and everything that belongs to keeping them."""

from appointments.models.appointments import (
    Appointment,
    AppointmentItem,
    AppointmentMove,
    AppointmentPart,
    Cause,
    Channel,
    Kind,
    Reschedule,
)
from appointments.models.cards import CardMove, ForemanNotice, ManagementCard
from appointments.models.days import BufferUse, Preparation, WelcomeBoard, WelcomeScreen
from appointments.models.outreach import CustomerLink, ProactiveCall
from appointments.models.reminders import Reminder, ReminderAttempt
from appointments.models.rules import BookingRules

__all__ = [
    "Appointment",
    "AppointmentItem",
    "AppointmentMove",
    "AppointmentPart",
    "BookingRules",
    "BufferUse",
    "CardMove",
    "Cause",
    "Channel",
    "CustomerLink",
    "ForemanNotice",
    "Kind",
    "ManagementCard",
    "Preparation",
    "ProactiveCall",
    "Reminder",
    "ReminderAttempt",
    "Reschedule",
    "WelcomeBoard",
    "WelcomeScreen",
]
