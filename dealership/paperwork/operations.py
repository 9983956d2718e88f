"""Issuing a paper, signing it, refusing to sign it; nothing here changes what was issued."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership.paperwork import content as contents
from dealership.paperwork import numbers
from dealership.paperwork.models import IssuedDocument, Signature
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed


@transaction.atomic
def issue(
    *,
    store: Store,
    kind: str,
    content: dict[str, Any],
    language: str,
    by: User | None,
    at: datetime,
    number: str | None = None,
) -> IssuedDocument:
    """Freeze a paper in one language and give it its number (the next of its kind unless one is given).

    Raises contents.ContentUnfit when the content is not of the form content.py describes. Clauses F6, F7, F16.
    """
    frozen = contents.frozen(content, store=store, language=language, by=by, at=at)
    document = IssuedDocument(
        store=store,
        kind=kind,
        number=number or numbers.next_number(store, kind, timezone.localdate(at, store.zone)),
        content=frozen,
        language=language,
        issued_at=at,
        issued_by=by,
    )
    document.fingerprint = fingerprint(document)
    document.save(force_insert=True)
    return document


def fingerprint(document: IssuedDocument) -> str:
    """Return the SHA-256 of the paper's canonical JSON: content, number, kind, store, language and moment."""
    whole = {
        "store": document.store_id,
        "kind": str(document.kind),
        "number": document.number,
        "language": document.language,
        "issued_at": document.issued_at.astimezone(UTC).isoformat(),
        "content": document.content,
    }
    canonical = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify(document: IssuedDocument) -> bool:
    """Say whether the paper, and every signature under it, still belongs to what was issued."""
    now = fingerprint(document)
    return now == document.fingerprint and all(
        signed == now for signed in document.signatures.values_list("fingerprint", flat=True)
    )


def sign(document: IssuedDocument, *, role: str, signer_name: str, image: bytes, by: User, at: datetime) -> Signature:
    """Put a drawn signature (PNG, see signatures.py) under the paper as it was issued; once per role.

    Raises NotAllowed when somebody has signed in this role. Clauses 2.2.11.10, 2.2.11.15, 2.6.7.2.
    """
    signature = Signature(
        document=document,
        role=role,
        signer_name=signer_name.strip(),
        image=image,
        fingerprint=document.fingerprint,
        signed_at=at,
        taken_by=by,
    )
    try:
        with transaction.atomic():
            signature.save(force_insert=True)
    except IntegrityError as error:
        if document.signatures.filter(role=role, refused=False).exists():
            raise NotAllowed(_("This paper has been signed already.")) from error
        raise
    return signature


def refuse_signature(
    document: IssuedDocument,
    *,
    role: str,
    signer_name: str,
    reason: str,
    by: User,
    at: datetime,
    witness: User | None = None,
) -> Signature:
    """Record that somebody would not sign, in whose presence and why; raises NotAllowed without a reason."""
    if not reason.strip():
        raise NotAllowed(_("Please write down why it was not signed."))
    return Signature.objects.create(
        document=document,
        role=role,
        signer_name=signer_name.strip(),
        fingerprint=document.fingerprint,
        signed_at=at,
        taken_by=by,
        refused=True,
        reason=reason.strip(),
        witness=witness,
    )
