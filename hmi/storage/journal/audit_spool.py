"""Where audit entries go while the journal takes none: a small file whose room on the disk was taken beforehand.

Header: MAGIC, 16 bytes that name this filling. Then records: MARK, the filling's first 8 bytes, number and length (both
32 bits), SHA-256 of the text (8 bytes, so that a torn one is known for one), the text, and its code (32 bytes), made as
in the chain and beginning with the filling's name. What lies behind the last record is of no account.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from hmi.storage.errors import StorageError
from hmi.storage.journal.audit_chain import Method, canonical
from hmi.storage.journal.audit_rows import Facts

SIZE_BYTES: Final = 1 << 20
MAGIC: Final = b"ROAMSAS1"
MARK: Final = b"AROW"
ID_BYTES: Final = 16
MAC_BYTES: Final = 32
BODY_MOST: Final = 200_000

_START: Final = len(MAGIC) + ID_BYTES
_RECORD: Final = struct.Struct(">4s8sII8s")


class SpooledRow(NamedTuple):
    """One entry in the spool. previous_mac, mac: as in the chain."""

    number: int
    body: str
    previous_mac: bytes
    mac: bytes


class Spool:
    """The spool's file; on the journal thread. An entry whose `append` returned survives a power cut."""

    def __init__(self, path: Path, size: int = SIZE_BYTES) -> None:
        self._path = path
        self._size = size
        self._file = -1
        self._name = b""
        self._end = _START
        self._mac = b""
        self.rows: list[SpooledRow] = []
        self.damage = ""
        """What is wrong with the entries that a run left behind, in words."""

    @property
    def name(self) -> str:
        """What tells this filling from others."""
        return self._name.hex()

    def open(self) -> None:
        """Take up what is in the file, or take its room on the disk. Raises StorageError."""
        try:
            self.close()
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            data = self._read()
            if len(data) < self._size or not data.startswith(MAGIC):
                self.damage = "" if not data else "The emergency spool of the audit record was not whole."
                # Nothing that compresses, or a file system might give the room to others.
                self._write(0, os.urandom(self._size))
                self._begin()
                _sync_folder(self._path.parent)
            else:
                self._take_up(data)
        except OSError as error:
            self.close()
            raise StorageError(self._words(error)) from error

    def append(self, facts: Sequence[Facts], method: Method) -> None:
        """Put entries on the disk, together. Raises StorageError, and then none is there."""
        if self._file < 0:
            self.open()
        mac, number, rows, data = self._mac, len(self.rows), [], b""
        for each in facts:
            body = canonical(each)
            previous, mac, text = mac, method.mac(mac, body), body.encode()
            check = hashlib.sha256(text).digest()[:8]
            data += _RECORD.pack(MARK, self._name[:8], number, len(text), check) + text + mac
            rows.append(SpooledRow(number, body, previous, mac))
            number += 1
        if self._end + len(data) > self._size:
            raise StorageError("The emergency spool of the audit record is full.")
        try:
            self._write(self._end, data)
        except OSError as error:
            raise StorageError(self._words(error)) from error
        self._end += len(data)
        self._mac = mac
        self.rows += rows

    def clear(self) -> None:
        """Begin a new filling: what was in the file has gone elsewhere. Raises StorageError."""
        try:
            self._begin()
        except OSError as error:
            raise StorageError(self._words(error)) from error

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _begin(self) -> None:
        name = os.urandom(ID_BYTES)
        self._write(0, MAGIC + name)
        self._name, self._end, self._mac, self.rows = name, _START, name, []

    def _take_up(self, data: bytes) -> None:
        self._name = self._mac = data[len(MAGIC) : _START]
        self._end, self.rows = _START, []
        while (row := self._record(data)) is not None:
            self.rows.append(row)
            self._end += _RECORD.size + len(row.body.encode()) + MAC_BYTES
            self._mac = row.mac
        head = MARK + self._name[:8]
        if data.startswith(head, self._end):
            self.damage = "The last entry of the emergency spool was torn; nobody had been told that it was kept."
        if head in data[self._end + 1 :]:
            self.damage = "The emergency spool of the audit record was altered: entries behind a bad one are not taken."

    def _record(self, data: bytes) -> SpooledRow | None:
        if self._end + _RECORD.size > len(data):
            return None
        mark, name, number, length, check = _RECORD.unpack_from(data, self._end)
        begin = self._end + _RECORD.size
        text, mac = data[begin : begin + length], data[begin + length : begin + length + MAC_BYTES]
        is_ours = mark == MARK and name == self._name[:8] and number == len(self.rows) and length <= BODY_MOST
        if not is_ours or len(mac) < MAC_BYTES or hashlib.sha256(text).digest()[:8] != check:
            return None
        try:
            body = text.decode()
            json.loads(body)
        except ValueError:
            return None
        return SpooledRow(number, body, self._mac, mac)

    def _read(self) -> bytes:
        os.lseek(self._file, 0, os.SEEK_SET)
        parts = []
        while part := os.read(self._file, self._size + 1):
            parts.append(part)
        return b"".join(parts)

    def _write(self, at: int, data: bytes) -> None:
        """Write in place and wait until it is on the disk. Raises OSError."""
        os.lseek(self._file, at, os.SEEK_SET)
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        os.fsync(self._file)

    def _words(self, error: OSError) -> str:
        return f"The emergency spool {self._path.name} cannot be used: {error.strerror or error}."


def _sync_folder(folder: Path) -> None:
    """Bring a new file's name to the disk, where a folder can be synced."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
