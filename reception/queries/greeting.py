"""What is said to a customer who comes, and what a professional knows of him (2.2.11.1, 4.1.1, 4.3.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import formats
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appointments import queries as appointments
from appointments.models import BookingRules
from dealership.customers import queries as customers
from dealership.customers.models import Customer, Recommendation
from dealership.staff.models import Store, User
from dealership.staff.templatetags.desk import short
from reception.models import GreetingText, Visit
from reception.queries.arriving import Match
from reception.queries.intake import Earlier, history
from reception.queries.lane import booked_in_time, waits_from

Situation = GreetingText.Situation

USUAL = {
    Situation.BOOKED: gettext_lazy(
        "Good day, {guest}. We expected you at {time}. I am {advisor} and will look after you and your car."
    ),
    Situation.WAITED: gettext_lazy(
        "Good day, {guest}. I am sorry that you had to wait. I am {advisor}; how may I help you?"
    ),
    Situation.WALK_IN: gettext_lazy("Good day, {guest}. I am {advisor}; how may I help you?"),
    Situation.FIRST: gettext_lazy("Good day, {guest}, and welcome to {store}. I am {advisor}; how may I help you?"),
}
TITLES = {"mr": gettext_lazy("sir"), "ms": gettext_lazy("madam"), "": gettext_lazy("dear guest")}
IN_HOUSE = gettext_lazy("Good day, {guest}. Your car has been with us since {since}; {advisor} looks after it.")
SHOWN = 3  # earlier visits


@dataclass(frozen=True)
class Hints:
    """What the advisor can speak about while he has time: earlier visits, what was recommended."""

    visits: list[Earlier]
    recommended: list[Recommendation]


def hints(visit: Visit) -> Hints:
    return Hints(history(visit)[:SHOWN], list(customers.open_recommendations(visit.vehicle)))


def situation(visit: Visit, rules: BookingRules, at: datetime) -> Situation:
    """Say how a customer comes: after a long wait, in time, for the first time, or just so."""
    if at - waits_from(visit) > timedelta(minutes=rules.patience_minutes):
        return Situation.WAITED
    if booked_in_time(visit, timedelta(minutes=rules.grace_minutes)):
        return Situation.BOOKED
    came_before = Visit.objects.filter(customer=visit.customer).exclude(pk=visit.pk).exists()
    return Situation.WALK_IN if came_before else Situation.FIRST


def greeting(visit: Visit, rules: BookingRules, by: User, at: datetime) -> str:
    """Return what to say, in the reader's language: the store's own words, else the usual ones."""
    how, language = situation(visit, rules, at), "zh-hans" if (get_language() or "zh").startswith("zh") else "en"
    own = GreetingText.objects.filter(store=visit.store, situation=how, language=language).first()
    text = own.text if own else str(USUAL[how])
    return filled(text, words(visit, by))


def filled(text: str, given: dict[str, str]) -> str:
    """Put the words in; braces that name none of them are the store's own and stay."""
    for name, word in given.items():
        text = text.replace("{" + name + "}", word)
    return text


def first_words(match: Match, store: Store, by: User, at: datetime) -> str:
    """Return what to say to somebody at the door, whose visit may not have begun yet or whose car is in the house."""
    visit = match.visit or Visit(customer=match.customer, appointment=match.appointment, arrived_at=at)
    visit.store = store
    if match.visit and not match.waits:
        answers = {"advisor": (visit.advisor or by).full_name, "since": short(visit.arrived_at, at)}
        return filled(str(IN_HOUSE), words(visit, by) | answers)
    return greeting(visit, appointments.rules_on(store, appointments.day_of(store, at)), by, at)


def words(visit: Visit, by: User) -> dict[str, str]:
    title, person = str(TITLES[visit.customer.title]), visit.customer.kind == Customer.Kind.PERSON
    booked = visit.appointment.starts_at.astimezone(visit.store.zone) if visit.appointment else None
    return {
        "title": title,
        "guest": visit.customer.salutation if visit.customer.title and person else title,
        "customer": visit.customer.salutation,
        "advisor": by.full_name,
        "store": visit.store.name,
        "time": formats.time_format(booked, "H:i") if booked else _("today"),
    }
