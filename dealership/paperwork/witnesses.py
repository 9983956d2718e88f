"""The rows audit_verify compares with the events about them."""

from django.db.models import Q

from dealership.audit.acts import Act
from dealership.audit.witnesses import Witness
from dealership.paperwork.models import Signature


def says(signature: Signature) -> dict[str, object]:
    return {
        "document": signature.document_id,
        "role": signature.role,
        "fingerprint": signature.fingerprint,
        "unsigned": signature.unsigned,
        "witness": signature.witness_id,
    }


WITNESSES = [
    Witness(Signature, [Act.SIGNED], "signed_at", Q(unsigned=""), says),
    Witness(Signature, [Act.NOT_SIGNED], "signed_at", ~Q(unsigned=""), says),
]
