"""A calendar file travels with its message, over real SMTP, and arrives as it was written."""

import base64

import pytest

from dealership.outbox import channels, delivery
from dealership.outbox.models import Message

CALENDAR = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "SUMMARY:保养预约 · 京A·12345",
        "DESCRIPTION:" + "更换机油机滤，" * 200,  # longer than a line of an e-mail may be
        ".",  # alone on its line it would end the text of an e-mail
        "From the desk",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)
FILE = {"name": "appointment.ics", "type": "text/calendar; method=REQUEST", "text": CALENDAR}


@pytest.fixture
def mail(enqueue, mail_server, clock):
    """Return a function that sends a message with these attachments and answers what the server took."""

    def mail(*attachments):
        enqueue(body="王女士,您好。\n.\n谢谢。", attachments=attachments)
        assert delivery.deliver_due(clock) == 1
        [taken] = mail_server.accepted
        return taken

    return mail


def test_a_calendar_arrives_byte_for_byte_with_its_method(mail):
    [part] = mail(FILE).iter_attachments()
    assert part.get_payload(decode=True) == CALENDAR.encode("utf-8")
    assert part.get_content_type() == "text/calendar"
    assert (part.get_param("method"), part.get_content_charset()) == ("REQUEST", "utf-8")
    assert (part.get_content_disposition(), part.get_filename()) == ("attachment", "appointment.ics")


def test_the_text_for_people_still_comes_first(mail):
    taken = mail(FILE)
    first, second = taken.iter_parts()
    assert (taken.get_content_type(), first.get_content_type()) == ("multipart/mixed", "text/plain")
    assert first.get_content().replace("\r\n", "\n").rstrip("\n") == "王女士,您好。\n.\n谢谢。"
    assert second.get_content_type() == "text/calendar"


def test_several_attachments_keep_their_order_and_chinese_names(mail):
    names = ["预约.ics", "第二.ics"]
    assert [
        part.get_filename() for part in mail(*[FILE | {"name": name} for name in names]).iter_attachments()
    ] == names


def test_a_message_without_attachments_stays_plain(mail):
    assert mail().get_content_type() == "text/plain"


def test_attachments_are_stored_with_the_message(enqueue):
    enqueue(attachments=iter([FILE]))
    assert Message.objects.get().attachments == [FILE]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": ""}, "named text"),
        ({"type": "application/pdf"}, "named text"),
        ({"type": "text/calendar\nBcc: all@example.com"}, "named text"),
        ({"text": "\ud800"}, "no such text"),
        ({"text": "a\0b"}, "no such text"),
    ],
)
def test_only_named_texts_are_attached(enqueue, wrong, why):
    with pytest.raises(ValueError, match=why):
        enqueue(attachments=[FILE | wrong])
    assert not Message.objects.exists()


def test_an_attachment_goes_through_every_kind_of_mail(enqueue, clock, mailoutbox):
    enqueue(attachments=[FILE])
    assert delivery.deliver_due(clock) == 1
    [sent] = mailoutbox
    assert isinstance(sent.attachments[0], channels.MIMEText)


def test_a_pdf_arrives_byte_for_byte(mail):
    file = b"%PDF-1.7\n\x00\xff\n.\nFrom the desk\n"
    [part] = mail(
        {"name": "a.pdf", "type": "application/pdf", "text": base64.b64encode(file).decode()}
    ).iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == ("application/pdf", "a.pdf")
    assert part.get_payload(decode=True) == file


@pytest.mark.parametrize("text", ["%PDF-1.7", "JVBERi0=\n", base64.b64encode(b"MZ").decode()])
def test_a_pdf_that_is_none_is_not_attached(enqueue, text):
    with pytest.raises(ValueError, match=r"."):
        enqueue(attachments=[{"name": "a.pdf", "type": "application/pdf", "text": text}])
