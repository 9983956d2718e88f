"""What is written down for good: each act about money or about what a customer agreed to."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Act(TextChoices):
    SIGNED = "signed", _("paper signed")
    NOT_SIGNED = "not_signed", _("paper not signed")
    ORDER_AUTHORISED = "order_authorised", _("order authorised")
    ORDER_REFUSED = "order_refused", _("order refused")
    ORDER_REVISED = "order_revised", _("order taken back to be written anew")
    ORDER_CANCELLED = "order_cancelled", _("order cancelled")
    ITEM_AGREED = "item_agreed", _("additional item agreed to")
    ITEM_REFUSED = "item_refused", _("additional item refused")
    REPAIR_AGREED = "repair_agreed", _("repair after the diagnosis agreed to")
    REPAIR_REFUSED = "repair_refused", _("repair after the diagnosis refused")
    BELONGINGS_AGREED = "belongings_agreed", _("moving of belongings agreed to")
    BELONGINGS_REFUSED = "belongings_refused", _("moving of belongings refused")
    PROMISE_ACCEPTED = "promise_accepted", _("another promised time accepted")
    PROMISE_REFUSED = "promise_refused", _("another promised time not accepted")
    MANAGER_JOINED = "manager_joined", _("manager took part")
    DISCOUNT_GIVEN = "discount_given", _("discount given or changed")
    DEPOSIT_TAKEN = "deposit_taken", _("deposit taken")
    SETTLED = "settled", _("settlement posted")
    SETTLEMENT_REVERSED = "settlement_reversed", _("settlement reversed")
    INVOICE_NOTED = "invoice_noted", _("invoice noted or corrected")
    PAID = "paid", _("payment taken")
    REFUNDED = "refunded", _("money paid back")
    CLAIM_RECEIVED = "claim_received", _("claim money received")
    DAY_CLOSED = "day_closed", _("cashier's day closed")
    PASS_ISSUED = "pass_issued", _("gate pass issued")
    PASS_USED = "pass_used", _("gate pass used")
    PASS_VOIDED = "pass_voided", _("gate pass voided")
    RELEASED_UNPAID = "released_unpaid", _("car released unpaid")
    CONSENT_GIVEN = "consent_given", _("consent given")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("consent withdrawn")
    MERGED = "merged", _("customers merged")
