"""The papers of a visit and the letters in their numbers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    INTAKE = "intake", _("reception form")  # F6
    ORDER = "order", _("work order")  # F7, F8
    DISPATCH = "dispatch", _("dispatch sheet")  # F8
    SUPPLEMENT = "supplement", _("in-plant repair slip")  # F9
    ISSUE = "issue", _("issue slip")  # F11
    QUALITY = "quality", _("quality check sheet")  # F14
    SETTLEMENT = "settlement", _("settlement sheet")  # F16
    GATE_PASS = "gate_pass", _("gate pass")
    PLAN = "plan", _("maintenance plan")  # F23
    THANK_YOU = "thank_you", _("thank-you letter")
    DAY_CLOSE = "day_close", _("day close")


LETTERS = {
    Kind.INTAKE: "RF",
    Kind.ORDER: "WO",
    Kind.DISPATCH: "DS",
    Kind.SUPPLEMENT: "AW",
    Kind.ISSUE: "IS",
    Kind.QUALITY: "QC",
    Kind.SETTLEMENT: "ST",
    Kind.GATE_PASS: "GP",
    Kind.PLAN: "MP",
    Kind.THANK_YOU: "TY",
    Kind.DAY_CLOSE: "DC",
}
INTERNAL = [Kind.DISPATCH, Kind.ISSUE, Kind.DAY_CLOSE]  # nothing of the customer's: no copy for him
AT_THE_TILL = [Kind.GATE_PASS, Kind.DAY_CLOSE]  # what a cashier hands out or signs; the rest is none of his business


class Copy(TextChoices):
    """For whom a sheet is printed."""

    CUSTOMER = "customer", _("Customer copy")
    STORE = "store", _("Store copy")


class Unsigned(TextChoices):
    """Why there is no drawn signature where one belongs."""

    REFUSED = "refused", _("will not sign")
    ABSENT = "absent", _("is not here")


class Role(TextChoices):
    """As whom somebody signs."""

    CUSTOMER = "customer", _("customer")
    ADVISOR = "advisor", _("service advisor")
    TECHNICIAN = "technician", _("technician")
    INSPECTOR = "inspector", _("quality inspector")
    FOREMAN = "foreman", _("foreman")
    PARTS = "parts", _("parts desk")
    CASHIER = "cashier", _("cashier")
    MANAGER = "manager", _("after-sales manager")
