"""Keeping audit entries: in the chain, or in the emergency spool while the journal takes none; on the journal thread.

chain takes rows ─ write refused ─► spooling ─ journal takes rows again: spool moved into the chain ─► chain takes rows
                                     └ spool refused, too ─► lost: callers are told; the same way back
"""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from hmi.domain.audit import AuditAction, AuditEntry
from hmi.domain.language import tr
from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_chain import EMPTY, Head, Method, Stamp, facts_of
from hmi.storage.journal.audit_rows import AuditChain, Facts, Part
from hmi.storage.journal.audit_spool import Spool, SpooledRow
from hmi.storage.journal.journal import Journal

PROGRAM: Final = "Roams"
"""The user of what nobody did."""
SPOOLED: Final = "spooled"
BESIDE_MOST: Final = 5_000
"""Statements that wait for the journal in memory, beside their entries in the spool; of more the oldest go."""
PATIENCE_MS: Final = 5_000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Write:
    """What one caller waits for: entries in order, and further statements of the same commit."""

    facts: tuple[Facts, ...]
    beside: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """How the record does. fault: why it is not written as it should be, in words, empty for nothing.

    spooled: entries in the spool; lost: entries that nobody took, and whose callers were told.
    """

    head: Head = EMPTY
    key_id: str = ""
    fault: str = ""
    is_lost: bool = False
    spooled: int = 0
    lost: int = 0
    was_downgraded: bool = False
    """Rows were keyed before and are not now."""


