"""The rows audit_verify compares with the events about them; whose consent it is changes when customers are merged."""

from django.db.models import Q

from dealership.audit.acts import Act
from dealership.audit.witnesses import Witness
from dealership.customers.models import Consent, Merge


def says(consent: Consent) -> dict[str, object]:
    return {"purpose": consent.purpose, "channel": consent.channel}


WITNESSES = [
    Witness(Consent, [Act.CONSENT_GIVEN], "at", Q(granted=True), says),
    Witness(Consent, [Act.CONSENT_WITHDRAWN], "at", Q(granted=False), says),
    Witness(
        Merge, [Act.MERGED], "at",
        says=lambda merge: {"survivor": merge.survivor_id, "duplicate": merge.duplicate_id},
    ),
]  # fmt: skip
