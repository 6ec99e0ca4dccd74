"""What is wrong with a draft of a control, field by field; and the control that a draft without fault becomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final
from uuid import UUID, uuid4

from hmi.config.checks import number
from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind, SafetyLevel
from hmi.domain.control_drafts import NUMBERS, VALUE_MARK, ControlDraft
from hmi.domain.language import tr
from hmi.domain.plant import Asset, AssetKind
from hmi.domain.tags import Tag, TagKind

NAME_MOST: Final = 80
TIMEOUT_MOST_S: Final = 600.0
DECIMALS_MOST: Final = 9
CONDITIONS_MOST: Final = 20
ASSET_KINDS: Final = {ControlKind.PUMP: AssetKind.PUMP, ControlKind.VALVE: AssetKind.VALVE}
TWO_STATES: Final = frozenset({ControlKind.PUMP, ControlKind.MODE, ControlKind.RESET})
RANGED: Final = frozenset({ControlKind.SETPOINT, ControlKind.VALVE})


@dataclass(frozen=True, slots=True)
class ControlFault:
    """What is wrong with one field of a draft."""

    field: str
    sentence: str


def control_faults(draft: ControlDraft, catalogue: Catalogue) -> list[ControlFault]:
    """Return what is wrong with a draft in the plant as it is; nothing when it can be saved."""
    parts = (_place(draft, catalogue), _tags(draft, catalogue), _numbers(draft), _range(draft), _safety(draft))
    found = [*chain.from_iterable(parts), *_method(draft)]
    return [ControlFault(*each) for each in found]


def asset_of(draft: ControlDraft, catalogue: Catalogue) -> Asset:
    """Return the equipment that a draft names: one of the station's, or a new one."""
    station_id, name = _required(draft.station_id), draft.asset.strip()
    for asset in catalogue.assets_of_station.get(station_id, ()):
        if asset.name.casefold() == name.casefold():
            return asset
    return Asset(uuid4(), station_id, name, ASSET_KINDS.get(draft.kind, AssetKind.MACHINE))


def moved_tags(control: Control, catalogue: Catalogue) -> list[Tag]:
    """Return the tags of a control that belong to no equipment yet, as part of the control's."""
    found = [catalogue.tag_by_index[index] for index in dict.fromkeys((control.command, *control.watched()))]
    sites = {asset.id for asset in catalogue.assets if asset.kind is AssetKind.SITE}
    return [replace(tag, asset_id=control.asset_id) for tag in found if tag.asset_id in sites]


def control_of(draft: ControlDraft, asset_id: UUID, catalogue: Catalogue) -> Control:
    """Return the control that a draft without fault becomes, as part of equipment."""
    known = catalogue.control_by_id.get(draft.id)
    index = {tag.id: tag.index for tag in catalogue.tags}
    is_method = draft.kind is ControlKind.METHOD
    readback = index[_required(draft.readback)]
    numbers = {name: number(getattr(draft, name)) or 0.0 for name in NUMBERS}
    return Control(
        id=draft.id,
        station_id=_required(draft.station_id),
        asset_id=asset_id,
        name=draft.name.strip(),
        kind=draft.kind,
        command=readback if is_method else index[_required(draft.command)],
        readback=readback,
        unit=draft.unit.strip(),
        safe_value=number(draft.safe_value) if draft.safe_value.strip() else None,
        permissives=tuple(index[each] for each in draft.permissives),
        interlocks=tuple(index[each] for each in draft.interlocks),
        level=draft.level,
        is_alone_allowed=draft.is_alone_allowed and draft.level is SafetyLevel.SECOND_PERSON,
        decimals=int(draft.decimals) if draft.decimals.strip() else -1,
        states=known.states if known is not None and known.kind is draft.kind else (),
        choices=known.choices if known is not None and known.kind is draft.kind else (),
        method_owner=draft.method_owner.strip() if is_method else "",
        method=draft.method.strip() if is_method else "",
        inputs=tuple(_inputs(draft)) if is_method else (),
        **numbers,
    )


Found = Iterator[tuple[str, str]]


def _place(draft: ControlDraft, catalogue: Catalogue) -> Found:
    name = draft.name.strip()
    if not name or len(name) > NAME_MOST:
        yield "name", tr("Give it a name of up to {most} characters.").format(most=NAME_MOST)
    if draft.station_id not in catalogue.station_by_id:
        yield "station_id", tr("Choose a station.")
        return
    if not draft.asset.strip() or len(draft.asset.strip()) > NAME_MOST:
        yield "asset", tr("Choose the equipment that it is part of, or write a new name.")
    others = catalogue.controls_of_station.get(_required(draft.station_id), ())
    if any(each.id != draft.id and each.name.casefold() == name.casefold() for each in others):
        yield "name", tr("There is already a control called so at this station.")


