"""What pydantic finds wrong, in an operator's words, by the field it is wrong with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from hmi.domain.language import tr

Described = TypeVar("Described", bound=BaseModel)

_WORDS: Final = {
    "missing": tr("Fill this in."),
    "string_too_short": tr("Fill this in."),
    "string_too_long": tr("{max_length} characters are the most."),
    "too_short": tr("Choose at least one."),
    "too_long": tr("{max_length} are the most."),
    "greater_than_equal": tr("Not less than {ge}."),
    "less_than_equal": tr("Not more than {le}."),
    "int_parsing": tr("Type a whole number."),
    "int_from_float": tr("Type a whole number."),
    "int_type": tr("Type a whole number."),
    "float_parsing": tr("Type a number."),
    "float_type": tr("Type a number."),
    "time_parsing": tr("Type a time such as 06:30."),
    "extra_forbidden": tr("This setting is not known."),
}


def build(kind: type[Described], values: Mapping[str, object]) -> tuple[Described | None, dict[str, str]]:
    """Return what was described, or by field what is wrong with it; the empty name is for all of it together."""
    try:
        return kind.model_validate(dict(values)), {}
    except ValidationError as error:
        return None, faults_of(error)


def faults_of(error: ValidationError) -> dict[str, str]:
    """Return the first fault of each field."""
    found: dict[str, str] = {}
    for each in error.errors():
        name = str(each["loc"][0]) if each["loc"] else ""
        context: dict[str, Any] = each.get("ctx", {})
        cause = context.get("error")
        words = str(cause) if isinstance(cause, ValueError) else _WORDS.get(each["type"], "")
        found.setdefault(name, words.format(**context) if words and cause is None else words or str(each["msg"]))
    return found
