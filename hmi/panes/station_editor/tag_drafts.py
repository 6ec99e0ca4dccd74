"""Tags of a draft: made from what a server says of an address, named so that no two are alike; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from drivers.api import Description
from hmi.domain import tag_fields
from hmi.domain.drafts import TagDraft
from hmi.domain.language import tr
from hmi.domain.tag_fields import FIELD_LABELS, KIND_LABELS
from hmi.domain.tags import TagKind
from hmi.panes.station_editor.address_tree import SEPARATOR

NAME_MOST: Final = 80
_WHOLE: Final = ("Int", "UInt", "SByte", "Byte", "Enumeration")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the table of tags. name: of the draft's field."""

    name: str
    label: str
    width_px: int


WIDTHS_PX: Final = {
    "name": 170,
    "address": 130,
    "kind": 82,
    "unit": 56,
    "low": 58,
    "high": 58,
    "sampling_ms": 108,
    "deadband": 86,
    "log_deadband": 140,
    "log_least_s": 150,
    "log_most_s": 150,
    "rollover": 90,
    "writable": 82,
    "decimals": 82,
    "state_off": 82,
    "state_on": 82,
    "scale": 58,
    "offset": 58,
}
FIELDS: Final = tuple(Field(name, label, WIDTHS_PX[name]) for name, label in FIELD_LABELS.items())
SAME_FOR_MANY: Final = frozenset(field.name for field in FIELDS) - {"name", "address"}
"""Fields that several tags may be given at once."""


def tags_from(
    descriptions: Sequence[Description], paths: Mapping[str, str], present: Sequence[TagDraft]
) -> tuple[list[TagDraft], list[str]]:
    """Return a tag for each address that can be one, and in words those that cannot; addresses present are passed over.

    paths: address to the names that lead to it, which tell alike values apart.
    """
    names = {tag.name.casefold() for tag in present}
    addresses = {tag.address for tag in present}
    made: list[TagDraft] = []
    faults: list[str] = []
    for each in descriptions:
        if each.fault:
            faults.append(f"{each.name}: {each.fault}")
        elif each.address not in addresses:
            addresses.add(each.address)
            name = _name(each.name, paths.get(each.address, ""), names)
            names.add(name.casefold())
            made.append(_tag(each, name))
    return made, faults


def kind_text(kind: TagKind) -> str:
    """Return a kind of tag in a word."""
    return KIND_LABELS[kind]


def text_of(tag: TagDraft, field: str) -> str:
    """Return a field as the table shows it; a range only where a kind has one."""
    if field == "kind":
        return kind_text(tag.kind)
    if field in ("state_off", "state_on"):
        return tag.states[field == "state_on"] if tag.kind is TagKind.DISCRETE else ""
    if field == "writable":
        return tr("Yes") if tag.writable else tr("No")
    if not applies(tag, field):
        return ""
    return str(getattr(tag, field))


def applies(tag: TagDraft, field: str) -> bool:
    """Whether a field means anything for a tag of its kind."""
    return tag_fields.applies(tag.kind, field)


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


def _tag(each: Description, name: str) -> TagDraft:
    kind = TagKind(each.kind) if each.kind in set(TagKind) else TagKind.ANALOG
    plain = TagDraft(name=name, address=each.address, kind=kind, unit=each.unit, data_type=each.data_type)
    low = plain.low if each.low is None else f"{each.low:.10g}"
    high = plain.high if each.high is None else f"{each.high:.10g}"
    return replace(
        plain,
        low=low,
        high=high,
        decimals=_decimals(each),
        states=each.states or plain.states,
        writable=each.writable,
    )


def _decimals(each: Description) -> str:
    """Return how many digits matter: none of a whole number, one more the smaller the range."""
    if each.data_type.startswith(_WHOLE):
        return "0"
    span = (each.high - each.low) if each.low is not None and each.high is not None else 100.0
    return "0" if span >= 1000 else "1" if span >= 20 else "2"


def _name(given: str, path: str, taken: Iterable[str]) -> str:
    """Return a name that no other tag has: the server's, with the folder before it, or with a number."""
    wanted = (given.strip() or path.rpartition(SEPARATOR)[2] or tr("Tag"))[:NAME_MOST]
    names = path.split(SEPARATOR)
    for above in range(1, len(names)):
        if wanted.casefold() not in taken:
            break
        longer = " ".join([*names[-1 - above : -1], given.strip()])
        if len(longer) > NAME_MOST:
            break
        wanted = longer
    name, number = wanted, 2
    while name.casefold() in taken:
        end = f" {number}"
        name, number = wanted[: NAME_MOST - len(end)] + end, number + 1
    return name
