from __future__ import annotations

import itertools

import pytest

from hmi.domain.alarms import (
    ACTIVE_STATES,
    TRANSITIONS,
    UNACKNOWLEDGED_STATES,
    AlarmEvent,
    AlarmRefusedError,
    AlarmState,
    step,
)

N, U, A, R = AlarmState.NORM, AlarmState.UNACK, AlarmState.ACKED, AlarmState.RTNUN


def oracle(is_active: bool, is_acknowledged: bool, event: AlarmEvent) -> tuple[bool, bool] | None:
    """ISA-18.2's two facts, written without the table: (active, acknowledged), or None for a refusal."""
    if event is AlarmEvent.ACKNOWLEDGE:
        return None if is_acknowledged else (is_active, True)
    if event is AlarmEvent.CLEAR:
        return False, is_acknowledged
    return True, is_acknowledged if is_active else False


FACTS = {N: (False, True), U: (True, False), A: (True, True), R: (False, False)}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(AlarmState, AlarmEvent)))
def test_every_cell_agrees_with_the_oracle(state: AlarmState, event: AlarmEvent) -> None:
    wanted = oracle(*FACTS[state], event)
    if wanted is None:
        with pytest.raises(AlarmRefusedError):
            step(state, event)
    else:
        assert FACTS[step(state, event)] == wanted


def test_a_refusal_names_its_reason() -> None:
    with pytest.raises(AlarmRefusedError, match="already acknowledged"):
        step(A, AlarmEvent.ACKNOWLEDGE)


def test_the_named_sets_agree_with_the_facts() -> None:
    assert {state for state, (active, _) in FACTS.items() if active} == ACTIVE_STATES
    assert {state for state, (_, acknowledged) in FACTS.items() if not acknowledged} == UNACKNOWLEDGED_STATES


def test_no_transition_leads_out_of_the_table() -> None:
    assert {state for state, _ in TRANSITIONS} == set(AlarmState) == set(TRANSITIONS.values())
