"""Data changes of 1,000 values decoded by asyncua and by the column decoder, in values per second of CPU.

The messages are publish responses as they come from the wire, mixed as plants are: mostly floating point, some
discretes and integers, a few texts. The targets: OPC UA driver design, "Targets".
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary

from drivers.opcua.codec import Decoder, to_batch
from drivers.opcua.publish import decode_publish
from tests.bench.result import Result

ITEMS = 1_000
MESSAGES = 8
ROUNDS, QUICK_ROUNDS = 11, 5
SLICE_S, QUICK_SLICE_S = 0.3, 0.1
AT_LEAST_TIMES_ASYNCUA = 10.0
RECEIVED_US = 1_772_366_400_000_000
START = datetime(2026, 3, 1, 12, tzinfo=UTC)

MIX: Mapping[ua.VariantType, float] = {
    ua.VariantType.Double: 60,
    ua.VariantType.Float: 15,
    ua.VariantType.Boolean: 10,
    ua.VariantType.Int32: 5,
    ua.VariantType.UInt16: 5,
    ua.VariantType.Int64: 3,
    ua.VariantType.String: 2,
}
DOUBLES: Mapping[ua.VariantType, float] = {ua.VariantType.Double: 100}

Decode = Callable[[bytes], object]


def run(*, quick: bool) -> dict[str, object]:
    """Measure every decoder in turn, round by round, so that a busy machine is busy for all of them; medians."""
    mixed, doubles = _messages(MIX, MESSAGES), _messages(DOUBLES, MESSAGES)
    subsets = _messages(MIX, 64, shuffled=True)
    known, looped, of_subsets = Decoder(), Decoder(vector_rows=ITEMS + 1), Decoder()
    cases: dict[str, tuple[Sequence[bytes], Decode]] = {
        "asyncua_mixed": (mixed, _by_asyncua),
        "asyncua_doubles": (doubles, _by_asyncua),
        "row_by_row_mixed": (mixed, lambda body: decode_publish(body, looped)),
        "found_mixed": (subsets, lambda body: decode_publish(body, of_subsets)),
        "predicted_mixed": (mixed, lambda body: decode_publish(body, known)),
        "predicted_mixed_to_readings": (mixed, lambda body: _readings(body, known)),
        "predicted_doubles": (doubles, lambda body: decode_publish(body, known)),
    }
    speeds = _measure(cases, *((QUICK_ROUNDS, QUICK_SLICE_S) if quick else (ROUNDS, SLICE_S)))
    if not known.predicted or known.found > 2 * MESSAGES or of_subsets.predicted:
        raise AssertionError(f"predicted {known.predicted}, found {known.found}: not what the names say")
    result = Result("opcua_decode")
    for name, speed in speeds.items():
        result.figure(name, speed, "values/CPU s")
    times = speeds["predicted_mixed"] / speeds["asyncua_mixed"]
    result.at_least("mixed_to_asyncua", times, AT_LEAST_TIMES_ASYNCUA, "times")
    result.figure("mixed_found_to_asyncua", speeds["found_mixed"] / speeds["asyncua_mixed"], "times")
    result.figure("doubles_to_asyncua", speeds["predicted_doubles"] / speeds["asyncua_doubles"], "times")
    return result.as_dict()


def _by_asyncua(body: bytes) -> object:
    return struct_from_binary(ua.PublishResponse, Buffer(body))


def _readings(body: bytes, decoder: Decoder) -> object:
    return [to_batch(columns, RECEIVED_US) for columns in decode_publish(body, decoder).changes]


def _measure(cases: Mapping[str, tuple[Sequence[bytes], Decode]], rounds: int, slice_s: float) -> Mapping[str, float]:
    speeds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, (messages, decode) in cases.items():
            gc.collect()
            speeds[name].append(_values_per_s(messages, decode, slice_s))
    return {name: statistics.median(found) for name, found in speeds.items()}


def _values_per_s(messages: Sequence[bytes], decode: Decode, slice_s: float) -> float:
    values = 0
    started = time.process_time()
    while True:
        for message in messages:
            decode(message)
        values += ITEMS * len(messages)
        taken = time.process_time() - started
        if taken >= slice_s:
            return values / taken


def _messages(mix: Mapping[ua.VariantType, float], count: int, *, shuffled: bool = False) -> Sequence[bytes]:
    """Return publish responses of the same items with changing values; shuffled: of other items in each."""
    chance = random.Random(7)
    kinds = chance.choices(list(mix), list(mix.values()), k=ITEMS)
    messages = []
    for number in range(count):
        if shuffled:
            chance.shuffle(kinds)
        messages.append(_message(kinds, START + number * timedelta(milliseconds=250), chance))
    return messages


def _message(kinds: Sequence[ua.VariantType], now: datetime, chance: random.Random) -> bytes:
    moment: Any = now  # asyncua's type for it is a mere name
    items = [
        ua.MonitoredItemNotification(
            ua.UInt32(handle), ua.DataValue(_variant(kind, chance), SourceTimestamp=moment, ServerTimestamp=moment)
        )
        for handle, kind in enumerate(kinds)
    ]
    response = ua.PublishResponse()
    message = response.Parameters.NotificationMessage
    message.NotificationData = [ua.DataChangeNotification(items)]
    return struct_to_binary(response)


def _variant(kind: ua.VariantType, chance: random.Random) -> ua.Variant:
    if kind == ua.VariantType.String:
        return ua.Variant(chance.choice(("Running", "Stopped", "Standby")), kind)
    if kind == ua.VariantType.Boolean:
        return ua.Variant(chance.random() < 0.5, kind)
    if kind in (ua.VariantType.Double, ua.VariantType.Float):
        return ua.Variant(chance.uniform(0, 100), kind)
    return ua.Variant(chance.randrange(30_000), kind)
