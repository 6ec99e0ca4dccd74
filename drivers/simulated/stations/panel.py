"""A station's control panel: how each of its points is read, and what the writable ones do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drivers.simulated.model import PointValue
from drivers.simulated.physics.pump import Pump
from drivers.simulated.physics.tank import Tank
from drivers.simulated.physics.valve import Valve

Read = Callable[[], PointValue]
Take = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Now:
    """The step a station is asked to make: its length and the world around it."""

    dt_s: float
    hour: float
    air_c: float
    irradiance: float = 0.0


class Setpoint:
    """What an operator wants, and what the controller uses since its last step."""

    def __init__(self, value: float) -> None:
        self.wanted = value
        self.in_use = value

    def operate(self, value: float) -> None:
        """Take an operator's value."""
        self.wanted = value

    def step(self) -> None:
        """Let the controller take it over."""
        self.in_use = self.wanted


class Panel:
    """The points of one station by key."""

    def __init__(self) -> None:
        self.reads: dict[str, Read] = {}
        self.commands: dict[str, Take] = {}
        self.setpoints: list[Setpoint] = []

    def show(self, **reads: Read) -> None:
        """Add points; a double underscore stands for the dot of a key."""
        self.reads.update((key.replace("__", "."), read) for key, read in reads.items())

    def add_pump(
        self, key: str, pump: Pump, *, power: bool = False, temperature: bool = False, speed: bool = False
    ) -> None:
        """Add a pump's points; the flags say what is measured on it."""

        def set_mode(is_auto: bool) -> None:
            pump.is_auto = is_auto

        def reset(is_pressed: bool) -> None:
            if is_pressed:
                pump.reset()

        self.reads |= {
            f"{key}.Start": lambda: pump.requested,
            f"{key}.Run": lambda: pump.is_running,
            f"{key}.Mode": lambda: pump.is_auto,
            f"{key}.Trip": lambda: pump.is_tripped,
            f"{key}.Reset": lambda: False,
            f"{key}.Ready": lambda: pump.is_ready,
            f"{key}.Current": lambda: pump.current_a,
            f"{key}.Hours": lambda: int(pump.hours),
            f"{key}.Starts": lambda: pump.starts,
        }
        if power:
            self.reads[f"{key}.Power"] = lambda: pump.power_kw
        if temperature:
            self.reads[f"{key}.Temp"] = lambda: pump.temperature_c
        if speed:
            self.reads[f"{key}.Speed"] = lambda: pump.speed * 100.0
        self.commands |= {f"{key}.Start": pump.operate, f"{key}.Mode": set_mode, f"{key}.Reset": reset}

    def add_valve(self, key: str, valve: Valve) -> None:
        """Add a valve's points."""

        def set_mode(is_auto: bool) -> None:
            valve.is_auto = is_auto

        self.reads |= {
            f"{key}.Cmd": lambda: valve.commanded,
            f"{key}.Pos": lambda: valve.position,
            f"{key}.Mode": lambda: valve.is_auto,
        }
        self.commands |= {f"{key}.Cmd": valve.operate, f"{key}.Mode": set_mode}

    def add_setpoint(self, key: str, value: float) -> Setpoint:
        """Add a setpoint and the value in use, and return it."""
        setpoint = Setpoint(value)
        self.reads |= {key: lambda: setpoint.wanted, f"{key}InUse": lambda: setpoint.in_use}
        self.commands[key] = setpoint.operate
        self.setpoints.append(setpoint)
        return setpoint

    def add_tank(self, key: str, tank: Tank) -> None:
        """Add a tank's level."""
        self.reads[f"{key}.Level"] = lambda: tank.level_m

    def step(self) -> None:
        """Let every setpoint take effect."""
        for setpoint in self.setpoints:
            setpoint.step()
