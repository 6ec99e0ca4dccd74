"""Drafts of controls, as a form holds them, before they are checked and become part of the plant.

Numbers that were typed are texts; `hmi.config.control_checks` says field by field what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from hmi.domain.catalogue import Catalogue
from hmi.domain.commands import Control, ControlKind, SafetyLevel

VALUE_MARK = "{value}"
"""Among a method's inputs: the commanded value."""


@dataclass(frozen=True, slots=True)
class ControlDraft:
    """One control; the meanings are those of hmi.domain.commands.Control.

    asset: name of the equipment, which is made where it is not there yet. command, readback, permissives, interlocks:
    ids of tags. safe_value: empty for none. inputs: one a line, VALUE_MARK
    for the commanded value. version: of the configuration that the draft was made from, 0 for a new control.
    """

    id: UUID = field(default_factory=uuid4)
    station_id: UUID | None = None
    asset: str = ""
    name: str = ""
    kind: ControlKind = ControlKind.PUMP
    command: UUID | None = None
    readback: UUID | None = None
    low: str = "0"
    high: str = "1"
    unit: str = ""
    tolerance: str = "0"
    timeout_s: str = "10"
    safe_value: str = "0"
    permissives: tuple[UUID, ...] = ()
    interlocks: tuple[UUID, ...] = ()
    level: SafetyLevel = SafetyLevel.CONFIRM
    is_alone_allowed: bool = False
    fresh_s: str = "0"
    rate_s: str = "2"
    step_most: str = "0"
    ramp_per_s: str = "0"
    decimals: str = ""
    method_owner: str = ""
    method: str = ""
    inputs: str = ""
    version: int = 0


NUMBERS = ("low", "high", "tolerance", "timeout_s", "fresh_s", "rate_s", "step_most", "ramp_per_s")


def control_draft_of(catalogue: Catalogue, control: Control) -> ControlDraft:
    """Return the draft that a saved control stands for."""

    def tag(index: int) -> UUID | None:
        found = catalogue.tag_by_index.get(index)
        return found.id if found is not None else None

    asset = catalogue.asset_by_id.get(control.asset_id)
    numbers = {name: f"{getattr(control, name):.10g}" for name in NUMBERS}
    return ControlDraft(
        id=control.id,
        station_id=control.station_id,
        asset=asset.name if asset is not None else "",
        name=control.name,
        kind=control.kind,
        command=tag(control.command),
        readback=tag(control.readback),
        unit=control.unit,
        safe_value="" if control.safe_value is None else f"{control.safe_value:.10g}",
        permissives=tuple(found for index in control.permissives if (found := tag(index)) is not None),
        interlocks=tuple(found for index in control.interlocks if (found := tag(index)) is not None),
        level=control.level,
        is_alone_allowed=control.is_alone_allowed,
        decimals="" if control.decimals < 0 else str(control.decimals),
        method_owner=control.method_owner,
        method=control.method,
        inputs="\n".join(VALUE_MARK if each is None else str(each) for each in control.inputs),
        version=catalogue.version,
        **numbers,
    )
