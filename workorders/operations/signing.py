"""The customer's answer to an order: signed, authorised by phone, or refused; and writing it anew after that."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import queries as appointments
from dealership import workflow
from dealership.audit import operations as audit
from dealership.audit.acts import Act
from dealership.paperwork import operations as paperwork
from dealership.paperwork.kinds import Kind, Unsigned
from dealership.paperwork.models import IssuedDocument
from dealership.staff.models import Store, User
from dealership.workflow import NotAllowed
from workorders import documents, head, queries, reckoning, states
from workorders.models import Authorisation, Way, WorkOrder
from workorders.operations import large, parts, prices
from workorders.operations.head import hold, write


class OrderChanged(NotAllowed):
    """The order is no longer the one the customer was shown."""


@dataclass(frozen=True)
class Answer:
    """What the customer answered: a picture, or `unsigned` (absent, refused) with a reason and a witness.

    An absent customer authorises by phone: under which number and when he said so.
    """

    signer_name: str
    image: bytes = b""
    unsigned: str = ""
    reason: str = ""
    witness: User | None = None
    number: str = ""
    called_at: datetime | None = None

    @property
    def way(self) -> Way:
        return {"": Way.SIGNATURE, "absent": Way.PHONE, "refused": Way.REFUSED}[self.unsigned]


def sign(
    order: WorkOrder, *, promised_at: datetime, promise_reason: str, signer_name: str, image: bytes,
    by: User, at: datetime, **seen_and_wishes: Any,
) -> IssuedDocument:  # fmt: skip
    """The customer authorises exactly this work at this price by this time, in his own hand (2.2.11.15, 3.2.3.2)."""
    wishes: dict[str, Any] = {"promised_at": promised_at, "promise_reason": promise_reason} | seen_and_wishes
    return settle(order, Answer(signer_name, image), by=by, at=at, **wishes)


@transaction.atomic
def settle(
    order: WorkOrder, answer: Answer, *, by: User, at: datetime, seen: str | None = None,
    version: int | None = None, page: str = "", **changes: Any,
) -> IssuedDocument:  # fmt: skip
    """Issue the order's paper and keep the customer's answer to it; unless refused, the workshop may have it.

    `seen` is the mark of the lines the customer was shown (queries.mark_of); `changes`, `version` and `page` are
    those of operations.head.save. A promise earlier than the reckoning needs a reason (2.2.8.1).
    Raises OrderChanged when the lines changed meanwhile, or somebody else the head under a drawn signature;
    NotAllowed with the first thing that is missing.
    """
    workflow.require(by, states.SIGN.permission)
    # Held until the paper is issued: of two signatures at once the second finds the order signed.
    order = hold(order, at)
    if seen is not None and seen != queries.mark_of(order):
        raise OrderChanged(
            _("The order has changed since this page was opened. Go through it with the customer again.")
        )
    unseen = head.others_since(order, version, page)
    write(order, changes, by=by, at=at, version=version, page=page)
    if unseen and answer.way == Way.SIGNATURE:
        raise OrderChanged(_("The order changed; please sign again."))
    require_witness(order, answer, by, at)
    require_presentable(order, answer, at)
    paper = issue(order, by=by, at=at)
    put_under(paper, answer, by=by, at=at)
    keep(order, paper, answer, by=by, at=at)
    if answer.way != Way.REFUSED:
        first = order.first_promised_at or order.promised_at
        workflow.move(order, states.SIGN, by=by, at=at, authorisation=paper, first_promised_at=first)
        prices.agree(order)
        parts.put_aside(order, by=by, at=at)
        large.watch(order, by=by, at=at)
    return paper


def require_presentable(order: WorkOrder, answer: Answer, at: datetime) -> None:
    """Whoever refuses may do so at any point of the talk; whoever agrees was asked and told everything."""
    if not order.labour_lines.all():
        raise NotAllowed(_("The order has no work yet."))
    if answer.way == Way.REFUSED:
        return
    for obstacle in queries.obstacles_to_signing(order):
        raise NotAllowed(obstacle)
    if sentence := head.expired(order, at.astimezone(order.store.zone).date()):
        raise NotAllowed(sentence)
    require_sound_promise(order, at)


def require_sound_promise(order: WorkOrder, at: datetime) -> None:
    if order.promised_at is None:
        raise NotAllowed(_("Say when the car will be ready."))
    if sentence := head.unsound(order.promised_at, at):
        raise NotAllowed(sentence)
    reckoned = reckoning.reckon(order, at)
    likely = reckoned.finish
    early = likely is not None and order.promised_at < likely.replace(second=0, microsecond=0)
    if likely is not None and early and not order.promise_reason.strip():
        raise NotAllowed(
            _("The workshop will need until %(when)s (%(why)s). Promise that, or write down how it goes faster.")
            % {"when": documents.when(order, likely), "why": reckoned.words}
        )


def require_witness(order: WorkOrder, answer: Answer, by: User, at: datetime) -> None:
    """Where nobody signed, a colleague has heard or seen it: never who writes it down, never the advisor."""
    if answer.way == Way.SIGNATURE:
        return
    if not answer.reason.strip():
        raise NotAllowed(_("Please write down why it was not signed."))
    if answer.witness is None or not queries.witnesses(order, by).filter(pk=answer.witness.pk).exists():
        raise NotAllowed(_("Name a colleague of this store as the witness, not the advisor."))
    if answer.way == Way.PHONE and (not answer.number or answer.called_at is None or answer.called_at > at):
        raise NotAllowed(_("Write down which number was called, and when."))


def issue(order: WorkOrder, *, by: User, at: datetime) -> IssuedDocument:
    """Issue the paper; the first has the order's own number, those that replace it a number behind that."""
    earlier = [paper.number for paper in queries.papers(order)]
    return paperwork.issue(
        store=order.store,
        kind=Kind.ORDER,
        number=f"{order.number}-{len(earlier) + 1}" if earlier else order.number,
        content=documents.authorisation(order, replaces=earlier[-1] if earlier else ""),
        by=by,
        at=at,
    )


