"""Issuing a paper, signing it, refusing to sign it; nothing here changes what was issued."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.customers import queries as customers
from dealership.outbox import queue
from dealership.outbox.models import Channel, Message, Purpose
from dealership.paperwork import content as contents
from dealership.paperwork import copies, numbers, pdf, queries
from dealership.paperwork.kinds import INTERNAL, Copy, Role, Unsigned
from dealership.paperwork.models import IssuedDocument, PrintLog, Signature
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed, require

ONE_PRESS = timedelta(seconds=5)  # a finger that presses twice; a second print takes longer


@transaction.atomic
def issue(
    *,
    store: Store,
    kind: str,
    content: dict[str, Any],
    language: str = "",
    by: User | None,
    at: datetime,
    number: str | None = None,
) -> IssuedDocument:
    """Freeze a paper in one language (that of the page unless one is given) with its number (the next of its kind).

    Raises contents.ContentUnfit when the content is not of the form content.py describes. Clauses F6, F7, F16.
    """
    language = language or get_language() or "zh-hans"
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
    return put_under(document, role=role, signer_name=signer_name.strip(), image=image, signed_at=at, taken_by=by)


def refuse_signature(
    document: IssuedDocument,
    *,
    role: str,
    signer_name: str,
    reason: str,
    by: User,
    at: datetime,
    witness: User | None,
    unsigned: str = Unsigned.REFUSED,
) -> Signature:
    """Record that somebody would not sign or was not there to, why, and who else saw it; once per role.

    Raises NotAllowed without a reason, without a witness who can be one, and where it is signed or recorded already.
    """
    if not reason.strip():
        raise NotAllowed(_("Please write down why it was not signed."))
    require_witness(witness, document, by)
    if document.signatures.filter(role=role, unsigned="").exists():
        raise NotAllowed(_("This paper has been signed already."))
    return put_under(
        document,
        role=role,
        signer_name=signer_name.strip(),
        unsigned=unsigned,
        reason=reason.strip(),
        witness=witness,
        signed_at=at,
        taken_by=by,
    )


def require_witness(witness: User | None, document: IssuedDocument, by: User) -> None:
    """Raise NotAllowed unless this is a second pair of eyes: a colleague at work in the paper's store, never `by`."""
    if witness is None:
        raise NotAllowed(_("Please name a colleague who is a witness that it was not signed."))
    if witness == by:
        raise NotAllowed(_("Who takes the signature cannot be the witness. Please name a colleague."))
    if not queries.witnesses(document.store, by).filter(pk=witness.pk).exists():
        raise NotAllowed(_("%(who)s does not work in this store and cannot be the witness.") % {"who": witness})


@transaction.atomic
def put_under(document: IssuedDocument, *, role: str, **facts: Any) -> Signature:
    written = contents.readable(facts)
    signature = Signature(document=document, role=role, fingerprint=document.fingerprint, **written)
    try:
        with transaction.atomic():
            signature.save(force_insert=True)
    except IntegrityError as error:
        twins = document.signatures.filter(role=role)
        if twins.filter(unsigned="").exists():
            raise NotAllowed(_("This paper has been signed already.")) from error
        if signature.unsigned and twins.exists():
            raise NotAllowed(_("It has been recorded already that this paper was not signed.")) from error
        raise
    audit.record(
        Act.NOT_SIGNED if signature.unsigned else Act.SIGNED, about=signature, store=document.store,
        number=document.number, by=signature.taken_by, at=signature.signed_at, words=signature.reason,
        document=document, role=role, fingerprint=signature.fingerprint, unsigned=signature.unsigned,
        witness=signature.witness, drawn=audit.keyed(bytes(signature.image or b"")),
    )  # fmt: skip
    return signature


@dataclass(frozen=True)
class Outcome:
    """What came of asking somebody to sign: a picture, or why there is none and who saw it."""

    signer_name: str
    image: bytes = b""
    unsigned: str = ""
    reason: str = ""
    witness: User | None = None


def settle_signature(document: IssuedDocument, outcome: Outcome, *, role: str, by: User, at: datetime) -> Signature:
    """Put the signature under the paper, or the record that there is none; raises NotAllowed as these two do."""
    if not outcome.unsigned:
        if not outcome.image:
            raise NotAllowed(_("Please sign in the box."))
        return sign(document, role=role, signer_name=outcome.signer_name, image=outcome.image, by=by, at=at)
    return refuse_signature(
        document,
        role=role,
        signer_name=outcome.signer_name,
        unsigned=outcome.unsigned,
        reason=outcome.reason,
        witness=outcome.witness,
        by=by,
        at=at,
    )


def sign_later(document: IssuedDocument, outcome: Outcome, *, by: User, at: datetime) -> Signature:
    """Let the customer sign after all what he would not or could not sign at the desk.

    The record of that day stays beside the signature. Raises NotAllowed where nothing was left open.
    """
    require(by, "paperwork.take_signature")
    of_customer = document.signatures.filter(role=Role.CUSTOMER)
    if not of_customer.filter(unsigned="").exists() and queries.left_open(document, of_customer) is None:
        raise NotAllowed(_("No signature is missing on this paper."))
    return settle_signature(document, outcome, role=Role.CUSTOMER, by=by, at=at)


def record_print(document: IssuedDocument, *, copy: str, by: User, at: datetime) -> PrintLog:
    """Note who prints the paper now, and for whom; pressing twice within a moment is pressing once (2.2.11.13)."""
    require(by, "paperwork.view_issueddocument")
    if copy not in Copy.values or (document.kind in INTERNAL and copy == Copy.CUSTOMER):
        raise NotAllowed(_("Please choose whose copy you print."))
    latest = document.prints.filter(printed_by=by).last()
    if latest and latest.copy == copy and latest.printed_at > at - ONE_PRESS:
        return latest
    return PrintLog.objects.create(document=document, copy=copy, printed_by=by, printed_at=at)


def send_copy(document: IssuedDocument, *, address: str, by: User, at: datetime) -> Message:
    """Put the paper into the outbox as a PDF, for a customer who wishes a copy: once for each state and address.

    He asked for it, so it is service, not marketing; raises NotAllowed where he wants no letters about visits at all.
    """
    require(by, "paperwork.view_issueddocument")
    if document.kind in INTERNAL:
        raise NotAllowed(_("This paper stays in the house; no copy of it is sent."))
    customer = queries.addressee(document)
    if customer and not customers.may_contact(customer, purpose=Purpose.SERVICE, channel=Channel.EMAIL):
        raise NotAllowed(_("This customer does not want e-mails about visits. Record his consent first."))
    signatures = list(document.signatures.select_related("witness"))
    key = f"paper.copy:{document.pk}:{len(signatures)}:{hashlib.sha256(address.lower().encode()).hexdigest()[:40]}"
    sent = Message.objects.filter(dedupe_key=key).first()
    if sent:
        return sent
    name = re.sub(r"[^A-Za-z0-9-]+", "-", document.number).strip("-") or str(document.pk)
    words = copies.letter(document)
    file = base64.b64encode(pdf.written(document, signatures)).decode()
    return queue.enqueue(
        dedupe_key=key,
        store=document.store,
        customer=customer,
        purpose=Purpose.SERVICE,
        channel=Channel.EMAIL,
        recipient=address,
        subject=words["subject"],
        body=words["body"],
        language=document.language,
        due_at=at,
        attachments=[{"name": f"{name}.pdf", "type": queue.PDF, "text": file}],
    )