class AuditKeeper:
    """The chain and its spool."""

    def __init__(self, journal: Journal, spool: Spool, stamp: Callable[[], Stamp]) -> None:
        self._journal = journal
        self._spool = spool
        self._stamp = stamp
        self._method = Method()
        self._beside: deque[Part] = deque(maxlen=BESIDE_MOST)
        self.condition = Condition()
        self.unended: Mapping[str, Facts] = {}
        """Intents in the spool that the last run left behind, and whose outcome is not there, by their reference."""

    def open(self) -> None:
        """Find the end of the chain and what the last run left in the spool. Raises StorageError."""
        self._chain = AuditChain(self._journal)
        try:
            self._spool.open()
        except StorageError as error:
            _log.warning("audit spool cannot be used", reason=str(error))
        self.unended = _unended(self._spool.rows)
        self._tell()

    def outcomes(self, references: Sequence[str], since_us: int) -> Mapping[str, str]:
        """Return how commands ended, in the chain or the spool, by their reference. Raises StorageError."""
        found = dict(self._chain.outcomes(references, since_us))
        rows = (json.loads(row.body) for row in self._spool.rows)
        ended = {row["reference"]: row["result"] for row in rows if row.get("action") == AuditAction.COMMAND_OUTCOME}
        return found | {reference: ended[reference] for reference in references if reference in ended}

    def known_key_id(self) -> str:
        """Return the id of the key that the chain was last proven by, empty for none."""
        return self._chain.known_key_id

    def use(self, method: Method) -> None:
        """Make codes this way from now on, and bring in what waits in the spool."""
        self._method = method
        try:
            was_keyed = bool(self._chain.known_key_id) and not method.key
        except StorageError as error:  # then the first write fails, too, and says so
            _log.warning("audit record cannot be read", reason=str(error))
            was_keyed = False
        self.condition = replace(self.condition, was_downgraded=was_keyed)
        if self._spool.rows or self._spool.damage:
            self.retry()

    def write(self, writes: Sequence[Write]) -> list[StorageError | None]:
        """Put entries on the disk; return for each caller what nobody could do for it."""
        if not self.condition.fault:
            try:
                self._append(writes)
            except StorageError as error:
                if _is_callers_fault(error):
                    return self._one_by_one(writes, error)
                self._fail(str(error))
            else:
                self._tell()
                return [None] * len(writes)
        return [self._put_aside(write) for write in writes]

    def cut(self, facts: Facts, before: int) -> None:
        """Remove the rows before one. Raises StorageError."""
        if self.condition.fault:
            raise StorageError(self.condition.fault)
        self._chain.cut(facts, self._method, before)
        self._tell()

    def begin_anew(self) -> str:
        """Set the rows aside and begin another record; return the name of the table. Raises StorageError."""
        if self.condition.fault:
            raise StorageError(self.condition.fault)
        name = self._chain.set_aside()
        self._tell()
        return name

    def retry(self) -> None:
        """Try the journal again, without waiting for whoever holds it; what was spooled goes first."""
        rows = self._unmoved()
        facts = [self._moved(row) for row in rows]
        if self.condition.fault or rows or self._spool.damage:
            facts.append(self._recovery(len(rows)))
        if not facts:
            return
        try:
            with self._impatient():
                self._append([Write(tuple(facts))])
        except StorageError as error:
            self._fail(str(error))
            return
        if self.condition.fault:
            _log.warning("audit record is written again", spooled=len(rows), lost=self.condition.lost)
        self.condition = replace(self.condition, fault="", is_lost=False, lost=0)
        self._spool.damage = ""
        try:
            self._spool.clear()
        except StorageError as error:  # they are in the chain, which knows them: none comes twice
            _log.warning("audit spool not emptied", reason=str(error))
        self._tell()
        self._catch_up()

    def close(self) -> None:
        """Close the spool."""
        self._spool.close()

    # ── the chain ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _append(self, writes: Sequence[Write]) -> None:
        facts = [facts for write in writes for facts in write.facts]
        changes = [{**each, "at_us": facts[0]["at_us"]} for each in self._changes()] if facts else []
        self._chain.append([*changes, *facts], self._method, [part for write in writes for part in write.beside])

    def _changes(self) -> Iterator[Facts]:
        """Yield a row when the chain begins, or goes on in another way than before."""
        before, now = self._chain.key_id, self._method.key_id
        if not self._chain.head.count:
            yield self._own(tr("The audit record begins"), {"event": "begin"})
        elif before != now:
            yield self._own(_words_of_change(before, now), {"event": "method", "from": before, "to": now})

    def _own(self, target: str, chain: dict[str, Any] | None = None, **facts: str) -> Facts:
        entry = AuditEntry(AuditAction.AUDIT, PROGRAM, target=target, **facts)  # type: ignore[arg-type]  # texts only
        made = facts_of(entry, self._stamp())
        return {**made, "chain": chain} if chain else made

    def _one_by_one(self, writes: Sequence[Write], error: StorageError) -> list[StorageError | None]:
        """Find out whose statement was wrong, so that it stops nobody else."""
        if len(writes) == 1:
            _log.error("audit statement refused", reason=str(error))
            return [error]
        return [outcome for write in writes for outcome in self.write([write])]

    # ── the spool ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _catch_up(self) -> None:
        """Commit the statements that waited; each by itself where one is wrong, so that it holds up no other."""
        parts, self._beside = list(self._beside), deque(maxlen=BESIDE_MOST)
        if parts:
            self.write([Write((), (part,)) for part in parts])

    def _put_aside(self, write: Write) -> StorageError | None:
        if write.facts and (error := self._spooled(write.facts)) is not None:
            return error
        if len(self._beside) < BESIDE_MOST <= len(self._beside) + len(write.beside):
            _log.error("the oldest statements beside the audit record are given up", most=BESIDE_MOST)
        self._beside.extend(write.beside)
        return None

    def _spooled(self, facts: Sequence[Facts]) -> StorageError | None:
        try:
            self._spool.append(facts, self._method)
        except StorageError as error:
            if not self.condition.is_lost:
                _log.error("audit entries are lost", reason=str(error))
            self.condition = replace(self.condition, is_lost=True, lost=self.condition.lost + len(facts))
            return StorageError(f"{self.condition.fault} {error}")
        self.condition = replace(self.condition, is_lost=False, spooled=len(self._spool.rows))
        return None

    def _unmoved(self) -> list[SpooledRow]:
        """Return the spool's entries that are not in the chain: a move may have been killed after its commit."""
        if not self._spool.rows:
            return []
        try:
            known = self._chain.spooled(self._spool.name)
        except StorageError as error:
            self._fail(str(error))
            return list(self._spool.rows)  # the append will fail, too
        return [row for row in self._spool.rows if row.number not in known]

    def _moved(self, row: SpooledRow) -> Facts:
        facts = json.loads(row.body)
        is_sound = self._method.mac(row.previous_mac, row.body) == row.mac
        marks = [*facts.get("marks", ()), SPOOLED]
        if not is_sound:
            marks.append("unproven")  # the key changed since, or somebody wrote into the spool
        return {**facts, "marks": marks, "spool": f"{self._spool.name}:{row.number}"}

    def _recovery(self, moved: int) -> Facts:
        lost = self.condition.lost
        result = tr("{moved} entries taken from the emergency spool, {lost} lost.").format(moved=moved, lost=lost)
        reason = " ".join(word for word in (self.condition.fault, self._spool.damage) if word)
        return self._own(tr("The audit record is written again"), result=result, reason=reason)

    @contextmanager
    def _impatient(self) -> Iterator[None]:
        """Have the journal refuse at once when another program holds it."""
        self._journal.connection.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self._journal.connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")

    def _fail(self, fault: str) -> None:
        if not self.condition.fault:
            _log.error("audit record not written", reason=fault)
        self.condition = replace(self.condition, fault=fault)
        self._tell()

    def _tell(self) -> None:
        self.condition = replace(
            self.condition, head=self._chain.head, key_id=self._chain.key_id, spooled=len(self._spool.rows)
        )


def _is_callers_fault(error: StorageError) -> bool:
    """Whether a statement was wrong, rather than the file or the disk."""
    wrong = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.InterfaceError)
    return isinstance(error.__cause__, wrong)


def _unended(rows: Sequence[SpooledRow]) -> Mapping[str, Facts]:
    found = [json.loads(row.body) for row in rows]
    ended = {each["reference"] for each in found if each.get("action") == AuditAction.COMMAND_OUTCOME}
    intents = (each for each in found if each.get("action") == AuditAction.COMMAND_INTENT)
    return {each["reference"]: each for each in intents if each["reference"] not in ended}


def _words_of_change(before: str, now: str) -> str:
    if not now:
        return tr("The key is not there: rows are proven by a plain chain only")
    return tr("Rows are proven by another key") if before else tr("Rows are proven by the key")