def put_under(paper: IssuedDocument, answer: Answer, *, by: User, at: datetime) -> None:
    if answer.way == Way.SIGNATURE:
        paperwork.sign(paper, role="customer", signer_name=answer.signer_name, image=answer.image, by=by, at=at)
        return
    paperwork.refuse_signature(
        paper, role="customer", signer_name=answer.signer_name, reason=said(paper, answer), witness=answer.witness,
        unsigned=Unsigned.ABSENT if answer.way == Way.PHONE else Unsigned.REFUSED, by=by, at=at,
    )  # fmt: skip


def said(paper: IssuedDocument, answer: Answer) -> str:
    """Write on the paper how an absent customer authorised it."""
    if answer.way != Way.PHONE:
        return answer.reason
    facts = {
        "number": answer.number,
        "when": documents.moment(paper.store, answer.called_at),
        "reason": answer.reason,
    }
    return (_("Authorised by phone: %(number)s, %(when)s. %(reason)s") % facts)[:300]


def keep(order: WorkOrder, paper: IssuedDocument, answer: Answer, *, by: User, at: datetime) -> None:
    order.authorisations.filter(superseded_at=None).update(superseded_at=at)
    kept = Authorisation.objects.create(
        order=order,
        paper=paper,
        way=answer.way,
        name=answer.signer_name.strip(),
        number=answer.number if answer.way == Way.PHONE else "",
        called_at=answer.called_at if answer.way == Way.PHONE else None,
        reason="" if answer.way == Way.SIGNATURE else answer.reason.strip(),
        witness=None if answer.way == Way.SIGNATURE else answer.witness,
        by=by,
        at=at,
    )
    audit.record(
        Act.ORDER_REFUSED if answer.way == Way.REFUSED else Act.ORDER_AUTHORISED, about=kept, store=order.store,
        number=paper.number, by=by, at=at, words=kept.reason, way=kept.way, paper=paper, fingerprint=paper.fingerprint,
        promised_at=order.promised_at, why_earlier=audit.keyed(order.promise_reason), called_at=kept.called_at,
        called=audit.keyed(kept.number), witness=kept.witness, amount_fen=queries.totals(order).total_fen,
    )  # fmt: skip


@transaction.atomic
def revise(order: WorkOrder, *, reason: str, by: User, at: datetime) -> None:
    """Take a signed order back to the desk to write it anew; the paper stays as issued, the next one replaces it.

    Only while no team has it and no part is out. Work, price and time are read out again; the first promise stays.
    """
    if not reason.strip():
        raise NotAllowed(_("Write down why the order is written anew."))
    order.refresh_from_db(fields=["state"], from_queryset=WorkOrder.objects.select_for_update())
    if order.part_lines.exclude(issued_at=None).exists():
        raise NotAllowed(_("Parts were handed out. The parts desk has to take them back first."))
    told_again = {"items_told_at": None, "read_back_at": None, "copies_given_at": None, "copies_given_by": None}
    workflow.move(
        order, states.REVISE, by=by, at=at, reason=reason, authorisation=None, valid_until=valid_until(order.store, at),
        **told_again,
    )  # fmt: skip
    audit.record(Act.ORDER_REVISED, about=order, store=order.store, number=order.number, by=by, at=at, words=reason)
    parts.release(order, by=by, at=at, all_of_it=False)
    order.authorisations.filter(superseded_at=None).update(superseded_at=at)


def valid_until(store: Store, at: datetime) -> date:
    """Return the last day an estimate of this moment holds: a figure of the store."""
    today = at.astimezone(store.zone).date()
    return today + timedelta(days=appointments.rules_on(store, today).estimate_days)


def give_copies(order: WorkOrder, *, by: User, at: datetime) -> None:
    """The customer has his copies of the reception form and the order (2.2.9.6); pressed twice, the first counts."""
    workflow.require(by, states.SIGN.permission)
    waiting = WorkOrder.objects.filter(pk=order.pk, state=states.State.SIGNED, authorisation__isnull=False)
    waiting.filter(copies_given_at=None).update(copies_given_at=at, copies_given_by=by)
    order.refresh_from_db(fields=["copies_given_at", "copies_given_by", "state"])
    if order.copies_given_at is None:
        raise NotAllowed(_("There is no signed order to hand over yet."))
