"""Those who are told, on loopback: a webhook and a mail server, on raw asyncio streams, that fail on request."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from tests.listeners import listening


@dataclass
class Webhook:
    """A receiver that keeps what it is sent, and answers with `statuses` one after another, then with 204."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events that were told, in order."""
        return [event for _, body in self.received for event in json.loads(body)["events"]]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self.received.append((headers | {":first": head[0]}, await reader.readexactly(int(headers["content-length"]))))
        status = self.statuses.pop(0) if self.statuses else 204
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()


@asynccontextmanager
async def webhook(*statuses: int) -> AsyncIterator[Webhook]:
    """A webhook that listens."""
    hook = Webhook(statuses=list(statuses))
    async with listening(hook.answer) as port:
        hook.url = f"http://127.0.0.1:{port}/hook"
        yield hook


@dataclass
class MailServer:
    """As much of SMTP (RFC 5321) as takes a message in."""

    port: int = 0
    received: list[Message] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where Apprise finds it."""
        return f"mailto://127.0.0.1:{self.port}?from=archive@courier.example&to=desk@courier.example&format=text"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 loopback\r\n")
        while line := (await reader.readline()).strip().upper():
            if line == b"DATA":
                writer.write(b"354 go on\r\n")
                data = await reader.readuntil(b"\r\n.\r\n")
                self.received.append(message_from_bytes(data.removesuffix(b".\r\n"), policy=default))
            writer.write(b"221 bye\r\n" if line == b"QUIT" else b"250 ok\r\n")
            if line == b"QUIT":
                break


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """A mail server that listens."""
    mail = MailServer()
    async with listening(mail.answer) as mail.port:
        yield mail
