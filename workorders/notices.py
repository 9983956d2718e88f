"""What a customer is told while his car is in the workshop, and the address he answers by."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from dealership import money
from dealership.customers import queries as customers
from dealership.customers.models import Channel, Customer
from workorders.models import Asking, ReadyNotice, WorkOrder

SALT = "workorders.asking"


@dataclass(frozen=True)
class Notice:
    subject: str
    body: str
    language: str


def by_email(customer: Customer) -> bool:
    """Say whether this customer can be asked by e-mail: there is an address, and he did not object."""
    return bool(customer.email) and customers.may_contact(customer, purpose="service", channel=Channel.EMAIL)


def language_of(order: WorkOrder) -> str:
    """Return the language the store's customers read; nobody keeps one per customer yet."""
    return "zh-hans" if order.store.region == "CN" else "en"


def asking(made: Asking) -> Notice:
    """Ask for additional work: what was found, what it costs and how long it takes stand on the page (2.4.4.3)."""
    order, language = made.order, language_of(made.order)
    with translation.override(language):
        words = {
            "customer": order.visit.customer.salutation,
            "plate": order.visit.vehicle.plate_shown or str(order.visit.vehicle),
            "link": address(made),
            "until": formats.date_format(made.expires_at.astimezone(order.store.zone), "SHORT_DATETIME_FORMAT"),
            "phone": made.made_by.phone or order.store.phone,
            "advisor": made.made_by.full_name,
            "store": order.store.name,
        }
        lines = [
            _("Dear %(customer)s,\n\nour workshop has found something more on %(plate)s."),
            _("Please look at photos, prices and the new finish, and tell us yes or no:\n%(link)s"),
            _("Nothing is done or charged before you agree. The link works once, until %(until)s."),
        ]
        if words["phone"]:
            lines.append(_("You reach us at %(phone)s."))
        lines.append(_("Kind regards\n%(advisor)s\n%(store)s\n"))
        subject = _("%(plate)s: please answer about additional work") % words
        return Notice(subject, "\n\n".join(line % words for line in lines), language)


def token_of(made: Asking) -> str:
    return signing.Signer(salt=SALT).sign(made.nonce)


def address(made: Asking) -> str:
    """Return the signed address of one link, at the name customers reach the desk by."""
    return settings.SITE_URL.rstrip("/") + reverse("workorders:agree", args=[token_of(made)])


def nonce_of(token: str) -> str:
    """Return the nonce a token was signed for; raises signing.BadSignature."""
    return signing.Signer(salt=SALT).unsign(token)


def ready(made: ReadyNotice, order: WorkOrder) -> Notice:
    """Say that the car is ready, what is to be paid and until when the store is open to agree on a time (2.6.3.1)."""
    visit, language = made.visit, language_of(order)
    with translation.override(language):
        words = {
            "customer": visit.customer.salutation,
            "plate": visit.vehicle.plate_shown or str(visit.vehicle),
            "amount": money.written(made.amount_fen),
            "phone": made.by.phone or visit.store.phone,
            "advisor": made.by.full_name,
            "store": visit.store.name,
        }
        lines = [
            _("Dear %(customer)s,\n\nyour car %(plate)s is ready."),
            _("To pay, by the draft of the settlement: %(amount)s. We explain every line to you at the car."),
            _("Please tell us when you would like to come for it."),
        ]
        if words["phone"]:
            lines.append(_("You reach us at %(phone)s."))
        lines.append(_("Kind regards\n%(advisor)s\n%(store)s\n"))
        subject = _("%(plate)s is ready") % words
        return Notice(subject, "\n\n".join(line % words for line in lines), language)
