"""How a message leaves the house, and what exactly is known afterwards.

Whatever goes wrong is sorted by one question: can the other side have taken the message? Before the text is
handed over it cannot, and after a clear refusal it has not. A text handed over without an answer may be anywhere.
"""

import base64
import re
import smtplib
from collections.abc import Callable
from email.errors import MessageError
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.text import MIMEText
from email.utils import parseaddr, quote
from types import TracebackType
from typing import Any, Protocol

from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends import smtp as django_smtp
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email

from dealership.outbox.models import Channel, Message


class NotAccepted(Exception):
    """Certainly not taken, this time; worth another try."""


class Unreachable(NotAccepted):
    """Nobody there, or nobody who lets us in: no message will fare better now."""


class Refused(Exception):
    """Certainly not taken, and never will be as it stands."""


class Unanswered(Exception):
    """Handed over, and no answer: a person has to find out."""


class Line(Protocol):
    """An open way to one channel, used for several messages in a row."""

    def send(self, message: Message, handing_over: Callable[[], None]) -> str:
        """Send one message and return the answer; call `handing_over` at the last moment it can still be stopped.

        Raises NotAccepted, Unreachable, Refused or Unanswered, and lets through what `handing_over` raises.
        """

    def close(self) -> None: ...


def letter(message: Message) -> mail.EmailMessage:
    """Write the message as an e-mail from its store, with its own fixed Message-ID."""
    return mail.EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=f'"{quote(message.store.name)}" <{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>',
        to=[message.recipient],
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
        attachments=[enclosure(**attachment) for attachment in message.attachments],
    )


def enclosure(*, name: str, type: str, text: str) -> MIMEBase:
    """Write a text as a part of an e-mail, in base64: a calendar ends its lines in CR LF, and no relay may touch it."""
    part: MIMEBase = MIMEText(text, type.removeprefix("text/"), "utf-8")  # the parameters of the type go along
    if type == "application/pdf":
        part = MIMEApplication(base64.b64decode(text), "pdf")
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


class PlainMail:
    """E-mail through whatever backend the settings name: a file, the console, a list in a test."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend

    def send(self, message: Message, handing_over: Callable[[], None]) -> str:
        email = letter(message)
        try:
            email.message()
        except (ValueError, MessageError) as error:
            raise Refused(str(error)) from error
        handing_over()
        try:
            self.backend.send_messages([email])
        except OSError as error:
            raise Unanswered(str(error)) from error
        return ""

    def close(self) -> None:
        self.backend.close()


class Smtp:
    """E-mail over SMTP, step by step, because Django's `send_messages` does not tell a refusal from a lost answer."""

    def __init__(self, backend: django_smtp.EmailBackend) -> None:
        self.backend = backend

    def send(self, message: Message, handing_over: Callable[[], None]) -> str:
        sender, recipient, text = envelope(message)
        server = self.server()
        try:
            answered(server.mail(sender), 250)
            answered(server.rcpt(recipient), 250, 251)
            answered(server.docmd("DATA"), 354)
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise NotAccepted(said(error)) from error
        except (NotAccepted, Refused):
            self.reset(server)
            raise
        try:
            handing_over()
        except BaseException:
            self.drop()  # the server waits for a text it shall not get; it forgets the message with the connection
            raise
        try:
            server.send(text)
            reply = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise Unanswered(said(error)) from error
        return answered(reply, 250)

    def server(self) -> smtplib.SMTP:
        """Return a connection that answers, a new one where the held one has gone stale; raises Unreachable."""
        try:
            if self.backend.connection is not None and not alive(self.backend.connection):
                self.drop()
            self.backend.open()
            server = self.backend.connection
            assert server is not None  # open() makes one or raises
            server.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise Unreachable(said(error)) from error
        return server

    def reset(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            self.drop()

    def drop(self) -> None:
        """Let go of a connection in an unknown state without a word."""
        if self.backend.connection is not None:
            self.backend.connection.close()
            self.backend.connection = None

    def close(self) -> None:
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            self.drop()


def alive(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def envelope(message: Message) -> tuple[str, str, bytes]:
    """Return sender, recipient and the text as SMTP carries it; raises Refused where none can be made."""
    try:
        validate_email(message.recipient)
        email = letter(message)
        mime: Any = email.message()  # Django's own class, whose as_bytes knows the line ends of SMTP
        text = mime.as_bytes(linesep="\r\n")
        sender = sanitize_address(email.from_email, settings.DEFAULT_CHARSET)
        recipient = sanitize_address(message.recipient, settings.DEFAULT_CHARSET)
    except (ValidationError, ValueError, MessageError) as error:
        raise Refused(f"{message.recipient}: {error}") from error
    text = re.sub(rb"(?m)^\.", b"..", text)  # a lone dot would end the text
    return sender, recipient, text.removesuffix(b"\r\n") + b"\r\n.\r\n"


def answered(reply: tuple[int, bytes], *good: int) -> str:
    """Return what a good reply says; raises NotAccepted for a temporary refusal, Refused for a final one."""
    code, text = reply
    sentence = f"{code} {text.decode(errors='replace')}"
    if code in good:
        return sentence
    raise Refused(sentence) if 500 <= code < 600 else NotAccepted(sentence)


def said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


class Lines:
    """The lines of one round of deliveries: each opened when first needed, all closed at the end."""

    def __init__(self) -> None:
        self.open: dict[str, Line] = {}

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        for line in self.open.values():
            line.close()

    def to(self, channel: str) -> Line:
        if channel not in self.open:
            self.open[channel] = OPENERS[Channel(channel)]()
        return self.open[channel]


def open_email() -> Line:
    backend = mail.get_connection()
    return Smtp(backend) if isinstance(backend, django_smtp.EmailBackend) else PlainMail(backend)


OPENERS: dict[Channel, Callable[[], Line]] = {Channel.EMAIL: open_email}
