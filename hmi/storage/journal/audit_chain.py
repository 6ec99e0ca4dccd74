"""How rows of the audit record hang together: each one's code is made from the one before and from its own text.

A row's text (its body) is JSON in one form only: keys in order, no spaces, UTF-8. Its code (MAC) is HMAC-SHA256 over
the code of the row before and the text; without a key it is plain SHA-256 over both, which anybody can make anew. Which
of the two, and under which key, each text says itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hmi.domain.audit import AuditEntry

BEGINNING: Final = bytes(32)
"""What stands for the code before the first row."""
PLAIN: Final = "sha256"
KEYED: Final = "hmac-sha256"
KEY_BYTES: Final = 32
MOST_TEXT: Final = 4_000
"""Characters of one field; what is longer ends in an ellipsis."""

_FIELDS: Final = tuple(AuditEntry.__slots__)


@dataclass(frozen=True, slots=True)
class Method:
    """How codes are made now. key: empty for the plain chain."""

    key: bytes = b""

    @property
    def name(self) -> str:
        return KEYED if self.key else PLAIN

    @property
    def key_id(self) -> str:
        """What tells keys apart without telling the key; empty for the plain chain."""
        return key_id_of(self.key) if self.key else ""

    def mac(self, previous: bytes, body: str) -> bytes:
        """Return a row's code."""
        text = previous + body.encode()
        return hmac.digest(self.key, text, "sha256") if self.key else hashlib.sha256(text).digest()


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and where an entry was made. at_us: UTC µs; steady_us: of a clock that nobody sets."""

    at_us: int
    steady_us: int
    workstation: str
    installation: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row of the chain; count 0 for an empty one. count: its number."""

    count: int = 0
    mac: bytes = BEGINNING


EMPTY: Final = Head()


def key_id_of(key: bytes) -> str:
    """Return what a text calls a key."""
    return hashlib.sha256(b"Roams audit key" + key).hexdigest()[:16]


def facts_of(entry: AuditEntry, stamp: Stamp) -> dict[str, Any]:
    """Return what is written of an entry, without its place in the chain."""
    facts = {name: _plain(getattr(entry, name)) for name in _FIELDS}
    facts["at_us"] = stamp.at_us
    facts["steady_us"] = stamp.steady_us
    facts["workstation"] = stamp.workstation
    facts["installation"] = stamp.installation
    return facts


def body_of(facts: Mapping[str, Any], seq: int, method: Method) -> str:
    """Return a row's text."""
    return canonical({**facts, "seq": seq, "method": method.name, "key": method.key_id})


def canonical(facts: Mapping[str, Any]) -> str:
    """Return JSON in the one form that a row has. Raises ValueError for a number that is none."""
    return json.dumps(facts, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it, whatever came from a person or a server."""
    if isinstance(value, str):
        text = str(value).encode("utf-8", "replace").decode()  # half of a character pair is no text
        return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
