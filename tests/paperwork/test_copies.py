"""The copy a customer wishes by e-mail: one letter, the paper as a PDF in it, and nothing else."""

import base64

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from dealership.customers import operations as customers
from dealership.outbox import delivery
from dealership.outbox.models import Message
from dealership.paperwork import operations, pdf, queries
from dealership.paperwork.kinds import Kind, Role
from dealership.workflow import NotAllowed
from tests import factories
from tests.factories import TUESDAY_NINE
from tests.paperwork.conftest import AT, CONTENT, drawn
from tests.paperwork.sheets import long_form
from workorders import queries as workorders

pytestmark = pytest.mark.django_db
HERS = "wang.fang@example.com"


@pytest.fixture(autouse=True)
def _in_english():
    translation.activate("en")


@pytest.fixture
def order():
    return factories.signed(factories.Crew(factories.store()))


@pytest.fixture
def customer(order):
    order.visit.customer.email = HERS
    order.visit.customer.save()
    return order.visit.customer


def send(paper, by, address=HERS):
    return operations.send_copy(paper, address=address, by=by, at=AT)


def test_copy_is_one_letter_with_the_paper_as_a_pdf(advisor, paper):
    message = send(paper, advisor)
    assert (message.purpose, message.channel, message.recipient, message.store) == (
        "service",
        "email",
        HERS,
        paper.store,
    )
    assert delivery.deliver_due(lambda: AT) == 1
    [letter] = mail.outbox
    assert letter.subject == f"Work order {paper.number}"
    assert paper.fingerprint in letter.body
    [part] = letter.message().get_payload()[1:]
    assert (part.get_content_type(), part.get_filename()) == ("application/pdf", f"{paper.number}.pdf")
    assert part.get_payload(decode=True).startswith(b"%PDF-")


def test_asking_twice_sends_once_and_a_signature_since_makes_it_another_copy(advisor, paper):
    assert send(paper, advisor) == send(paper, advisor) == send(paper, advisor, HERS.upper())
    send(paper, advisor, "other@example.com")
    assert Message.objects.count() == 2
    operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)
    assert send(paper, advisor) not in list(Message.objects.all()[1:])
    assert queries.copies_sent(paper).count() == 3


def test_copy_is_written_in_the_papers_language_and_zone(advisor, store):
    zh = operations.issue(store=store, kind=Kind.ORDER, content=CONTENT, language="zh-hans", by=advisor, at=AT)
    message = send(zh, advisor)
    assert message.language == "zh-hans"
    assert "09:30" in message.body
    assert translation.get_language() == "en"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pdf_holds_a_long_form_with_everything(advisor, store, language):
    with translation.override(language):
        content = long_form(language, pictures=8)
    paper = operations.issue(store=store, kind=Kind.INTAKE, content=content, language=language, by=advisor, at=AT)
    operations.sign(paper, role=Role.CUSTOMER, signer_name="王芳", image=drawn(), by=advisor, at=AT)
    signatures = paper.signatures.all()
    made = pdf.written(paper, signatures)
    assert made.startswith(b"%PDF-")
    assert 60_000 < len(made) < 2_000_000
    assert made == pdf.written(paper, signatures)  # the same paper is the same file


def test_paper_of_an_order_knows_its_customer(order, customer):
    paper = order.authorisation
    assert queries.addressee(paper) == queries.addressee(order.visit.intake) == customer
    assert send(paper, order.advisor).customer == customer


def test_settlement_and_gate_pass_know_their_customer():
    order = factories.paid(factories.Crew(factories.store()))
    gate_pass = order.visit.gate_passes.get()
    assert queries.addressee(workorders.money.sheet_of(order).sheet) == order.visit.customer
    assert queries.addressee(gate_pass.paper) == order.visit.customer


def test_customer_who_wants_no_letters_gets_none(order, customer):
    customers.record_consent(
        customer, purpose="service", channel="email", granted=False, by=order.advisor, at=TUESDAY_NINE
    )
    with pytest.raises(NotAllowed, match="does not want"):
        send(order.authorisation, order.advisor)
    assert not queries.copies_sent(order.authorisation).exists()


def test_page_offers_the_address_on_file_and_keeps_what_was_typed(client, order, customer):
    client.force_login(order.advisor)
    paper, address = order.authorisation, reverse("paperwork:send", args=[order.authorisation.pk])
    assert address in client.get(reverse("paperwork:document", args=[paper.pk])).content.decode()
    assert f'value="{HERS}"' in client.get(address).content.decode()
    wrong = client.post(address, {"address": "wang fang"})
    assert wrong.status_code == 422
    assert "wang fang" in wrong.content.decode()
    assert client.post(address, {"address": "new@example.com"}).status_code == 302
    assert queries.copies_sent(paper).get().recipient == "new@example.com"
    assert "new@example.com" in client.get(address).content.decode()


@pytest.mark.parametrize("copies", [1, 3])
def test_page_asks_the_same_number_of_questions(client, order, customer, copies, django_assert_num_queries):
    for n in range(copies):
        send(order.authorisation, order.advisor, f"{n}@example.com")
    client.force_login(order.advisor)
    address = reverse("paperwork:send", args=[order.authorisation.pk])
    client.get(address)
    # session, user, stores, permissions, paper, whose it is (two desks), copies
    with django_assert_num_queries(8):
        client.get(address)


def test_copies_are_for_those_who_may_read(client, technician, stranger, paper):
    with pytest.raises(NotAllowed):
        send(paper, technician)
    for who, status in [(technician, 403), (stranger, 404)]:
        client.force_login(who)
        assert client.post(reverse("paperwork:send", args=[paper.pk]), {"address": HERS}).status_code == status
    assert not Message.objects.exists()


def test_looking_sends_nothing(client, advisor, paper):
    client.force_login(advisor)
    client.get(reverse("paperwork:send", args=[paper.pk]) + f"?address={HERS}")
    assert not Message.objects.exists()


def test_attachment_survives_the_outbox(advisor, paper):
    stored = send(paper, advisor).attachments[0]
    assert base64.b64decode(stored["text"], validate=True) == pdf.written(paper, [])
