"""Fields of a tag's draft as forms and files show them: what they are called, and for which kinds they matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hmi.domain.language import tr
from hmi.domain.tags import TagKind

FIELD_LABELS: Final[Mapping[str, str]] = {
    "name": tr("Name"),
    "address": tr("Address"),
    "kind": tr("Kind"),
    "unit": tr("Unit"),
    "low": tr("Low"),
    "high": tr("High"),
    "sampling_ms": tr("Sampling, ms"),
    "deadband": tr("Deadband"),
    "log_deadband": tr("Kept from change of"),
    "log_least_s": tr("Kept at most every, s"),
    "log_most_s": tr("Kept at least every, s"),
    "rollover": tr("Rollover at"),
    "writable": tr("Writable"),
    "decimals": tr("Decimals"),
    "state_off": tr("Text for 0"),
    "state_on": tr("Text for 1"),
    "scale": tr("Scale"),
    "offset": tr("Offset"),
}
"""What people call each field; STATES are the two of `states`."""

NUMBERS: Final = frozenset(
    {
        "low",
        "high",
        "sampling_ms",
        "deadband",
        "log_deadband",
        "log_least_s",
        "log_most_s",
        "rollover",
        "decimals",
        "scale",
        "offset",
    }
)
STATES: Final = ("state_off", "state_on")
KIND_LABELS: Final[Mapping[TagKind, str]] = {
    TagKind.ANALOG: tr("Analog"),
    TagKind.DISCRETE: tr("Discrete"),
    TagKind.COUNTER: tr("Counter"),
    TagKind.TEXT: tr("Text"),
}

_MEASURED: Final = (TagKind.ANALOG, TagKind.COUNTER)
_ONLY_OF: Final[Mapping[str, tuple[TagKind, ...]]] = {
    "low": (TagKind.ANALOG,),
    "high": (TagKind.ANALOG,),
    "state_off": (TagKind.DISCRETE,),
    "state_on": (TagKind.DISCRETE,),
    "rollover": (TagKind.COUNTER,),
    **dict.fromkeys(("decimals", "scale", "offset", "unit", "deadband", "log_deadband"), _MEASURED),
}


def applies(kind: TagKind, field: str) -> bool:
    """Whether a field means anything for a tag of a kind."""
    return field not in _ONLY_OF or kind in _ONLY_OF[field]
