"""Data changes that the column decoder refuses, read by asyncua, which overlooks more; pure, no I/O.

What asyncua overlooks: bytes behind the end, reserved bits of a mask, types that do not exist. It would also go back in
the message at a negative length of a text, and make lists by a count alone, so that a few bytes could hold it for
hours: `_Guarded` keeps it from that.
"""

from __future__ import annotations

from typing import Any

from asyncua import ua
from asyncua.common.utils import Buffer, NotEnoughData
from asyncua.ua.ua_binary import struct_from_binary

from drivers.api import Text
from drivers.opcua.binary import IS_ARRAY, MalformedError
from drivers.opcua.codec import Columns, columns_of
from drivers.opcua.values import number_and_text

_ARRAY_OF_NOTHING = 0x80
_ARRAY_WITH_DIMENSIONS = 0xC0


class _Guarded(Buffer):
    """A buffer that is never read backwards, and that ends at a variant whose count alone would fill the memory.

    Such a variant is an array of nulls, which have no bytes, or one with dimensions, which asyncua fills up to their
    product. Its encoding byte and its count are one read of 1 and one of 4; a byte of the same value elsewhere is
    mistaken for it at times, and the message given up that was malformed to begin with.
    """

    def __init__(self, data: bytes, start_pos: int = 0, size: int = -1) -> None:
        super().__init__(data, start_pos, size)
        self._encoding = 0

    def read(self, size: int) -> bytes:
        if size < 0:
            raise NotEnoughData(f"a length of {size}")
        found = super().read(size)
        if size == 4 and self._is_bomb(int.from_bytes(found, "little", signed=True)):
            raise NotEnoughData("an array that is larger than the message")
        self._encoding = found[0] if size == 1 else 0
        return found

    def copy(self, size: int = -1) -> Buffer:
        length = len(self) if size == -1 else min(size, len(self))
        return _Guarded(self._data, self.cur_pos, length)

    def skip(self, size: int) -> None:
        self.read(size)

    def _is_bomb(self, count: int) -> bool:
        if self._encoding >= _ARRAY_WITH_DIMENSIONS:
            return True
        return self._encoding == _ARRAY_OF_NOTHING and count > len(self)


def decode_data_change(body: bytes) -> Columns:
    """Return the rows of a data change as asyncua reads them; a time of 1601 is none. Raises MalformedError."""
    if body[3:4] >= b"\x80":
        raise MalformedError("a negative count of rows, of which asyncua makes none")
    try:
        items = struct_from_binary(ua.DataChangeNotification, _Guarded(body)).MonitoredItems
        texts: dict[int, Text] = {}
        return columns_of([_row(row, item, texts) for row, item in enumerate(items)], texts)
    except Exception as error:  # whatever asyncua stumbles over: its decoders raise what Python raises
        raise MalformedError(f"{type(error).__name__}: {error}") from error


def _row(row: int, item: ua.MonitoredItemNotification, texts: dict[int, Text]) -> tuple[Any, ...]:
    found = item.Value
    if found.SourcePicoseconds is not None and found.ServerTimestamp is not None:
        raise MalformedError("asyncua has source picoseconds and the server timestamp the wrong way round")
    variant: Any = found.Value
    number, text = number_and_text(variant.Value)
    if text is not None:
        texts[row] = text
    is_array = variant.is_array or isinstance(variant.Value, list)
    kind = variant.VariantType.value | (IS_ARRAY if is_array else 0)
    code = found.StatusCode.value if found.StatusCode is not None else 0
    return item.ClientHandle, number, kind, code, _ticks(found.SourceTimestamp), _ticks(found.ServerTimestamp)


def _ticks(moment: Any) -> int:
    return 0 if moment is None else ua.datetime_to_win_epoch(moment)
