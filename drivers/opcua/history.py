"""A server's own history, read raw (OPC 10000-11, 6.5.3), and the gaps of an outage that are filled from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from asyncua import ua

from drivers.api import Batch, Flag, Item
from drivers.opcua.items import Gap
from drivers.opcua.session import Session
from drivers.opcua.values import to_batch

VALUES_PER_ANSWER: Final = 10_000
PAGES_MOST: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HISTORY_READ: Final = 1 << ua.AccessLevel.HistoryRead


async def with_history(session: Session, items: Sequence[Item]) -> set[int]:
    """Return the tags of the items whose history the server keeps and lets us read. Raises asyncua's errors."""
    found: set[int] = set()
    known = [item for item in items if not session.namespaces.fault(item.address)]
    for start in range(0, len(known), session.limits.read):
        chunk = known[start : start + session.limits.read]
        nodes = [session.namespaces.node_id(item.address) for item in chunk]
        answers = await session.services.read_attributes(nodes, ua.AttributeIds.UserAccessLevel)
        for item, answer in zip(chunk, answers, strict=True):
            level = answer.Value.Value if answer.Value is not None else 0
            if isinstance(level, int) and int(level) & _HISTORY_READ:
                found.add(item.tag)
    return found


async def read_raw(session: Session, gaps: Sequence[Gap]) -> AsyncIterator[Batch]:
    """Yield what lies inside each gap, flagged HISTORICAL, page by page. Raises asyncua's errors and TimeoutError.

    A gap whose node refuses is left out: the others are still filled. Some servers cut an answer short without a
    continuation point: what a full answer may have left out is asked for again.
    """
    for _ in range(PAGES_MOST):
        cut_short: list[Gap] = []
        async for batch in _read_once(session, gaps, cut_short):
            yield batch
        if not cut_short:
            return
        gaps = cut_short


async def _read_once(session: Session, gaps: Sequence[Gap], cut_short: list[Gap]) -> AsyncIterator[Batch]:
    size = max(1, session.limits.history)
    groups: dict[tuple[int, int], list[Gap]] = {}
    for gap in gaps:  # one call has one period for all its nodes: they are read over the widest and cut to their own
        groups.setdefault((gap.start_us // 60_000_000, gap.end_us // 60_000_000), []).append(gap)
    for group in groups.values():
        for start in range(0, len(group), size):
            async for batch in _read_together(session, group[start : start + size], cut_short):
                yield batch


def rest_of(gap: Gap, reached: Iterable[int]) -> Gap:
    """Return what is left of a gap when the newest values that were read, source times in UTC µs, were these."""
    return replace(gap, start_us=max([gap.start_us, *(each for each in reached if gap.start_us < each < gap.end_us)]))


async def _read_together(session: Session, gaps: Sequence[Gap], cut_short: list[Gap]) -> AsyncIterator[Batch]:
    details = ua.ReadRawModifiedDetails(
        IsReadModified=False,
        StartTime=_moment(min(gap.start_us for gap in gaps)),
        EndTime=_moment(max(gap.end_us for gap in gaps)),
        NumValuesPerNode=ua.Counter(VALUES_PER_ANSWER),
        ReturnBounds=False,
    )
    open_gaps: list[tuple[Gap, bytes | None]] = [(gap, None) for gap in gaps]
    for _ in range(PAGES_MOST):
        answers = await _page(session, details, open_gaps)
        following: list[tuple[Gap, bytes | None]] = []
        for (gap, _), answer in zip(open_gaps, answers, strict=True):
            if not answer.StatusCode.is_good():
                continue
            values = _values(answer)
            batch = _inside(gap, values)
            if len(batch):
                yield batch
            if answer.ContinuationPoint:
                following.append((gap, answer.ContinuationPoint))
            elif len(values) >= VALUES_PER_ANSWER and len(batch):
                cut_short.append(rest_of(gap, batch.source_us.tolist()))
        open_gaps = following
        if not open_gaps:
            return


async def _page(
    session: Session, details: ua.ReadRawModifiedDetails, gaps: Sequence[tuple[Gap, bytes | None]]
) -> list[ua.HistoryReadResult]:
    parameters = ua.HistoryReadParameters(
        HistoryReadDetails=details,
        TimestampsToReturn=ua.TimestampsToReturn.Both,
        ReleaseContinuationPoints=False,
        NodesToRead=[
            ua.HistoryReadValueId(NodeId=session.namespaces.node_id(gap.item.address), ContinuationPoint=point)
            for gap, point in gaps
        ],
    )
    async with asyncio.timeout(4 * session.config.request_timeout_s):
        return await session.services.history_read(parameters)


def _values(answer: ua.HistoryReadResult) -> list[ua.DataValue]:
    data = answer.HistoryData
    return list(data.DataValues or ()) if isinstance(data, ua.HistoryData) else []


def _inside(gap: Gap, values: Sequence[ua.DataValue]) -> Batch:
    """Return the values strictly inside a gap; those at its edges were received live."""
    batch = to_batch([gap.item.tag] * len(values), values, time.time_ns() // 1000)
    is_inside = (batch.source_us > gap.start_us) & (batch.source_us < gap.end_us)
    is_inside &= (batch.flags & np.uint16(Flag.TIME_REPLACED)) == 0
    batch = batch.select(is_inside)
    return replace(batch, flags=batch.flags | np.uint16(Flag.HISTORICAL))


def _moment(time_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=time_us)
