"""The texts of messages with places to be filled in: a short list of names, and nothing that could be run."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Final

from hmi.domain.language import tr

PLACEHOLDERS: Final = {
    "event": tr("what happened: came, gone, still unacknowledged"),
    "priority": tr("the priority in words"),
    "area": tr("the area"),
    "station": tr("the station"),
    "text": tr("the alarm's text"),
    "value": tr("the value when it came, with its unit"),
    "limit": tr("the limit, with its unit"),
    "time": tr("when it came, in this computer's zone"),
    "state": tr("the alarm's state in words"),
    "cause": tr("the probable cause"),
    "consequence": tr("what follows if nobody acts"),
    "action": tr("what to do"),
    "minutes": tr("for how many minutes it has been unacknowledged"),
    "rule": tr("the rule's name"),
}
SUBJECT: Final = tr("{priority}: {station} {text}")
BODY: Final = tr(
    "{event}: {text}\nStation: {station}, {area}\nPriority: {priority}\nSince: {time}\nValue: {value}, limit {limit}\n"
    "\nWhat follows: {consequence}\nWhat to do: {action}"
)


def template_fault(template: str) -> str:
    """Return what is wrong with a text, for the person who typed it; empty when it can be filled in."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return tr("A brace stands alone. Type {{ or }} for one that is to be seen.")
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if name not in PLACEHOLDERS or form or conversion:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            words = tr("{name} is not known. There are: {known}.")
            return words.format(name=f"{{{name}}}", known=known)
    return ""


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the text with values in its places; one that is not given is a dash. template: one without a fault."""
    return template.format_map({name: values.get(name) or "–" for name in PLACEHOLDERS})
