"""The ways out: any of Apprise's services, and a signed webhook through the fetch gate. Secrets are read when used.

A webhook gets a POST of JSON with `X-Frontpage-Timestamp` (seconds since 1970) and `X-Frontpage-Signature`, which is
`sha256=` and the hex HMAC-SHA256 of timestamp, full stop and body under the shared secret.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from schedules.messages import Message
from scraper.config_notify import Notify
from scraper.errors import FetchError
from scraper.fetch import Gate
from scraper.instants import epoch, iso
from scraper.secrets import is_open


class DeliveryError(Exception):
    """A message did not arrive; says why, without any secret."""


class Channel(Protocol):
    """A way to somebody."""

    async def send(self, message: Message, *, now: datetime) -> None:
        """Deliver it, or raise DeliveryError."""


class AppriseChannel:
    """Any service that Apprise knows. Its address is as secret as what it holds."""

    def __init__(self, rule: Notify, environment: Mapping[str, str]) -> None:
        self._rule, self._environment = rule, environment

    async def send(self, message: Message, *, now: datetime) -> None:
        del now
        rule = self._rule
        address = rule.to or secret(self._environment, variable=rule.to_env, file=rule.to_file)
        if not await asyncio.to_thread(_notify, address, message):
            raise DeliveryError(f"the service behind {urlsplit(address).scheme}:// did not take it")


class WebhookChannel:
    """A program of the operator's own, asked through the gate that refuses private addresses."""

    def __init__(self, rule: Notify, environment: Mapping[str, str], gate: Gate) -> None:
        self._rule, self._environment, self._gate = rule, environment, gate

    async def send(self, message: Message, *, now: datetime) -> None:
        key = secret(self._environment, variable=self._rule.secret_env, file=self._rule.secret_file)
        content = webhook_body(message, now)
        timestamp = str(epoch(now))
        headers = (
            ("Content-Type", "application/json"),
            ("X-Frontpage-Timestamp", timestamp),
            ("X-Frontpage-Signature", signature(key, timestamp, content)),
        )
        try:
            status = await self._gate.post(self._rule.webhook, content, headers)
        except FetchError as error:
            raise DeliveryError(f"{error.outcome}: {error}") from error
        if not 200 <= status < 300:
            raise DeliveryError(f"the webhook answers {status}")


def channel_of(rule: Notify, gate: Gate, environment: Mapping[str, str] = os.environ) -> Channel:
    """The way that a rule's messages go."""
    return WebhookChannel(rule, environment, gate) if rule.webhook else AppriseChannel(rule, environment)


def webhook_body(message: Message, now: datetime) -> bytes:
    """The JSON of a message. Each event has its own id, by which a message that comes twice is known."""
    told = {
        "id": message.id,
        "rule": message.rule,
        "sent_at": iso(now),
        "title": message.title,
        "events": message.events,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def signature(key: str, timestamp: str, content: bytes) -> str:
    """What proves to the receiver that a message is ours, and of that time."""
    return "sha256=" + hmac.new(key.encode(), timestamp.encode() + b"." + content, hashlib.sha256).hexdigest()


def secret(environment: Mapping[str, str], *, variable: str, file: Path | None) -> str:
    """What a variable or a file holds. Raises DeliveryError where it is not there, or is there for everybody."""
    if file is None:
        value = environment.get(variable, "").strip()
        if not value:
            raise DeliveryError(f"the environment variable {variable} is not set")
        return value
    try:
        if is_open(file):
            raise DeliveryError(f"{file} can be read by others; chmod 600 it")
        value = file.read_text().strip()
    except OSError as error:
        raise DeliveryError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise DeliveryError(f"{file} is no text") from None  # its words would hold a part of the secret
    if not value:
        raise DeliveryError(f"{file} is empty")
    return value


def _notify(address: str, message: Message) -> bool:
    """Blocking, and slow to import: 100 services' worth of modules."""
    import apprise

    logging.getLogger("apprise").disabled = True  # its words can hold parts of an address
    service = apprise.Apprise()
    return service.add(address) and bool(
        service.notify(body=message.text, title=message.title, body_format=apprise.NotifyFormat.TEXT)
    )
