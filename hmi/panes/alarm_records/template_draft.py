"""A template as it is edited: numbers as they are typed, and what is wrong with them. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from hmi.config.alarm_templates import AlarmTemplate, Proposal
from hmi.domain.durations import seconds_of, typed_duration
from hmi.domain.language import tr
from hmi.ui.words import number_of

DURATIONS: Final = frozenset({"on_delay_s", "off_delay_s", "window_s"})
NUMBERS: Final = ("on_delay_s", "off_delay_s", "deadband", "window_s")


@dataclass(frozen=True, slots=True)
class TemplateField:
    """One number of a template as the form shows it."""

    name: str
    label: str
    help: str
    unit: str


def template_fields() -> tuple[TemplateField, ...]:
    """Return the numbers of a template in the order of the form."""
    found = []
    for name in NUMBERS:
        field = AlarmTemplate.model_fields[name]
        extra: dict[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        unit = "" if name in DURATIONS else str(extra["unit"])
        found.append(TemplateField(name, field.title or name, field.description or "", unit))
    return tuple(found)


class TemplateDraft:
    """Holds texts; `template` is what they make, None while something is wrong."""

    def __init__(self, template: AlarmTemplate) -> None:
        self._kept = template
        self.texts = {
            name: typed_duration(getattr(template, name)) if name in DURATIONS else f"{getattr(template, name):g}"
            for name in NUMBERS
        }
        self.proposals: list[dict[str, Any]] = [each.model_dump() for each in template.proposals]
        for each in self.proposals:
            each["share"] = f"{each['share']:g}"

    def type(self, name: str, text: str) -> None:
        """Take a number as it is typed."""
        self.texts[name] = text

    def set_proposal(self, row: int, name: str, value: object) -> None:
        """Take a field of one of the alarms."""
        self.proposals[row][name] = value

    @property
    def template(self) -> AlarmTemplate | None:
        """What the texts make."""
        return None if self.faults else self._made()

    @property
    def is_changed(self) -> bool:
        """Whether there is something to keep."""
        return self.template is not None and self.template != self._kept

    @property
    def faults(self) -> dict[tuple[int, str], str]:
        """What is wrong: by the alarm's row, −1 for the template, and field."""
        found: dict[tuple[int, str], str] = {}
        for name, text in self.texts.items():
            if (seconds_of if name in DURATIONS else number_of)(text) is None:
                found[-1, name] = tr("Enter a number.")
        for row, each in enumerate(self.proposals):
            if number_of(each["share"]) is None:
                found[row, "share"] = tr("Enter a number.")
        if not found:
            try:
                self._made()
            except ValidationError as error:
                found |= dict(_place(each) for each in error.errors())
        return found

    def _made(self) -> AlarmTemplate:
        numbers = {
            name: seconds_of(text) if name in DURATIONS else number_of(text) for name, text in self.texts.items()
        }
        proposals = tuple({**each, "share": number_of(each["share"])} for each in self.proposals)
        return AlarmTemplate.model_validate({**self._kept.model_dump(), **numbers, "proposals": proposals})


def _place(error: Any) -> tuple[tuple[int, str], str]:
    where = error["loc"]
    row, name = (int(where[1]), str(where[2])) if where[0] == "proposals" and len(where) > 2 else (-1, str(where[0]))
    field = (Proposal if row >= 0 else AlarmTemplate).model_fields.get(name)
    bounds = {type(each).__name__: each for each in field.metadata} if field is not None else {}
    if "Ge" in bounds and "Le" in bounds:
        words = tr("It must lie between {low:g} and {high:g}.")
        return (row, name), words.format(low=bounds["Ge"].ge, high=bounds["Le"].le)
    return (row, name), str(error["msg"])
