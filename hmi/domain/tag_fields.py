"""Fields of a tag's draft as forms and files show them: what they are called, and for which kinds they matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from hmi.domain.drafts import TagDraft
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
"""What people call each field; `state_off` and `state_on` are the two of `states`."""

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


def with_field(tag: TagDraft, field: str, value: object) -> TagDraft:
    """Return the tag with one field as it was typed or chosen."""
    if field == "kind":
        return replace(tag, kind=TagKind(str(value)))
    if field == "writable":
        return replace(tag, writable=bool(value))
    if field == "state_off":
        return replace(tag, states=(str(value), tag.states[1]))
    if field == "state_on":
        return replace(tag, states=(tag.states[0], str(value)))
    return _TEXT_FIELDS[field](tag, str(value).strip())


_TEXT_FIELDS: Final[Mapping[str, Callable[[TagDraft, str], TagDraft]]] = {
    "name": lambda tag, text: replace(tag, name=text),
    "address": lambda tag, text: replace(tag, address=text),
    "unit": lambda tag, text: replace(tag, unit=text),
    "low": lambda tag, text: replace(tag, low=text),
    "high": lambda tag, text: replace(tag, high=text),
    "sampling_ms": lambda tag, text: replace(tag, sampling_ms=text),
    "deadband": lambda tag, text: replace(tag, deadband=text),
    "log_deadband": lambda tag, text: replace(tag, log_deadband=text),
    "log_least_s": lambda tag, text: replace(tag, log_least_s=text),
    "log_most_s": lambda tag, text: replace(tag, log_most_s=text),
    "rollover": lambda tag, text: replace(tag, rollover=text),
    "decimals": lambda tag, text: replace(tag, decimals=text),
    "scale": lambda tag, text: replace(tag, scale=text),
    "offset": lambda tag, text: replace(tag, offset=text),
}
