"""What a booked customer is told: confirmed, moved, cancelled, reminded; with links to answer and a calendar file."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

import icalendar
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from appointments import queries, references
from appointments.models import Appointment, CustomerLink, Reminder
from appointments.models.reminders import ReminderKind
from dealership.customers import queries as customers
from dealership.customers.models import Channel, Customer

SALT = "appointments.answer"
Attachment = dict[str, str]


@dataclass(frozen=True)
class Notice:
    subject: str
    body: str
    language: str
    attachments: list[Attachment] = field(default_factory=list)


def by_email(customer: Customer) -> bool:
    """Say whether this customer is told by e-mail: it is his own wish, there is an address, and he did not object."""
    wished = customer.preferred_channel == Channel.EMAIL and customer.email
    return bool(wished) and customers.may_contact(customer, purpose="service", channel=Channel.EMAIL)


def language_of(made: Appointment) -> str:
    """Return the language the store's customers read; nobody keeps one per customer yet."""
    return "zh-hans" if made.store.region == "CN" else "en"


def booked(made: Appointment) -> Notice:
    return letter(
        made,
        lambda: _("Your appointment: %(when)s"),
        lambda: _("Dear %(customer)s,\n\nwe expect you with %(plate)s on %(when)s.\n"),
    )


def moved(made: Appointment) -> Notice:
    return letter(
        made,
        lambda: _("Your appointment has a new time: %(when)s"),
        lambda: _("Dear %(customer)s,\n\nas agreed we now expect you with %(plate)s on %(when)s.\n"),
    )


def cancelled(made: Appointment) -> Notice:
    return letter(
        made,
        lambda: _("Your appointment on %(when)s is cancelled"),
        lambda: _("Dear %(customer)s,\n\nyour appointment with %(plate)s on %(when)s is cancelled.\n"),
        method="CANCEL",
    )


def reminder(made: Appointment, links: dict[str, CustomerLink]) -> Notice:
    """Remind of the time (2.1.10) and offer to confirm it, to ask for another or to cancel, each by its own link."""
    return letter(
        made,
        lambda: _("Reminder: your appointment on %(when)s"),
        lambda: _("Dear %(customer)s,\n\nplease remember: we expect you with %(plate)s on %(when)s.\n"),
        links=links,
    )


def script(call: Reminder) -> str:
    """Return what the caller says, in the caller's language and with the store's time."""
    words = words_of(call.appointment)
    if call.kind in (ReminderKind.DAY, ReminderKind.HALF_DAY, ReminderKind.NEAR) and queries.closed_then(
        call.appointment
    ):
        return _("%(customer)s, this is %(store)s. We are sorry: on %(when)s we are closed. When can you come?") % words
    if call.kind == ReminderKind.NEAR:
        return _("%(customer)s, this is %(store)s. We expect you at %(time)s. Can you make it?") % words
    if call.kind == ReminderKind.MISSED:
        return _("%(customer)s, this is %(store)s. We waited for you at %(time)s. Shall we find another time?") % words
    if call.kind == ReminderKind.WISH:
        return _("%(customer)s, this is %(store)s. You asked for another time. When does it suit you?") % words
    return _("%(customer)s, this is %(store)s. We expect you with %(plate)s on %(when)s. Will you come?") % words


def letter(made, subject, opening, *, links=None, method="PUBLISH") -> Notice:  # type: ignore[no-untyped-def]
    """Fill a letter in the customer's language, with the store's time on it."""
    language = language_of(made)
    with translation.override(language):
        words = words_of(made)
        body = opening() % words + "\n" + details(words, cancelled=method == "CANCEL") + answers(links or {})
        body += "" if method == "CANCEL" else code(made)
        body += "\n" + _("Kind regards\n%(advisor)s\n%(store)s\n") % words
        return Notice(subject() % words, body, language, [calendar_file(made, method, words)])


def words_of(made: Appointment) -> dict[str, str]:
    local = made.starts_at.astimezone(made.store.zone)
    return {
        "customer": made.customer.salutation,
        "plate": made.vehicle.plate_shown or str(made.vehicle),
        "when": f"{formats.date_format(local, 'DATE_FORMAT')} {formats.time_format(local, 'H:i')}",
        "time": formats.time_format(local, "H:i"),
        "advisor": made.advisor.full_name,
        "store": made.store.name,
        "address": made.store.address,
        "phone": made.advisor.phone or made.store.phone,
        "wishes": made.reason,
    }


def details(words: dict[str, str], *, cancelled: bool) -> str:
    lines = [] if cancelled else [_("What we will do: %(wishes)s"), _("Your service advisor: %(advisor)s")]
    if words["address"] and not cancelled:
        lines.append(_("Where: %(address)s"))
    if words["phone"]:
        lines.append(_("You reach us at %(phone)s."))
    return "".join(line % words + "\n" for line in lines)


def answers(links: dict[str, CustomerLink]) -> str:
    """Write one line per link; each works once."""
    if not links:
        return ""
    labels = {
        "confirm": _("I will come:"),
        "move": _("I need another time:"),
        "cancel": _("I cancel:"),
    }
    lines = [f"{labels[purpose]} {address(link)}" for purpose, link in links.items()]
    return "\n" + "\n".join(lines) + "\n"


def code(made: Appointment) -> str:
    """Say where the customer finds the code to show on arrival: he is received without searching or typing."""
    page = reverse("appointments:code", args=[references.reference(made)])
    return "\n" + _("Your code to show at our reception:") + f" {settings.SITE_URL.rstrip('/')}{page}\n"


def address(link: CustomerLink) -> str:
    """Return the signed address of one link, at the name customers reach the desk by."""
    token = signing.Signer(salt=SALT).sign_object([link.nonce, link.purpose])
    return settings.SITE_URL.rstrip("/") + reverse("appointments:answer", args=[token])


def nonce_of(token: str) -> tuple[str, str]:
    """Return the nonce and the purpose a token was signed for; raises signing.BadSignature."""
    found = signing.Signer(salt=SALT).unsign_object(token)
    if not (isinstance(found, list) and len(found) == 2 and all(isinstance(part, str) for part in found)):
        raise signing.BadSignature("not one of our links")
    return found[0], found[1]


def calendar_file(made: Appointment, method: str, words: dict[str, str]) -> Attachment:
    """Write the appointment for the customer's own calendar; the same entry is replaced when the time changes."""
    file = icalendar.Calendar()
    file.add("prodid", "-//After-sales desk//EN")
    file.add("version", "2.0")
    file.add("method", method)
    file.add_component(event(made, method, words))
    text = file.to_ical().decode()
    return {"name": "appointment.ics", "type": f"text/calendar; method={method}", "text": text}


def event(made: Appointment, method: str, words: dict[str, str]) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", f"appointment-{made.pk}@{made.store.code}")
    entry.add("sequence", made.sequence * 2 + (method == "CANCEL"))
    # In UTC: a time with the name of a zone needs the zone's rules in the same file.
    starts_at = made.starts_at.astimezone(UTC)
    entry.add("dtstamp", (made.agreed_at or made.booked_at).astimezone(UTC))
    entry.add("dtstart", starts_at)
    entry.add("dtend", starts_at + timedelta(minutes=30))
    entry.add("organizer", f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    entry.add("summary", f"{words['store']} {words['plate']}")
    if words["address"]:
        entry.add("location", words["address"])
    entry.add("description", words["wishes"])
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    return entry


def valid_until(made: Appointment) -> datetime:
    """A link serves until the customer is expected."""
    return made.starts_at
