"""Checking the audit record row by row: numbers, links, codes, form, and the heads that are kept elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hmi.domain.language import tr
from hmi.storage.journal.audit_chain import BEGINNING, KEYED, PLAIN, Head
from hmi.storage.journal.audit_rows import AuditReader

Progress = Callable[[int, int], None]

_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
_DECODE: Final = json.JSONDecoder().decode


@dataclass(frozen=True, slots=True)
class KnownHead:
    """A head that was kept elsewhere, or that the program itself knows. where: in words, for a finding."""

    head: Head
    where: str
    is_elsewhere: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong. seq: the row; what: in words."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    rows: how many were looked at. plain: those that anybody could make anew, were no head kept elsewhere. unproven:
    those whose key is not here. downgrades: rows from which on the key was not used any more. heads: how many heads
    kept elsewhere were compared.
    """

    first: int = 0
    head: Head = field(default_factory=Head)
    rows: int = 0
    finding: Finding | None = None
    plain: int = 0
    unproven: int = 0
    downgrades: tuple[int, ...] = ()
    heads: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong and every row could be proven."""
        return self.finding is None and not self.unproven


class _BadRowError(Exception):
    """A row is not as it should be; its text says how."""


def verify(
    reader: AuditReader, keys: Mapping[str, bytes], known: Iterable[KnownHead], progress: Progress, running: Head
) -> Verdict:
    """Check all rows up to the newest one. keys: by their id. running: the head as the running program knows it.

    Raises StorageError, and what `progress` raises.
    """
    first, last = reader.ends()
    heads = (
        [*known, KnownHead(running, tr("the running program"), is_elsewhere=False)] if running.count else list(known)
    )
    walk = Walk(first, keys, heads)
    for block in reader.blocks(first, last):
        for row in block:
            if (finding := walk.look_at(*row)) is not None:
                return walk.verdict(finding)
        progress(walk.seq - first + 1, last - first + 1)
    return walk.verdict(walk.missing_end() or walk.missing_front())


class Walk:
    """One way from the first row to the last."""

    def __init__(self, first: int, keys: Mapping[str, bytes], heads: list[KnownHead]) -> None:
        self._first = first
        self._keys = keys
        self._heads: dict[int, list[KnownHead]] = {}
        for each in heads:
            self._heads.setdefault(each.head.count, []).append(each)
        self._newest = max(heads, key=lambda each: each.head.count, default=None)
        self._met = 0
        self._mac = BEGINNING
        self._first_previous: bytes = BEGINNING
        self._key: str | None = None
        self._cut: dict[str, Any] | None = None
        self._plain = self._unproven = 0
        self._downgrades: list[int] = []
        self.seq = max(first, 1) - 1

    def look_at(self, seq: Any, body: Any, previous: Any, mac: Any) -> Finding | None:
        """Return what is wrong with the next row."""
        try:
            self._take(seq, body, previous, mac)
        except _BadRowError as error:
            return Finding(self.seq + 1, str(error))
        return None

    def _take(self, seq: Any, body: Any, previous: Any, mac: Any) -> None:
        expected = self.seq + 1
        if seq != expected:
            raise _BadRowError(tr("rows {first} to {last} are missing").format(first=expected, last=seq - 1))
        if not isinstance(body, str) or not isinstance(previous, bytes) or not isinstance(mac, bytes):
            raise _BadRowError(tr("it is not stored as a row of the record is"))
        if seq == self._first:
            self._first_previous = previous
        elif previous != self._mac:
            raise _BadRowError(tr("it does not follow the row before it"))
        facts = _facts(body, seq)
        self._check_method(facts, seq)
        self._check_mac(facts["key"], previous + body.encode(), mac)
        for known in self._heads.get(seq, ()):
            if known.head.mac != mac:
                raise _BadRowError(tr("it is not the row that {where} knows").format(where=known.where))
            self._met += known.is_elsewhere
        self._mac, self.seq = mac, seq

    def missing_end(self) -> Finding | None:
        """Return that rows are missing behind the last, when a head that is kept elsewhere says so."""
        newest = self._newest
        if newest is None or newest.head.count <= self.seq:
            return None
        words = tr("the last rows are missing: {where} knows of row {count}")
        return Finding(self.seq + 1, words.format(where=newest.where, count=newest.head.count))

    def missing_front(self) -> Finding | None:
        """Return what is wrong with the first row, when rows are missing before it."""
        if self._first <= 1:
            is_begun = not self.seq or self._first_previous == BEGINNING
            return None if is_begun else Finding(1, tr("it does not begin the record"))
        cut = self._cut or {}
        if cut.get("first_kept") == self._first and cut.get("mac") == self._first_previous.hex():
            return None
        return Finding(self._first, tr("the rows before it are missing, and no row says who removed them"))

    def verdict(self, finding: Finding | None) -> Verdict:
        """Return what was found."""
        return Verdict(
            first=self._first,
            head=Head(self.seq, self._mac),
            rows=self.seq - max(self._first, 1) + 1,
            finding=finding,
            plain=self._plain,
            unproven=self._unproven,
            downgrades=tuple(self._downgrades),
            heads=self._met,
        )

    def _check_method(self, facts: dict[str, Any], seq: int) -> None:
        key, chain = facts.get("key"), facts.get("chain")
        if not isinstance(key, str) or facts.get("method") != (KEYED if key else PLAIN):
            raise _BadRowError(tr("it does not say how it is proven"))
        if not isinstance(chain, dict):
            chain = {}
        if self._key is not None and key != self._key:
            if (chain.get("event"), chain.get("from"), chain.get("to")) != ("method", self._key, key):
                raise _BadRowError(tr("it is proven in another way than the rows before it, and no row says why"))
            if not key:
                self._downgrades.append(seq)
        if chain.get("event") == "cut":
            self._cut = chain
        self._key = key

    def _check_mac(self, key: str, text: bytes, mac: bytes) -> None:
        if not key:
            self._plain += 1
            expected = hashlib.sha256(text).digest()
        elif key in self._keys:
            expected = hmac.digest(self._keys[key], text, "sha256")
        else:
            self._unproven += 1
            return
        if mac != expected:
            raise _BadRowError(tr("its text and its code do not belong together"))


def _facts(body: str, seq: int) -> dict[str, Any]:
    """Return what a text says. Raises _BadRowError unless it is in its one form."""
    try:
        facts: dict[str, Any] = _DECODE(body)
        is_canonical = isinstance(facts, dict) and _ENCODE(facts) == body
    except (ValueError, RecursionError) as error:
        raise _BadRowError(tr("its text cannot be read")) from error
    if not is_canonical:
        raise _BadRowError(tr("its text is not in the form that the program writes"))
    if facts.get("seq") != seq or facts["seq"] is True:
        raise _BadRowError(tr("its text says that it is row {seq}").format(seq=facts.get("seq")))
    return facts
