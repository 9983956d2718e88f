"""What we say: the thank-you message after a visit, and the words a caller begins with."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import formats, translation
from django.utils.translation import gettext as _

from dealership.staff.models import User
from followup import queries
from followup.models import Code, FollowUpTask
from reception.models import Visit


@dataclass(frozen=True)
class Notice:
    subject: str
    body: str
    language: str


@dataclass(frozen=True)
class Script:
    """Words to begin with and questions to ask; general for those who cannot judge a technical answer (3.6.2.2)."""

    opening: str
    questions: list[str]
    closing: str


def language_of(visit: Visit) -> str:
    """Return the language the store's customers read; nobody keeps one per customer yet."""
    return "zh-hans" if visit.store.region == "CN" else "en"


def thanks(visit: Visit) -> Notice:
    """Write the thank-you message for a visit (1.2.1.1), to be read within a minute."""
    language = language_of(visit)
    with translation.override(language):
        words = {
            "customer": visit.customer.salutation,
            "plate": visit.vehicle.plate_shown or visit.vehicle,
            "store": visit.store.name,
            "advisor": visit.advisor.full_name if visit.advisor else visit.store.name,
            "phone": (visit.advisor.phone if visit.advisor else "") or visit.store.phone,
        }
        return Notice(_("Thank you for your visit, %(plate)s") % words, thanks_body(words), language)


def thanks_body(words: Mapping[str, object]) -> str:
    body = _(
        "Dear %(customer)s,\n\n"
        "thank you for trusting us with your car %(plate)s. We hope you have a good journey home.\n\n"
        "Should anything be less than perfect, please tell us at once: %(advisor)s is glad to help.\n"
        "In the next days we will call you briefly to ask whether you are satisfied.\n"
    )
    reach = _("You reach us at %(phone)s.\n") if words["phone"] else ""
    return (body + reach + _("\nKind regards\n%(advisor)s\n%(store)s\n")) % words


def script(task: FollowUpTask, caller: User) -> Script:
    """Choose and fill the script: part by part only for a caller who knows cars (3.6.2.1, 3.6.2.5)."""
    words = {
        "customer": task.customer.salutation,
        "caller": caller.full_name,
        "store": task.visit.store.name,
        "plate": task.visit.vehicle.plate_shown or task.visit.vehicle,
        "day": day_of(task),
        "work": ", ".join(queries.repaired(task)) or _("the work"),
    }
    if task.rule.code == Code.CARE:
        return care_script(words)
    opening = _(
        "Good day, %(customer)s. This is %(caller)s of %(store)s. On %(day)s your car %(plate)s was with us. "
        "May I ask you a few short questions?"
    )
    questions = [_("How is the car overall?")]
    if caller.technical:
        questions += [_("%(item)s: is it in order now?") % {"item": item} for item in queries.repaired(task)]
    else:
        questions += [_("Have you noticed any trouble since it was here for %(work)s?") % words]
    questions += [_("Are you satisfied with us? What should we do better?")]
    return Script(opening % words, questions, _("Thank you for your time. Have a safe journey."))


def care_script(words: Mapping[str, object]) -> Script:
    opening = _("Good day, %(customer)s. This is %(caller)s of %(store)s. May I ask how you are doing with %(plate)s?")
    questions = [
        _("How much do you drive these days, and is everything well with the car?"),
        _("The next service: may we find you a convenient time?"),
        _("Is there anything we can help you with?"),
    ]
    return Script(opening % words, questions, _("Thank you for your time. Have a safe journey."))


def day_of(task: FollowUpTask) -> str:
    zone: zoneinfo.ZoneInfo = task.visit.store.zone
    released = task.visit.released_at
    return formats.date_format(released.astimezone(zone), "DATE_FORMAT") if released else ""
