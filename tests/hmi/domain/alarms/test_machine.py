"""The machine against its oracle: every state that can be reached, every event, and faults planted to be found."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, Final

import pytest

from hmi.domain.alarms import (
    ACTIVE_STATES,
    HIDDEN_STATES,
    LISTED_STATES,
    UNACKNOWLEDGED_STATES,
    AlarmEvent,
    AlarmRefusedError,
    AlarmState,
    AlarmStatus,
    AlarmStep,
    Happening,
    Traits,
    machine,
    step,
)
from hmi.domain.alarms.machine import EFFECTS, Effect
from tests.hmi.domain.alarms.alarm_oracle import EVENTS, LATER, NOW, UNTIL, Facts, Rules, answer, display

S, E = AlarmState, AlarmEvent
ALL_RULES: Final = tuple(Rules(*each) for each in itertools.product((False, True), repeat=3))


def happening(event: str, facts: Facts) -> Happening:
    name, _, detail = event.partition(" ")
    until = {"for nothing": NOW, "too long": NOW + 10_000_000_000}.get(detail, UNTIL) if "SH" in name else 0
    seen = facts.occurrence - 1 if detail == "old" else facts.occurrence
    return Happening(E(name), LATER if detail == "due" else NOW, seen, until)


def status_of(facts: Facts) -> AlarmStatus:
    return AlarmStatus(*facts)


def walk() -> tuple[int, list[str]]:
    """Return how many edges were walked and where machine and oracle part."""
    edges, wrong = 0, []
    for rules in ALL_RULES:
        traits = Traits(rules.latching, rules.ack_needed, 3600.0 if rules.may_shelve else 0.0)
        open_, known = [Facts()], {Facts()}
        while open_:
            facts = open_.pop()
            for event in EVENTS:
                edges += 1
                wanted = answer(facts, event, rules)
                try:
                    found: AlarmStep | None = step(status_of(facts), happening(event, facts), traits)
                except AlarmRefusedError:
                    found = None
                if found != (None if wanted is None else AlarmStep(status_of(wanted[0]), wanted[1])):
                    wrong.append(f"{rules} {display(facts)} {event}: {found} instead of {wanted}")
                if wanted is not None and wanted[0] not in known:
                    known.add(wanted[0])
                    open_.append(wanted[0])
    return edges, wrong


def test_every_state_and_event_agrees_with_the_oracle() -> None:
    edges, wrong = walk()
    assert wrong == []
    assert edges > 3000, "the walk reaches everything"


def _always_annunciate(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, is_active=False), is_annunciated=True)


def _forget_unacknowledged(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, is_suppressed=True, is_acknowledged=True))


def _acknowledge_anything(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, is_acknowledged=True))


def _keep_occurrence(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    raised = machine._raise(status, happening, traits)
    return AlarmStep(replace(raised.status, activated_us=status.activated_us), raised.is_annunciated)


def _raise_hidden_fresh(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    return AlarmStep(replace(machine._raise_hidden(status, happening, traits).status, is_acknowledged=False))


def _end_all(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    return machine._exit(replace(status, is_suppressed=False, shelved_until_us=0, is_one_shot=False), happening, traits)


def _early(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    return machine._end_shelving(status, happening, traits)


def _never_ends_one_shot(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, is_active=False))


def _any_length(status: AlarmStatus, happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, shelved_until_us=happening.until_us))


def _silent_return(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    return AlarmStep(machine._return(status, happening, traits).status)


FAULTS: Final[dict[str, tuple[str, object, object]]] = {
    "an acknowledged alarm disappears while it is still there": ("cell", (S.UNACK, E.ACKNOWLEDGE), Effect.LOWER),
    "an alarm that comes again unseen is not called again": ("cell", (S.RTNUN, E.ACTIVATE), Effect.RAISE_HIDDEN),
    "a latched alarm can be reset unseen": ("cell", (S.LUNACK, E.RESET), Effect.RESET),
    "a shelved alarm can be shelved again": ("cell", (S.SHLVD, E.SHELVE), Effect.SHELVE),
    "a hidden alarm can be acknowledged": ("cell", (S.DSUPR, E.ACKNOWLEDGE), Effect.ACKNOWLEDGE),
    "a removed alarm is suppressed and forgets it": ("cell", (S.OOSRV, E.SUPPRESS), Effect.NOTHING),
    "going calls": ("effect", Effect.LOWER, _always_annunciate),
    "suppression forgets what nobody saw": ("effect", Effect.SUPPRESS, _forget_unacknowledged),
    "an old occurrence is acknowledged": ("effect", Effect.ACKNOWLEDGE, _acknowledge_anything),
    "a new activation keeps the old occurrence": ("effect", Effect.RAISE, _keep_occurrence),
    "coming while hidden counts as unseen": ("effect", Effect.RAISE_HIDDEN, _raise_hidden_fresh),
    "one suppressor's end ends them all": ("effect", Effect.END_SUPPRESSION, _end_all),
    "shelving ends before its time": ("effect", Effect.END_SHELVING_DUE, _early),
    "a one-shot shelving outlives its alarm": ("effect", Effect.LOWER_HIDDEN, _never_ends_one_shot),
    "shelving has no maximum": ("effect", Effect.SHELVE, _any_length),
    "what is there when it returns to service is silent": ("effect", Effect.RETURN, _silent_return),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_walk_finds_a_planted_fault(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, key, wrong = FAULTS[fault]
    table: dict[Any, Any] = EFFECTS if where == "cell" else machine._DO
    monkeypatch.setitem(table, key, wrong)
    assert walk()[1], fault


def test_a_refusal_names_its_reason() -> None:
    reasons = {
        (AlarmStatus(), E.ACKNOWLEDGE): "already gone",
        (AlarmStatus(True), E.ACKNOWLEDGE): "already acknowledged",
        (AlarmStatus(False, False, True), E.RESET): "Acknowledge the alarm before",
        (AlarmStatus(shelved_until_us=9), E.ACKNOWLEDGE): "shelved",
        (AlarmStatus(is_suppressed=True), E.SHELVE): "suppressed by design",
        (AlarmStatus(is_out_of_service=True), E.RESET): "out of service",
        (AlarmStatus(), E.ONE_SHOT): "Only an alarm that is there",
        (AlarmStatus(True), E.UNSHELVE): "not shelved",
    }
    for (status, event), words in reasons.items():
        with pytest.raises(AlarmRefusedError, match=words):
            step(status, Happening(event, 10, until_us=20), Traits())


@pytest.mark.parametrize(
    ("traits", "length_us", "words"),
    [
        (Traits(shelve_most_s=0), 1, "may not be shelved"),
        (Traits(shelve_most_s=60), 60_000_001, "1 minutes at most"),
        (Traits(), 0, "choose how long"),
        (Traits(), -5, "choose how long"),
    ],
)
def test_shelving_has_bounds(traits: Traits, length_us: int, words: str) -> None:
    with pytest.raises(AlarmRefusedError, match=words):
        step(AlarmStatus(True, False), Happening(E.SHELVE, 10, until_us=10 + length_us), traits)


def test_the_named_sets_agree_with_the_states() -> None:
    assert UNACKNOWLEDGED_STATES | ACTIVE_STATES <= LISTED_STATES
    assert LISTED_STATES | HIDDEN_STATES | {S.NORM} == set(AlarmState)


def _cell(state: AlarmState, event: AlarmEvent) -> str:
    """Return what the table at the top of the machine's module must say of one pair."""
    effect = EFFECTS.get((state, event))
    if effect is None:
        return "✗"
    shown = {
        Effect.RAISE: "UNACK",
        Effect.LOWER: {S.UNACK: "RTNUN", S.ACKED: "NORM"}.get(state, "–"),
        Effect.ACKNOWLEDGE: {S.UNACK: "ACKED", S.RTNUN: "NORM", S.LUNACK: "LACKED"}.get(state, "–"),
        Effect.RESET: "NORM",
        Effect.SHELVE: "SHLVD",
        Effect.SHELVE_ONCE: "SHLVD",
        Effect.END_SHELVING: "exit" if state is S.SHLVD else "–",
        Effect.END_SHELVING_DUE: "exit" if state is S.SHLVD else "–",
        Effect.SUPPRESS: "–" if state is S.OOSRV else "DSUPR",
        Effect.END_SUPPRESSION: "exit" if state is S.DSUPR else "–",
        Effect.REMOVE: "OOSRV",
        Effect.RETURN: "exit",
    }
    return shown.get(effect, "–")


def test_the_table_that_people_read_is_the_table_that_runs() -> None:
    assert machine.__doc__ is not None
    lines = [line.split("|") for line in machine.__doc__.splitlines() if line.count("|") == len(AlarmEvent)]
    written = {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines}
    assert written.pop("state") == list(AlarmEvent)
    assert written == {state.value: [_cell(state, event) for event in AlarmEvent] for state in AlarmState}
