"""The publish pump of one session: several requests in flight, each answer decoded at once, gaps asked for again.

asyncua keeps one PublishRequest in flight and parses each answer before it asks again, so a server's queues run over
while the client computes. Here the server always holds a few requests. What is in flight bounds the memory: a client
that falls behind answers later, the server's own queues fill, and what it drops there is counted by its overflow bit.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog
from asyncua import ua
from asyncua.common.utils import Buffer

from drivers.api import NotConnectedError
from drivers.opcua.binary import MalformedError
from drivers.opcua.codec import Decoder
from drivers.opcua.errors import from_code
from drivers.opcua.publish import Publish, decode_publish, decode_republish
from drivers.opcua.session import Session

IN_FLIGHT: Final = 3
IN_FLIGHT_MOST: Final = 12
"""On a slow link the requests in flight must span the round trip, or the server waits with values in its queues."""

SILENCE_MARGIN_S: Final = 1.5
ACKS_KEPT: Final = 1000
REPUBLISH_MOST: Final = 100
AGAIN_S: Final = 0.25
_LAST_SEQUENCE: Final = 2**32 - 1

_CODES: Final = ua.StatusCodes
_HARMLESS: Final = frozenset({_CODES.BadNoSubscription, _CODES.BadTimeout, _CODES.BadRequestTimeout})
_ACK_AGAIN: Final = frozenset({_CODES.BadTooManyPublishRequests})

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class PumpFigures:
    """Counters since the session began. lost: notification messages that could not be had again."""

    publishes: int = 0
    keepalives: int = 0
    republished: int = 0
    lost: int = 0
    malformed: int = 0


class _RefusedError(Exception):
    """A message that the server does not send again. code: its status code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Pump:
    """Feeds every answer to `on_publish(publish, is_republished)`, in the server's order."""

    def __init__(self, session: Session, decoder: Decoder, on_publish: Callable[[Publish, bool], None]) -> None:
        self._session = session
        self._decoder = decoder
        self._on_publish = on_publish
        self._target = IN_FLIGHT
        self._most = IN_FLIGHT_MOST
        self._in_flight: set[asyncio.Future[Buffer]] = set()
        self._acknowledgements: deque[ua.SubscriptionAcknowledgement] = deque(maxlen=ACKS_KEPT)
        self._sequence: dict[int, int] = {}
        self._fetching: set[asyncio.Task[None]] = set()
        self._is_running = False
        self._resting: asyncio.TimerHandle | None = None
        self.heard_at = time.monotonic()
        self.figures = PumpFigures()

    def start(self) -> None:
        """Begin to ask. The link must be up."""
        self._is_running = True
        self.heard_at = time.monotonic()
        self._fill()

    def stop(self) -> None:
        """Ask no more and forget what is in flight; sequence numbers are kept for `recover`."""
        self._is_running = False
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        for future in list(self._in_flight):
            future.cancel()
        self._in_flight.clear()
        for task in list(self._fetching):
            task.cancel()

    def has_fallen_silent(self, keepalive_s: float, round_trip_s: float) -> bool:
        """Whether the server has owed an answer for too long; on a slow link it may take its round trips."""
        return time.monotonic() - self.heard_at > keepalive_s + SILENCE_MARGIN_S + 2 * round_trip_s

    def suit(self, round_trip_s: float, interval_s: float) -> None:
        """Keep as many requests in flight as the round trip spans publishing intervals, within bounds."""
        self._target = min(self._most, max(IN_FLIGHT, 2 + int(round_trip_s / max(interval_s, 0.01))))

    async def recover(self, subscriptions: Iterable[int]) -> bool:
        """After a resumed session, fetch what was sent into the cut; False when one of the subscriptions is gone.

        OPC 10000-4, 6.7: Republish is repeated until the server has no newer message. One that never sent anything is
        asked, too: the answer tells whether it is still there. Raises asyncua's errors.
        """
        for subscription in subscriptions:
            for _ in range(REPUBLISH_MOST):
                following = _after(self._sequence.get(subscription, 0))
                try:
                    await self._fetch(subscription, following)
                except MalformedError:
                    self.figures.lost += 1
                    self._sequence[subscription] = following
                except _RefusedError as error:
                    if error.code == _CODES.BadMessageNotAvailable:
                        break
                    return False
        return True

    def _fill(self) -> None:
        if self._resting is not None:
            return
        while self._is_running and self._session.is_up and len(self._in_flight) < self._target:
            request = ua.PublishRequest()
            acknowledgements = list(self._acknowledgements)
            request.Parameters.SubscriptionAcknowledgements = acknowledgements
            try:
                future = self._session.send(request)
            except ConnectionError:
                return  # the session knows that the link is gone
            self._acknowledgements.clear()
            self._in_flight.add(future)
            future.add_done_callback(partial(self._answered, acknowledgements))

    def _answered(self, sent: list[ua.SubscriptionAcknowledgement], future: asyncio.Future[Buffer]) -> None:
        self._in_flight.discard(future)
        if future.cancelled() or not self._is_running:
            return
        error = future.exception()
        if error is not None:
            self._session.lose(NotConnectedError(f"{self._session.endpoint} closed the connection."))
            return
        try:
            self._take(bytes(future.result()), sent)
        except Exception as failure:  # noqa: BLE001  # failure wall: one bad answer must not end the pump
            self.figures.malformed += 1
            if self.figures.malformed == 1:
                _log.exception("publish answer not understood", endpoint=self._session.endpoint, error=str(failure))
            self._rest()
        self._fill()

    def _take(self, body: bytes, sent: list[ua.SubscriptionAcknowledgement]) -> None:
        publish = decode_publish(body, self._decoder)
        if publish.service_result >> 30 == 2:
            self._refused(publish.service_result, sent)  # no sign of life: a lost subscription is refused for ever
            return
        self.heard_at = time.monotonic()
        self.figures.publishes += 1
        if publish.malformed:
            self.figures.malformed += 1
            if self.figures.malformed == 1:
                _log.warning("notification not understood", endpoint=self._session.endpoint, why=publish.malformed)
        if not self._check_sequence(publish):
            return
        self._on_publish(publish, False)

    def _check_sequence(self, publish: Publish) -> bool:
        """Keep count of a subscription's messages and fetch what is missing; False for one that came before."""
        subscription, sequence = publish.subscription_id, publish.sequence
        before = self._sequence.get(subscription)
        if publish.is_keepalive:
            self.figures.keepalives += 1
            last = sequence - 1 if sequence > 1 else _LAST_SEQUENCE
            if before is not None and before != last and sequence != before and not _is_behind(last, before):
                self._fetch_missing(subscription, before, sequence)
                self._sequence[subscription] = last
            return True
        self._acknowledge(subscription, sequence)
        if before is not None and sequence == before:
            return False
        if before is not None and sequence != _after(before) and not _is_behind(sequence, before):
            self._fetch_missing(subscription, before, sequence)
        self._sequence[subscription] = sequence
        return True

    def _acknowledge(self, subscription: int, sequence: int) -> None:
        self._acknowledgements.append(
            ua.SubscriptionAcknowledgement(SubscriptionId=ua.UInt32(subscription), SequenceNumber=ua.Counter(sequence))
        )

    def _refused(self, code: int, sent: list[ua.SubscriptionAcknowledgement]) -> None:
        if code in _ACK_AGAIN:
            self._acknowledgements.extendleft(reversed(sent))
            if self._target == 1:
                self._rest()
            self._most = self._target = max(1, self._target - 1)
        elif code in _HARMLESS:
            self._rest()
        else:
            self._session.lose(from_code(code))

    def _rest(self) -> None:
        """Ask again after a pause: a server that refuses at once would be asked a thousand times a second."""
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(AGAIN_S, self._go_on)

    def _go_on(self) -> None:
        self._resting = None
        self._fill()

    def _fetch_missing(self, subscription: int, before: int, now: int) -> None:
        missing = (now - before - 1) % _LAST_SEQUENCE
        fetched = range(1, min(missing, REPUBLISH_MOST) + 1)
        self.figures.lost += missing - len(fetched)
        sequences = [(before - 1 + step) % _LAST_SEQUENCE + 1 for step in fetched]
        task = asyncio.create_task(self._fetch_all(subscription, sequences), name="republish")
        self._fetching.add(task)
        task.add_done_callback(self._fetching.discard)

    async def _fetch_all(self, subscription: int, sequences: list[int]) -> None:
        for sequence in sequences:
            try:
                await self._fetch(subscription, sequence, is_late=True)
            except Exception:  # noqa: BLE001  # failure wall: refused, malformed or not answered, it is lost
                self.figures.lost += 1

    async def _fetch(self, subscription: int, sequence: int, *, is_late: bool = False) -> None:
        """Have one message sent again and take it as if it had come. Raises asyncua's errors."""
        request = ua.RepublishRequest()
        request.Parameters.SubscriptionId = ua.UInt32(subscription)
        request.Parameters.RetransmitSequenceNumber = ua.Counter(sequence)
        async with asyncio.timeout(self._session.config.request_timeout_s):
            body = await self._session.send(request)
        publish = decode_republish(bytes(body), subscription, self._decoder)
        if publish.service_result >> 30 == 2:
            raise _RefusedError(publish.service_result)
        if publish.sequence != sequence:  # asyncua's server has an empty message for what it does not keep
            raise _RefusedError(_CODES.BadMessageNotAvailable)
        self.figures.republished += 1
        self._acknowledge(subscription, sequence)
        if not is_late:
            self._sequence[subscription] = sequence
        self._on_publish(publish, is_late)


def _after(sequence: int) -> int:
    """Return the sequence number that follows; it wraps to 1 (OPC 10000-4, 7.8)."""
    return 1 if sequence == _LAST_SEQUENCE else sequence + 1


def _is_behind(sequence: int, before: int) -> bool:
    """Whether a number is one that was passed before rather than one ahead: its server counts anew."""
    return (sequence - before) % _LAST_SEQUENCE > _LAST_SEQUENCE // 2
