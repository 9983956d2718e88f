"""A real SMTP server on loopback that keeps what it accepted and can be told to misbehave."""

import email
import email.policy
import socket

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Protocol(SMTP):
    """The server's side of one connection; every step asks the controller how to answer."""

    async def smtp_MAIL(self, arg):
        if not await self.event_handler.misbehaves(self, "MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if not await self.event_handler.misbehaves(self, "RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self.event_handler.misbehaves(self, "DATA"):
            await super().smtp_DATA(arg)


class MailServer(Controller):
    """Use as a context manager; `accepted` holds every message taken, in order, `plan` the next misbehaviours.

    `server.plan["RCPT"] = ["450 later"]` answers the next RCPT so; "cut" instead drops the connection. The step
    "TEXT" comes after the text: "cut" there accepts the message and drops the connection without an answer.
    """

    def __init__(self):
        super().__init__(self, hostname="127.0.0.1", port=free_port(), ready_timeout=10)
        self.accepted, self.connections, self.plan = [], 0, {}

    def factory(self):
        self.connections += 1
        return Protocol(self, enable_SMTPUTF8=True, hostname="mail.test", ident="test")

    def __enter__(self):
        self.start()
        self.connections = 0  # the start itself tries the door once
        return self

    def __exit__(self, *error):
        self.stop()

    async def misbehaves(self, protocol, step):
        """Answer the step as planned, if anything is planned for it."""
        answer = self.plan[step].pop(0) if self.plan.get(step) else None
        if answer is None:
            return False
        if answer == "cut":
            protocol.transport.abort()
        else:
            await protocol.push(answer)
        return True

    async def handle_DATA(self, server, session, envelope):
        answer = self.plan["TEXT"].pop(0) if self.plan.get("TEXT") else None
        if answer is not None and answer != "cut":
            return answer
        self.accepted.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if answer == "cut":
            server.transport.abort()
        return "250 taken"

    @property
    def ids(self):
        return [message["Message-ID"] for message in self.accepted]
