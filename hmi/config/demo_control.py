"""What the demo plant's own description does not say of its controls: who must agree, how fast, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hmi.domain.commands import SafetyLevel

TRAITS: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("TW1", "Dose.SP"): {"level": SafetyLevel.PASSWORD, "step_most": 0.5},
    ("TW1", "V2.Cmd"): {"level": SafetyLevel.SECOND_PERSON},
    ("CL1", "Dose.SP"): {"level": SafetyLevel.PASSWORD, "step_most": 0.3},
    ("PR1", "P1.Start"): {"level": SafetyLevel.SECOND_PERSON, "is_alone_allowed": True},
    ("BP1", "Out.PressureSP"): {"ramp_per_s": 0.2},
    ("BP2", "Out.PressureSP"): {"ramp_per_s": 0.2},
}
"""Fields of hmi.domain.commands.Control by station and control."""

Steps = tuple[tuple[str, float, str], ...]

SEQUENCES: Final[Mapping[str, Mapping[str, Steps]]] = {
    "BP1": {
        "Change over to pump 2": (
            ("P2.Start", 1.0, ""),
            ("", 0.0, "Does pump 2 deliver, and is the pressure steady?"),
            ("P1.Start", 0.0, ""),
        )
    },
    "TW1": {
        "Isolate the works": (
            ("P1.Start", 0.0, ""),
            ("P2.Start", 0.0, ""),
            ("", 0.0, "Have both pumps come to rest?"),
            ("V1.Cmd", 0.0, ""),
        )
    },
}
"""Steps of each sequence: a control and its value, or a hold point and what to look at."""
