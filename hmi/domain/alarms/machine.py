"""The state machine of one alarm (ISA-18.2-2016, 5.2; IEC 62682): parallel regions, one state that is shown.

The table is the machine. It says what an event does in the state that is shown; what it does to the regions is one
function an effect. `–` has no effect that shows, `✗` is refused with a reason and changes nothing.

    state  | ACTIVATE | CLEAR | ACKNOWLEDGE | RESET | SHELVE | ONE_SHOT | UNSHELVE | TIME | SUPPRESS | UNSUPPRESS | REMOVE | RETURN
    NORM   | UNACK    | –     | ✗           | ✗     | SHLVD  | ✗        | ✗        | –    | DSUPR    | –          | OOSRV  | –
    UNACK  | –        | RTNUN | ACKED       | ✗     | SHLVD  | SHLVD    | ✗        | –    | DSUPR    | –          | OOSRV  | –
    ACKED  | –        | NORM  | ✗           | ✗     | SHLVD  | SHLVD    | ✗        | –    | DSUPR    | –          | OOSRV  | –
    RTNUN  | UNACK    | –     | NORM        | ✗     | SHLVD  | ✗        | ✗        | –    | DSUPR    | –          | OOSRV  | –
    LUNACK | UNACK    | –     | LACKED      | ✗     | SHLVD  | ✗        | ✗        | –    | DSUPR    | –          | OOSRV  | –
    LACKED | UNACK    | –     | ✗           | NORM  | SHLVD  | ✗        | ✗        | –    | DSUPR    | –          | OOSRV  | –
    SHLVD  | –        | –     | ✗           | ✗     | ✗      | ✗        | exit     | exit | DSUPR    | –          | OOSRV  | –
    DSUPR  | –        | –     | ✗           | ✗     | ✗      | ✗        | –        | –    | –        | exit       | OOSRV  | –
    OOSRV  | –        | –     | ✗           | ✗     | ✗      | ✗        | –        | –    | –        | –          | –      | exit

A latching alarm clears from UNACK to LUNACK and from ACKED to LACKED; one that needs no acknowledgement activates to
ACKED. A one-shot shelving ends when the alarm clears. UNSHELVE of what is not shelved is refused everywhere. An exit
shows what the regions then say: while another suppressor holds, that one (SHLVD, DSUPR); when the last has gone

    active                                 → UNACK, annunciated, a new occurrence
    latched                                → LUNACK, annunciated
    unacknowledged when it was suppressed  → RTNUN
    else                                   → NORM

What comes and goes while suppressed leaves its row in the journal and nothing else.
"""  # noqa: E501  # a table of twelve columns

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Final


class AlarmState(StrEnum):
    """What is shown of an alarm."""

    NORM = "NORM"
    UNACK = "UNACK"
    ACKED = "ACKED"
    RTNUN = "RTNUN"
    LUNACK = "LUNACK"
    LACKED = "LACKED"
    SHLVD = "SHLVD"
    DSUPR = "DSUPR"
    OOSRV = "OOSRV"


class AlarmEvent(StrEnum):
    """What can happen to an alarm. REMOVE and RETURN: out of service and back."""

    ACTIVATE = "ACTIVATE"
    CLEAR = "CLEAR"
    ACKNOWLEDGE = "ACKNOWLEDGE"
    RESET = "RESET"
    SHELVE = "SHELVE"
    ONE_SHOT = "ONE_SHOT"
    UNSHELVE = "UNSHELVE"
    TIME = "TIME"
    SUPPRESS = "SUPPRESS"
    UNSUPPRESS = "UNSUPPRESS"
    REMOVE = "REMOVE"
    RETURN = "RETURN"


class AlarmRefusedError(Exception):
    """An event that the machine refuses; its text is the reason for the operator."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What the machine must know of a record. shelve_most_s: 0 when it may not be shelved at all."""

    is_latching: bool = False
    needs_acknowledgement: bool = True
    shelve_most_s: float = 28_800.0


