"""What a booked customer shows at the reception: a signed name of his appointment, which cannot change anything.

A scanner at the desk types it, under whatever keyboard the desk has switched on: so digits, letters and a hyphen,
read alike in capitals and in full width. It is not the secret of an answer link, which cancels.
"""

import base64
import re
import unicodedata

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from appointments.models import Appointment

SALT = "appointments.arrival"
SHAPE = re.compile(r"(?:^|/)([0-9]{1,18})-([a-z2-7]{16})$")  # alone, or at the end of an address


def reference(made: Appointment) -> str:
    return f"{made.pk}-{seal(made.pk, settings.SECRET_KEY)}"


def seal(pk: int, secret: str) -> str:
    whole = salted_hmac(SALT, str(pk), secret=secret, algorithm="sha256").digest()
    return base64.b32encode(whole[:10]).decode().lower()  # 80 bits: nobody guesses one, and it is short to scan


def address(made: Appointment) -> str:
    """Return what the code holds: the desk's own page, which opens for nobody who is not logged in."""
    return settings.SITE_URL.rstrip("/") + reverse(settings.ARRIVAL_PAGE, args=[reference(made)])


def looks_like(text: str) -> bool:
    return SHAPE.search(plain(text)) is not None


def appointment_id(text: str) -> int:
    """Return the id a reference names, typed alone or as an address; raises signing.BadSignature."""
    found = SHAPE.search(plain(text))
    if found is None:
        raise signing.BadSignature("not one of our codes")
    pk = int(found[1])
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(found[2], seal(pk, secret)) for secret in secrets):
        raise signing.BadSignature("not sealed by us")
    return pk


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("、", "/").strip().lower()
