"""The courier: takes what is in the outbox to its addresses, at least once, and writes down what arrived.

A kill between sending and writing down sends again: twice at most, since the outbox is read anew after each message.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog

from schedules.channels import Channel, DeliveryError
from schedules.clock import Clock
from schedules.messages import Message, given_up_before, messages, wait_before_retry
from schedules.writer import Writer
from scraper.config_notify import Notify
from scraper.errors import ArchiveError
from scraper.instants import iso
from storage.outbox import Pending, give_up, mark_sent, messages_since, pending, put_off

log = structlog.get_logger()


class Courier:
    """Delivers for all rules, each over its own channel and at its own pace."""

    def __init__(
        self, rules: Sequence[Notify], *, writer: Writer, clock: Clock, channels: Mapping[str, Channel]
    ) -> None:
        self._rules, self._writer, self._clock, self._channels = rules, writer, clock, channels
        self._unwritten: dict[str, Message] = {}  # by rule: what was sent, and could not be written down yet

    async def deliver(self) -> None:
        """Send what may be sent now. Never raises what a channel raises: the rest waits and is tried again."""
        await asyncio.gather(*(self._deliver_unless_locked_out(rule) for rule in self._rules))

    async def _deliver_unless_locked_out(self, rule: Notify) -> None:
        try:
            await self._deliver(rule)
        except ArchiveError as error:
            log.error("outbox not reached", rule=rule.name, error=str(error))

    async def _deliver(self, rule: Notify) -> None:
        if message := self._unwritten.get(rule.name):
            await self._mark_sent(message)
        waiting, room = await self._waiting(rule)
        for message in messages(rule.name, waiting, room=room):
            try:
                await self._channels[rule.name].send(message, now=self._clock.now())
            except DeliveryError as error:
                await self._put_off(rule, waiting, str(error))
                return
            except Exception as error:  # a channel's own fault must not end the others' deliveries
                log.exception("delivery broke off", rule=rule.name)
                await self._put_off(rule, waiting, type(error).__name__)
                return
            await self._mark_sent(message)

    async def _waiting(self, rule: Notify) -> tuple[list[Pending], int]:
        """What is to be told, and how many messages may go out now."""
        now = self._clock.now()
        waiting = await self._writer.do(lambda archive: pending(archive.connection, rule.name, now=now))
        if not waiting:
            return [], 0
        gone = await self._writer.do(partial(give_up, rule=rule.name, older_than=given_up_before(now), at=now))
        if gone:
            log.error("not delivered, and given up", rule=rule.name, notices=gone)
            waiting = [one for one in waiting if one.notice.at >= given_up_before(now)]
        since = now - timedelta(seconds=rule.per)
        sent = await self._writer.do(lambda archive: messages_since(archive.connection, rule.name, since))
        return waiting, rule.limit - sent

    async def _mark_sent(self, message: Message) -> None:
        """Write down that a message was sent. Where that fails, as on a full disk, nothing is sent until it is done."""
        self._unwritten[message.rule] = message
        await self._writer.do(partial(mark_sent, rows=message.rows, at=self._clock.now()))
        del self._unwritten[message.rule]
        log.info("told", rule=message.rule, events=len(message.rows))

    async def _put_off(self, rule: Notify, waiting: Sequence[Pending], why: str) -> None:
        """All that waits for the rule's address is tried again later, in order."""
        now = self._clock.now()
        tries = max(one.tries for one in waiting) + 1
        until = now + wait_before_retry(tries)
        log.warning("not delivered", rule=rule.name, error=why, tries=tries, next_try=iso(until))
        rows = [one.row_id for one in waiting]
        await self._writer.do(partial(put_off, rows=rows, until=until))