@dataclass(frozen=True, slots=True)
class AlarmStatus:
    """The regions. shelved_until_us: UTC µs, 0 for not shelved. activated_us: of the occurrence, 0 for never."""

    is_active: bool = False
    is_acknowledged: bool = True
    is_latched: bool = False
    shelved_until_us: int = 0
    is_one_shot: bool = False
    is_suppressed: bool = False
    is_out_of_service: bool = False
    activated_us: int = 0

    @property
    def state(self) -> AlarmState:
        """The state that is shown."""
        if self.is_out_of_service:
            return AlarmState.OOSRV
        if self.is_suppressed:
            return AlarmState.DSUPR
        if self.shelved_until_us:
            return AlarmState.SHLVD
        if self.is_active:
            return AlarmState.ACKED if self.is_acknowledged else AlarmState.UNACK
        if self.is_latched:
            return AlarmState.LACKED if self.is_acknowledged else AlarmState.LUNACK
        return AlarmState.NORM if self.is_acknowledged else AlarmState.RTNUN


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. at_us: UTC µs. occurrence_us: of an acknowledgement, the activation that was seen.

    until_us: of a shelving, when it ends at the latest.
    """

    event: AlarmEvent
    at_us: int
    occurrence_us: int = 0
    until_us: int = 0


@dataclass(frozen=True, slots=True)
class AlarmStep:
    """Where an event led. is_annunciated: the operator must be called."""

    status: AlarmStatus
    is_annunciated: bool = False


class Effect(Enum):
    """What an event does to the regions."""

    NOTHING = "–"
    RAISE = "raise"
    RAISE_HIDDEN = "raise hidden"
    LOWER = "lower"
    LOWER_HIDDEN = "lower hidden"
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"
    SHELVE = "shelve"
    SHELVE_ONCE = "shelve once"
    END_SHELVING = "end shelving"
    END_SHELVING_DUE = "end shelving when due"
    SUPPRESS = "suppress"
    END_SUPPRESSION = "end suppression"
    REMOVE = "remove"
    RETURN = "return"


_S, _E = AlarmState, AlarmEvent
_COLUMNS: Final = tuple(AlarmEvent)
_X: Final = None
_N: Final = Effect.NOTHING
_SHOWN: Final = (Effect.SUPPRESS, _N, Effect.REMOVE, _N)
"""SUPPRESS, UNSUPPRESS, REMOVE and RETURN of every state that is shown."""

# fmt: off
_ROWS: Final[dict[AlarmState, tuple[Effect | None, ...]]] = {
    _S.NORM: (Effect.RAISE, _N, _X, _X, Effect.SHELVE, _X, _X, _N, *_SHOWN),
    _S.UNACK: (_N, Effect.LOWER, Effect.ACKNOWLEDGE, _X, Effect.SHELVE, Effect.SHELVE_ONCE, _X, _N, *_SHOWN),
    _S.ACKED: (_N, Effect.LOWER, _X, _X, Effect.SHELVE, Effect.SHELVE_ONCE, _X, _N, *_SHOWN),
    _S.RTNUN: (Effect.RAISE, _N, Effect.ACKNOWLEDGE, _X, Effect.SHELVE, _X, _X, _N, *_SHOWN),
    _S.LUNACK: (Effect.RAISE, _N, Effect.ACKNOWLEDGE, _X, Effect.SHELVE, _X, _X, _N, *_SHOWN),
    _S.LACKED: (Effect.RAISE, _N, _X, Effect.RESET, Effect.SHELVE, _X, _X, _N, *_SHOWN),
    _S.SHLVD: (
        Effect.RAISE_HIDDEN, Effect.LOWER_HIDDEN, _X, _X, _X, _X,
        Effect.END_SHELVING, Effect.END_SHELVING_DUE, *_SHOWN,
    ),
    _S.DSUPR: (
        Effect.RAISE_HIDDEN, Effect.LOWER_HIDDEN, _X, _X, _X, _X,
        Effect.END_SHELVING, Effect.END_SHELVING_DUE, _N, Effect.END_SUPPRESSION, Effect.REMOVE, _N,
    ),
    _S.OOSRV: (
        Effect.RAISE_HIDDEN, Effect.LOWER_HIDDEN, _X, _X, _X, _X,
        Effect.END_SHELVING, Effect.END_SHELVING_DUE, Effect.SUPPRESS, Effect.END_SUPPRESSION, _N, Effect.RETURN,
    ),
}
# fmt: on

EFFECTS: Final[dict[tuple[AlarmState, AlarmEvent], Effect]] = {
    (state, event): effect
    for state, row in _ROWS.items()
    for event, effect in zip(_COLUMNS, row, strict=True)
    if effect is not None
}
"""The table; a pair that is missing is refused."""

HIDDEN_STATES: Final = frozenset({_S.SHLVD, _S.DSUPR, _S.OOSRV})
ACTIVE_STATES: Final = frozenset({_S.UNACK, _S.ACKED})
UNACKNOWLEDGED_STATES: Final = frozenset({_S.UNACK, _S.RTNUN, _S.LUNACK})
LISTED_STATES: Final = frozenset({_S.UNACK, _S.ACKED, _S.RTNUN, _S.LUNACK, _S.LACKED})
"""What stands in the list of active alarms: an acknowledged alarm that is still there, too."""

_HIDDEN_REASONS: Final = {
    _S.SHLVD: "The alarm is shelved.",
    _S.DSUPR: "The alarm is suppressed by design.",
    _S.OOSRV: "The alarm is out of service.",
}
_REASONS: Final = {
    (_S.NORM, _E.ACKNOWLEDGE): "The alarm has already gone.",
    (_S.ACKED, _E.ACKNOWLEDGE): "The alarm is already acknowledged.",
    (_S.LACKED, _E.ACKNOWLEDGE): "The alarm is already acknowledged.",
    (_S.NORM, _E.RESET): "The alarm is normal; there is nothing to reset.",
    (_S.UNACK, _E.RESET): "The alarm is still there; it can be reset when its cause has gone.",
    (_S.ACKED, _E.RESET): "The alarm is still there; it can be reset when its cause has gone.",
    (_S.RTNUN, _E.RESET): "The alarm does not latch; acknowledge it.",
    (_S.LUNACK, _E.RESET): "Acknowledge the alarm before it is reset.",
    (_S.SHLVD, _E.SHELVE): "The alarm is already shelved.",
    (_S.SHLVD, _E.ONE_SHOT): "The alarm is already shelved.",
}
_ONE_SHOT_REASON: Final = "Only an alarm that is there can be shelved until it clears."
_UNSHELVE_REASON: Final = "The alarm is not shelved."
OLD_OCCURRENCE: Final = "The alarm has come anew since; look at it again."


def step(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    """Return where an event leads. Raises AlarmRefusedError, and then nothing has changed.

    A step whose status equals the one before had no effect and has no row in the journal.
    """
    state = status.state
    effect = EFFECTS.get((state, happening.event))
    if effect is None:
        raise AlarmRefusedError(_reason(state, happening.event))
    return _DO[effect](status, happening, traits)


def _reason(state: AlarmState, event: AlarmEvent) -> str:
    if (state, event) in _REASONS:
        return _REASONS[state, event]
    if event is AlarmEvent.UNSHELVE:
        return _UNSHELVE_REASON
    return _HIDDEN_REASONS.get(state, _ONE_SHOT_REASON)


def _nothing(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(status)


def _raise(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    raised = replace(
        status,
        is_active=True,
        is_acknowledged=not traits.needs_acknowledgement,
        is_latched=traits.is_latching,
        activated_us=happening.at_us,
    )
    return AlarmStep(raised, is_annunciated=True)


def _raise_hidden(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    # Acknowledged or not is left as it was: what nobody had seen before it was hidden is not forgotten.
    return AlarmStep(
        status
        if status.is_active
        else replace(
            status,
            is_active=True,
            is_latched=status.is_latched or traits.is_latching,
            activated_us=happening.at_us,
        )
    )


def _lower(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, is_active=False))


def _lower_hidden(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    if not status.is_active:
        return AlarmStep(status)
    lowered = replace(status, is_active=False)
    return _end_shelving(lowered, happening, traits) if status.is_one_shot else AlarmStep(lowered)


def _acknowledge(status: AlarmStatus, happening: Happening, _traits: Traits) -> AlarmStep:
    if happening.occurrence_us != status.activated_us:
        raise AlarmRefusedError(OLD_OCCURRENCE)
    return AlarmStep(replace(status, is_acknowledged=True))


def _reset(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, is_latched=False))


def _shelve(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    length_us = happening.until_us - happening.at_us
    if not traits.shelve_most_s:
        raise AlarmRefusedError("This alarm may not be shelved.")
    if length_us <= 0:
        raise AlarmRefusedError("An alarm is shelved for a time; choose how long.")
    if length_us > round(traits.shelve_most_s * 1e6):
        raise AlarmRefusedError(f"This alarm may be shelved for {traits.shelve_most_s / 60:g} minutes at most.")
    return AlarmStep(
        replace(status, shelved_until_us=happening.until_us, is_one_shot=happening.event is AlarmEvent.ONE_SHOT)
    )


def _end_shelving(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    if not status.shelved_until_us:
        if happening.event is AlarmEvent.UNSHELVE:
            raise AlarmRefusedError(_UNSHELVE_REASON)
        return AlarmStep(status)
    return _exit(replace(status, shelved_until_us=0, is_one_shot=False), happening, traits)


def _end_shelving_due(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    if happening.at_us < status.shelved_until_us:
        return AlarmStep(status)
    return _end_shelving(status, happening, traits)


def _suppress(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, is_suppressed=True))


def _end_suppression(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    if not status.is_suppressed:
        return AlarmStep(status)
    return _exit(replace(status, is_suppressed=False), happening, traits)


def _remove(status: AlarmStatus, _happening: Happening, _traits: Traits) -> AlarmStep:
    return AlarmStep(replace(status, is_out_of_service=True))


def _return(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    return _exit(replace(status, is_out_of_service=False), happening, traits)


def _exit(status: AlarmStatus, happening: Happening, traits: Traits) -> AlarmStep:
    """Show what is there now that a suppressor has gone; another one may still hold."""
    if status.state in HIDDEN_STATES:
        return AlarmStep(status)
    if status.is_active:
        return _raise(status, happening, traits)
    if status.is_latched:
        return AlarmStep(replace(status, is_acknowledged=not traits.needs_acknowledgement), is_annunciated=True)
    return AlarmStep(status)


_DO: Final[dict[Effect, Callable[[AlarmStatus, Happening, Traits], AlarmStep]]] = {
    Effect.NOTHING: _nothing,
    Effect.RAISE: _raise,
    Effect.RAISE_HIDDEN: _raise_hidden,
    Effect.LOWER: _lower,
    Effect.LOWER_HIDDEN: _lower_hidden,
    Effect.ACKNOWLEDGE: _acknowledge,
    Effect.RESET: _reset,
    Effect.SHELVE: _shelve,
    Effect.SHELVE_ONCE: _shelve,
    Effect.END_SHELVING: _end_shelving,
    Effect.END_SHELVING_DUE: _end_shelving_due,
    Effect.SUPPRESS: _suppress,
    Effect.END_SUPPRESSION: _end_suppression,
    Effect.REMOVE: _remove,
    Effect.RETURN: _return,
}
