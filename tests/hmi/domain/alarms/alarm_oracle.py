"""ISA-18.2's alarm, written a second time: facts and rules one by one, no table, nothing of the machine's own code.

A state is a tuple of plain facts; an event is a word with a time. The oracle answers the state after it and whether a
person is called, or None for a refusal.
"""

from __future__ import annotations

from typing import NamedTuple

NOW, LATER, UNTIL = 100, 300, 200


class Facts(NamedTuple):
    active: bool = False
    acked: bool = True
    latched: bool = False
    until: int = 0
    one_shot: bool = False
    suppressed: bool = False
    removed: bool = False
    occurrence: int = 0


class Rules(NamedTuple):
    latching: bool
    ack_needed: bool
    may_shelve: bool


EVENTS = (
    "ACTIVATE",
    "CLEAR",
    "ACKNOWLEDGE",
    "ACKNOWLEDGE old",
    "RESET",
    "SHELVE",
    "SHELVE for nothing",
    "SHELVE too long",
    "ONE_SHOT",
    "UNSHELVE",
    "TIME",
    "TIME due",
    "SUPPRESS",
    "UNSUPPRESS",
    "REMOVE",
    "RETURN",
)


def display(facts: Facts) -> str:
    """Return the state that is shown, by the order of ISA-18.2's suppressed states."""
    for is_on, name in ((facts.removed, "OOSRV"), (facts.suppressed, "DSUPR"), (bool(facts.until), "SHLVD")):
        if is_on:
            return name
    if facts.active:
        return "ACKED" if facts.acked else "UNACK"
    if facts.latched:
        return "LACKED" if facts.acked else "LUNACK"
    return "NORM" if facts.acked else "RTNUN"


def answer(facts: Facts, event: str, rules: Rules) -> tuple[Facts, bool] | None:  # noqa: C901  # a list of rules
    """Return the state after an event and whether a person is called; None for a refusal."""
    shown = display(facts)
    is_hidden = shown in ("SHLVD", "DSUPR", "OOSRV")
    if event == "ACTIVATE":
        if facts.active:
            return facts, False
        if is_hidden:
            return facts._replace(active=True, latched=facts.latched or rules.latching, occurrence=NOW), False
        return raised(facts, NOW, rules), True
    if event == "CLEAR":
        gone = facts._replace(active=False)
        if facts.active and facts.one_shot:
            return shown_again(gone._replace(until=0, one_shot=False), NOW, rules)
        return gone, False
    if event == "ACKNOWLEDGE":
        return (facts._replace(acked=True), False) if shown in ("UNACK", "RTNUN", "LUNACK") else None
    if event == "RESET":
        return (facts._replace(latched=False), False) if shown == "LACKED" else None
    if event == "SHELVE":
        return (facts._replace(until=UNTIL), False) if rules.may_shelve and not is_hidden else None
    if event == "ONE_SHOT":
        can = rules.may_shelve and shown in ("UNACK", "ACKED")
        return (facts._replace(until=UNTIL, one_shot=True), False) if can else None
    if event == "UNSHELVE":
        return shown_again(facts._replace(until=0, one_shot=False), NOW, rules) if facts.until else None
    if event == "TIME due":
        return shown_again(facts._replace(until=0, one_shot=False), LATER, rules) if facts.until else (facts, False)
    if event == "SUPPRESS":
        return facts._replace(suppressed=True), False
    if event == "UNSUPPRESS":
        return shown_again(facts._replace(suppressed=False), NOW, rules) if facts.suppressed else (facts, False)
    if event == "REMOVE":
        return facts._replace(removed=True), False
    if event == "RETURN":
        return shown_again(facts._replace(removed=False), NOW, rules) if facts.removed else (facts, False)
    return (facts, False) if event == "TIME" else None  # an old occurrence, a shelving of no or too great length


def raised(facts: Facts, at: int, rules: Rules) -> Facts:
    return facts._replace(active=True, acked=not rules.ack_needed, latched=rules.latching, occurrence=at)


def shown_again(facts: Facts, at: int, rules: Rules) -> tuple[Facts, bool]:
    """Return what an alarm shows when one that hid it has gone."""
    if facts.removed or facts.suppressed or facts.until:
        return facts, False
    if facts.active:
        return raised(facts, at, rules), True
    if facts.latched:
        return facts._replace(acked=not rules.ack_needed), True
    return facts, False
