"""How long the history keeps what: described once, for the form, the checks and the command line; kept in roams.db."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hmi.domain.language import tr
from hmi.storage.history.records import RetentionPolicy

KEY: Final = "history"
GB: Final = 1_000_000_000
DAYS_MOST: Final = 36_500


def _number(default: float, label: str, text: str, unit: str, low: float, high: float) -> Any:
    return Field(default, title=label, description=text, ge=low, le=high, json_schema_extra={"unit": unit})


class HistorySettings(BaseModel):
    """What stays and for how long; 0 GB in all means no bound but the disk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    raw_days: int = _number(
        400, tr("Every reading"), tr("Readings as they came, in full detail."), tr("days"), 1, DAYS_MOST
    )
    minute_days: int = _number(
        365,
        tr("Minute averages"),
        tr("Low, high and mean of each minute."),
        tr("days"),
        1,
        DAYS_MOST,
    )
    hour_days: int = _number(
        3650, tr("Hour averages"), tr("Low, high and mean of each hour."), tr("days"), 1, DAYS_MOST
    )
    most_gb: float = _number(
        0, tr("At most in all"), tr("The oldest go first when the files grow beyond. 0: no bound."), "GB", 0, 1_000_000
    )
    free_gb: float = _number(
        2, tr("Left free on the disk"), tr("The oldest go first when the disk has less."), "GB", 0, 1_000_000
    )

    def policy(self, used_bytes: int, free_bytes: int) -> RetentionPolicy:
        """Return what the historian is told, given what it uses and what the disk has left."""
        bounds = [round(self.most_gb * GB)] if self.most_gb else []
        lacking = round(self.free_gb * GB) - free_bytes
        if lacking > 0:
            # At most half at a time: a disk that something else has filled must not cost the whole history at once.
            bounds.append(max(1, used_bytes // 2, used_bytes - lacking))
        return RetentionPolicy(self.raw_days, self.minute_days, self.hour_days, min(bounds, default=0))


@dataclass(frozen=True, slots=True)
class FieldText:
    """One setting as a form shows it."""

    name: str
    label: str
    help: str
    unit: str
    low: float
    high: float
    is_whole: bool


def describe() -> tuple[FieldText, ...]:
    """Return the settings in the order of a form."""
    found = []
    for name, field in HistorySettings.model_fields.items():
        bounds = {type(each).__name__: each for each in field.metadata}
        extra: dict[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        found.append(
            FieldText(
                name,
                field.title or name,
                field.description or "",
                str(extra["unit"]),
                bounds["Ge"].ge,
                bounds["Le"].le,
                field.annotation is int,
            )
        )
    return tuple(found)


def check(values: dict[str, object]) -> tuple[HistorySettings | None, dict[str, str]]:
    """Return the settings, or by field what is wrong with it in words."""
    try:
        return HistorySettings.model_validate(values), {}
    except ValidationError as error:
        by_name = {each.name: each for each in describe()}
        faults = {}
        for each in error.errors():
            name = str(each["loc"][0]) if each["loc"] else ""
            faults[name] = _fault(by_name[name]) if name in by_name else tr("This setting is not known.")
        return None, faults


def _fault(field: FieldText) -> str:
    words = tr("A whole number from {low} to {high}.") if field.is_whole else tr("A number from {low} to {high}.")
    return words.format(low=f"{field.low:g}", high=f"{field.high:,.0f}")
