"""What is wrong with the draft of a station, field by field, in the operator's words; and what it says when nothing is.

Every bound is one that a plant keeps: names fit a row, places lie on the earth, a sampling interval is one that servers
take.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pydantic import ValidationError

from drivers.api import DriverType
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import ConnectionDraft, FieldFault, StationDraft, TagDraft
from hmi.domain.tags import TagKind

NAME_MOST: Final = 80
UNIT_MOST: Final = 20
TAGS_MOST: Final = 5000
SAMPLING_MS: Final = (50, 3_600_000)
DECIMALS: Final = (0, 6)
UNPRINTABLE: Final = "It holds a character that cannot be shown."


def faults_of(draft: StationDraft, catalogue: Catalogue, driver_types: Sequence[DriverType]) -> tuple[FieldFault, ...]:
    """Return all that speaks against saving a draft into the catalogue; empty when nothing does."""
    kinds = {driver_type.kind: driver_type for driver_type in driver_types}
    return (
        *_station_faults(draft, catalogue),
        *_connection_faults(draft.connection, catalogue, kinds.get(draft.connection.driver)),
        *_tags_faults(draft, kinds.get(draft.connection.driver)),
    )


def number(text: str) -> float | None:
    """Return the number that a person typed, with a point or a comma; None for anything else, NaN and infinity too."""
    try:
        found = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _station_faults(draft: StationDraft, catalogue: Catalogue) -> Iterator[FieldFault]:
    yield from _name_faults("name", draft.name)
    yield from _name_faults("area", draft.area)
    for other in catalogue.stations:
        if other.id != draft.id and other.name.casefold() == draft.name.strip().casefold():
            yield FieldFault("name", f"There is already a station called {other.name}.")
    for field, text, bound in (("latitude", draft.latitude, 90), ("longitude", draft.longitude, 180)):
        found = number(text)
        if found is None:
            yield FieldFault(field, "Enter degrees, such as 48.137." if text.strip() else "Enter degrees.")
        elif not -bound <= found <= bound:
            yield FieldFault(field, f"It must lie between −{bound} and {bound} degrees.")


def _connection_faults(
    draft: ConnectionDraft, catalogue: Catalogue, driver_type: DriverType | None
) -> Iterator[FieldFault]:
    yield from _name_faults("connection", draft.name)
    if driver_type is None:
        yield FieldFault("driver", f"There is no kind of connection called {draft.driver}.")
        return
    try:
        endpoint = driver_type.endpoint_of(draft.endpoint)
    except ValueError as error:
        yield FieldFault("endpoint", str(error))
        return
    for other in catalogue.connections:
        if other.id == draft.id:
            continue
        if other.name.casefold() == draft.name.strip().casefold():
            yield FieldFault("connection", f"There is already a connection called {other.name}.")
        if (other.driver, other.endpoint, other.user) == (draft.driver, endpoint, draft.user):
            yield FieldFault("endpoint", f"The connection {other.name} already goes there; use that one.")
    try:
        driver_type.create(endpoint, draft.options)
    except ValidationError as error:
        first = error.errors()[0]
        yield FieldFault("options", f"{'.'.join(str(part) for part in first['loc']) or 'Options'}: {first['msg']}.")


def _tags_faults(draft: StationDraft, driver_type: DriverType | None) -> Iterator[FieldFault]:
    if not draft.tags:
        yield FieldFault("tags", "Choose at least one tag.")
    if len(draft.tags) > TAGS_MOST:
        yield FieldFault("tags", too_many(len(draft.tags)))
        return
    yield from tags_faults(draft.tags, driver_type)


def too_many(count: int) -> str:
    """Return why a station cannot have as many tags as this over one connection."""
    return f"A station has {TAGS_MOST} tags at most; these are {count}."


def tags_faults(tags: Sequence[TagDraft], driver_type: DriverType | None) -> Iterator[FieldFault]:
    """Yield what is wrong with tags of one station that come over one connection, by row."""
    names = _repeated(tag.name.strip().casefold() for tag in tags)
    addresses = _repeated(tag.address for tag in tags)
    for row, tag in enumerate(tags):
        faults = [*_tag_faults(tag, driver_type)]
        if tag.name.strip().casefold() in names and tag.name.strip():
            faults.append(("name", "Another tag of the station has the same name."))
        if tag.address in addresses and tag.address:
            faults.append(("address", "Another tag of the station has the same address."))
        yield from (FieldFault(field, sentence, row) for field, sentence in faults)


def _tag_faults(tag: TagDraft, driver_type: DriverType | None) -> Iterator[tuple[str, str]]:
    yield from ((fault.field, fault.sentence) for fault in _name_faults("name", tag.name))
    if driver_type is not None and (sentence := driver_type.address_fault(tag.address)):
        yield "address", sentence
    if len(tag.unit) > UNIT_MOST:
        yield "unit", f"A unit has {UNIT_MOST} characters at most."
    elif not tag.unit.isprintable():
        yield "unit", UNPRINTABLE
    for field, state in zip(("state_off", "state_on"), tag.states, strict=True):
        if len(state) > NAME_MOST:
            yield field, f"It has {NAME_MOST} characters at most."
        elif not state.isprintable():
            yield field, UNPRINTABLE
    yield from _range_faults(tag)
    yield from _whole_faults("sampling_ms", tag.sampling_ms, *SAMPLING_MS)
    yield from _whole_faults("decimals", tag.decimals, *DECIMALS)
    yield from _deadband_faults(tag, "deadband", tag.deadband)
    yield from _deadband_faults(tag, "log_deadband", tag.log_deadband)
    yield from _logging_faults(tag)
    scale = number(tag.scale)
    if scale is None or scale == 0:
        yield "scale", "The scale must be a number other than 0."
    if number(tag.offset) is None:
        yield "offset", "The offset must be a number."


def _range_faults(tag: TagDraft) -> Iterator[tuple[str, str]]:
    if tag.kind is not TagKind.ANALOG:
        return
    low, high = number(tag.low), number(tag.high)
    if low is None:
        yield "low", "The lower end of the range must be a number."
    if high is None:
        yield "high", "The upper end of the range must be a number."
    if low is not None and high is not None and low >= high:
        yield "high", "The upper end of the range must be above the lower."


def _deadband_faults(tag: TagDraft, field: str, text: str) -> Iterator[tuple[str, str]]:
    found, low, high = number(text), number(tag.low), number(tag.high)
    if found is None or found < 0:
        yield field, "The deadband must be a number of 0 or more."
    elif tag.kind is TagKind.ANALOG and low is not None and high is not None and low < high <= low + found:
        yield field, "The deadband must be narrower than the range."


def _logging_faults(tag: TagDraft) -> Iterator[tuple[str, str]]:
    least, most, rollover = number(tag.log_least_s), number(tag.log_most_s), number(tag.rollover)
    if least is None or least < 0:
        yield "log_least_s", "The shortest time between two kept values must be 0 s or more."
    if most is None or most < 0:
        yield "log_most_s", "The longest time between two kept values must be 0 s (no limit) or more."
    elif least is not None and 0 < most < least:
        yield "log_most_s", "The longest time between two kept values must not be below the shortest."
    if rollover is None or rollover < 0:
        yield "rollover", "A counter's rollover must be a number above 0, or 0 when it has none."


def _whole_faults(field: str, text: str, low: int, high: int) -> Iterator[tuple[str, str]]:
    found = number(text)
    if found is None or found != int(found) or not low <= found <= high:
        yield field, f"Enter a whole number from {low} to {high}."


def _name_faults(field: str, text: str) -> Iterator[FieldFault]:
    if not text.strip():
        yield FieldFault(field, "It must not be empty.")
    elif len(text.strip()) > NAME_MOST:
        yield FieldFault(field, f"It has {NAME_MOST} characters at most.")
    elif any(not mark.isprintable() for mark in text):
        yield FieldFault(field, UNPRINTABLE)


def _repeated(texts: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    again: set[str] = set()
    for text in texts:
        (again if text in seen else seen).add(text)
    return again