def _tags(draft: ControlDraft, catalogue: Catalogue) -> Found:
    readback = _tag(draft.readback, draft, catalogue)
    if readback is None or readback.kind is TagKind.TEXT:
        yield "readback", tr("Choose the tag that shows what the equipment does: only it confirms a command.")
    if draft.kind is not ControlKind.METHOD:
        command = _tag(draft.command, draft, catalogue)
        if command is None or not command.writable or command.kind is TagKind.TEXT:
            yield "command", tr("Choose a tag that can be written.")
    yield from _conditions("permissives", draft.permissives, draft, catalogue)
    yield from _conditions("interlocks", draft.interlocks, draft, catalogue)
    if set(draft.permissives) & set(draft.interlocks):
        yield "interlocks", tr("A tag cannot be both: true to start, and false to start.")


def _conditions(field: str, given: Iterable[UUID], draft: ControlDraft, catalogue: Catalogue) -> Found:
    given = tuple(given)
    if len(given) > CONDITIONS_MOST:
        yield field, tr("Up to {most} tags.").format(most=CONDITIONS_MOST)
    for each in given:
        tag = catalogue.tag_by_id.get(each)
        if tag is None or tag.kind is not TagKind.DISCRETE:
            yield field, tr("Only tags of two states can be asked for here.")
            return
    if given and not draft.safe_value.strip():
        yield "safe_value", tr("Say which value is the safe side: permissives and interlocks bind away from it.")


def _numbers(draft: ControlDraft) -> Found:
    values = {name: number(getattr(draft, name)) for name in NUMBERS}
    for name, value in values.items():
        if value is None:
            yield name, tr("This is not a number.")
        elif value < 0 and name not in ("low", "high"):
            yield name, tr("It cannot be below 0.")
    if draft.decimals.strip() and not (draft.decimals.strip().isdigit() and int(draft.decimals) <= DECIMALS_MOST):
        words = tr("A whole number up to {most}, or empty for as many as the tag shows.")
        yield "decimals", words.format(most=DECIMALS_MOST)
    timeout_s = values["timeout_s"]
    if timeout_s is not None and not 0 < timeout_s <= TIMEOUT_MOST_S:
        yield "timeout_s", tr("From above 0 to {most:g} s.").format(most=TIMEOUT_MOST_S)


def _range(draft: ControlDraft) -> Found:
    low, high = number(draft.low), number(draft.high)
    if low is None or high is None:
        return
    if low >= high:
        yield "high", tr("The highest value must lie above the lowest.")
        return
    if draft.kind in TWO_STATES and (low, high) != (0.0, 1.0):
        yield "high", tr("This kind has the values 0 and 1.")
    for name in ("tolerance", "step_most"):
        if (number(getattr(draft, name)) or 0.0) > high - low:
            yield name, tr("This is wider than the range itself.")
    if draft.kind not in RANGED and (number(draft.ramp_per_s) or number(draft.step_most)):
        yield "ramp_per_s", tr("Only setpoints and positions go in steps.")


def _safety(draft: ControlDraft) -> Found:
    safe, low, high = number(draft.safe_value), number(draft.low), number(draft.high)
    if draft.safe_value.strip():
        if safe is None or low is None or high is None or not low <= safe <= high:
            yield "safe_value", tr("The safe value must lie within the range; leave it empty where there is none.")
    elif draft.kind in (ControlKind.PUMP, ControlKind.VALVE):
        yield "safe_value", tr("Say which value stops or closes it: that command must always pass.")
    if draft.is_alone_allowed and draft.level is not SafetyLevel.SECOND_PERSON:
        yield "is_alone_allowed", tr("This is for commands that take a second person.")


def _method(draft: ControlDraft) -> Found:
    if draft.kind is not ControlKind.METHOD:
        return
    if not draft.method_owner.strip():
        yield "method_owner", tr("Write the address of the object.")
    if not draft.method.strip():
        yield "method", tr("Write the address of the method.")


def _inputs(draft: ControlDraft) -> Iterator[float | str | None]:
    for line in draft.inputs.splitlines():
        text = line.strip()
        if not text:
            continue
        value = number(text)
        yield None if text == VALUE_MARK else text if value is None else value


def _tag(tag_id: UUID | None, draft: ControlDraft, catalogue: Catalogue) -> Tag | None:
    tag = catalogue.tag_by_id.get(tag_id) if tag_id is not None else None
    return tag if tag is not None and tag.station_id == draft.station_id else None


def _required(given: UUID | None) -> UUID:
    if given is None:
        raise ValueError("a draft that passed the checks lacks an id")
    return given
