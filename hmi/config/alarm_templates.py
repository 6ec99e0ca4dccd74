"""Templates of alarms, one for each kind of measurement: what a chosen tag's records begin with.

Described once, for the form, the checks and the file: kept as one setting in roams.db. A template proposes; it never
changes a record that is there. Delays and deadbands are the starting values that EEMUA 191 and ISA-18.2 give.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hmi.domain.alarms import AlarmType, Priority
from hmi.domain.language import tr

KEY: Final = "alarm_templates"
TEMPLATES_MOST: Final = 30
DELAY_MOST_S: Final = 3600.0

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


def _number(default: float, label: str, text: str, unit: str, low: float, high: float) -> Any:
    return Field(default, title=label, description=text, ge=low, le=high, json_schema_extra={"unit": unit})


class Proposal(BaseModel):
    """One alarm of a template. is_on: whether it is proposed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: AlarmType
    is_on: bool = True
    share: float = _number(
        80,
        tr("Limit"),
        tr("Of the tag's range from its lower end; of the whole range a minute for a rate; the state of a state."),
        "%",
        0,
        1000,
    )
    priority: Priority = Priority.MEDIUM
    consequence: Text = ""
    action: Text = ""


class AlarmTemplate(BaseModel):
    """What the records of one kind of measurement begin with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    quantities: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    on_delay_s: float = _number(0, tr("On delay"), tr("Beyond the limit for so long."), "s", 0, DELAY_MOST_S)
    off_delay_s: float = _number(0, tr("Off delay"), tr("Back for so long."), "s", 0, DELAY_MOST_S)
    deadband: float = _number(2, tr("Deadband"), tr("Of the tag's range, back from the limit."), "%", 0, 50)
    window_s: float = _number(60, tr("Window of a rate"), tr("A slope is taken over so long."), "s", 1, 86_400)
    proposals: tuple[Proposal, ...] = Field(default=(), max_length=12)


def _limits(
    on: tuple[AlarmType, ...], shares: dict[AlarmType, float], texts: dict[str, tuple[str, str]]
) -> tuple[Proposal, ...]:
    """Return the usual proposals of a measured value; texts: consequence and action, of high and low ones."""
    priorities = {AlarmType.HIGH_HIGH: Priority.HIGH, AlarmType.LOW_LOW: Priority.HIGH}
    found = []
    for alarm_type, share in shares.items():
        side = "low" if alarm_type in (AlarmType.LOW, AlarmType.LOW_LOW) else "high"
        consequence, action = texts[side]
        found.append(
            Proposal(
                type=alarm_type,
                is_on=alarm_type in on,
                share=share,
                priority=priorities.get(alarm_type, Priority.MEDIUM),
                consequence=consequence,
                action=action,
            )
        )
    rate = Proposal(type=AlarmType.RATE_OF_CHANGE, is_on=False, share=50, priority=Priority.MEDIUM)
    quality = Proposal(type=AlarmType.QUALITY, is_on=False, share=0, priority=Priority.LOW)
    return (*found, rate, quality)


_SHARES: Final = {AlarmType.HIGH_HIGH: 90.0, AlarmType.HIGH: 80.0, AlarmType.LOW: 20.0, AlarmType.LOW_LOW: 10.0}
_ALL: Final = tuple(_SHARES)
_FLOW: Final = AlarmTemplate(
    name=tr("Flow"),
    quantities=("flow",),
    units=("m³/h", "l/s", "l/min", "m³/d", "l/h", "m³/s"),
    on_delay_s=15,
    off_delay_s=15,
    deadband=5,
    proposals=_limits(
        (AlarmType.HIGH, AlarmType.LOW),
        _SHARES,
        {
            "high": (
                tr("A main may have burst, or a valve is too far open."),
                tr("Look for a burst; close the valve."),
            ),
            "low": (tr("Too little arrives downstream."), tr("Check the pump, its valves and its source.")),
        },
    ),
)
_LEVEL: Final = AlarmTemplate(
    name=tr("Level"),
    quantities=("level",),
    units=("m", "cm", "mm"),
    on_delay_s=60,
    off_delay_s=60,
    deadband=5,
    proposals=_limits(
        _ALL,
        _SHARES,
        {
            "high": (tr("It overflows."), tr("Stop the filling; check the inlet valve.")),
            "low": (tr("It runs empty; pumps run dry."), tr("Start the filling; lower what is drawn.")),
        },
    ),
)
_PRESSURE: Final = AlarmTemplate(
    name=tr("Pressure"),
    quantities=("pressure",),
    units=("bar", "mbar", "kPa", "Pa", "MPa", "psi"),
    on_delay_s=15,
    off_delay_s=15,
    deadband=2,
    proposals=_limits(
        _ALL,
        _SHARES,
        {
            "high": (tr("Pipes and seals may break."), tr("Lower the speed of the pump, or open a valve.")),
            "low": (tr("Consumers get too little pressure."), tr("Check the pumps; look for a burst.")),
        },
    ),
)
_TEMPERATURE: Final = AlarmTemplate(
    name=tr("Temperature"),
    quantities=("temperature",),
    units=("°C", "°F", "K"),
    on_delay_s=60,
    off_delay_s=60,
    deadband=1,
    proposals=_limits(
        (AlarmType.HIGH_HIGH, AlarmType.HIGH),
        _SHARES,
        {
            "high": (tr("The equipment overheats and trips."), tr("Check the cooling; lower the load.")),
            "low": (tr("It may freeze."), tr("Check the heating.")),
        },
    ),
)
_OTHER: Final = AlarmTemplate(
    name=tr("Other measured value"),
    on_delay_s=10,
    off_delay_s=10,
    deadband=2,
    proposals=_limits((AlarmType.HIGH, AlarmType.LOW), _SHARES, {"high": ("", ""), "low": ("", "")}),
)
_STATE: Final = AlarmTemplate(
    name=tr("State"),
    quantities=("trip",),
    deadband=0,
    proposals=(
        Proposal(
            type=AlarmType.DISCRETE,
            share=100,
            priority=Priority.HIGH,
            consequence=tr("The equipment has stopped."),
            action=tr("Find out why; reset it when the cause is gone."),
        ),
    ),
)


class AlarmTemplates(BaseModel):
    """All templates; for a tag the first one that fits is proposed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    templates: tuple[AlarmTemplate, ...] = Field(
        default=(_FLOW, _LEVEL, _PRESSURE, _TEMPERATURE, _OTHER, _STATE), min_length=1, max_length=TEMPLATES_MOST
    )
