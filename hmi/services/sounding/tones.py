"""The tones: one pattern a priority, written as WAV files when they are first needed.

After IEC 60601-1-8: more pulses, faster and higher the more urgent; a base with harmonics, which ears can place and
which one bad loudspeaker does not swallow whole. They are made here so that the volume is in the file: none of the
players can be relied on to set it.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hmi.domain.alarms import Priority

RATE_HZ: Final = 22_050
FADE_S: Final = 0.015
HARMONICS: Final = (1.0, 0.5, 0.35, 0.25)
LOUDEST: Final = 0.9 * 32_767


@dataclass(frozen=True, slots=True)
class Pattern:
    """Pulses of pulse_s with gap_s between them; after each burst but the last a pause of rest_s."""

    pitch_hz: float
    pulses: int
    pulse_s: float
    gap_s: float
    bursts: int = 1
    rest_s: float = 0.0


PATTERNS: Final = {
    Priority.CRITICAL: Pattern(988.0, 3, 0.11, 0.07, bursts=2, rest_s=0.25),
    Priority.HIGH: Pattern(784.0, 3, 0.17, 0.13),
    Priority.MEDIUM: Pattern(587.0, 2, 0.24, 0.22),
    Priority.LOW: Pattern(440.0, 1, 0.5, 0.0),
}


def tone_file(folder: Path, priority: Priority, volume: int) -> Path:
    """Return a tone's file, written when it is not there. volume: 1 to 100. Blocks; raises OSError."""
    path = folder / f"alarm-{int(priority)}-{volume}.wav"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        _write(part, samples(PATTERNS[priority], volume))
        part.replace(path)  # a player never sees half a file
    return path


def samples(pattern: Pattern, volume: int) -> npt.NDArray[np.int16]:
    """Return a tone, one channel of 16 bits at RATE_HZ."""
    pulse, gap, rest = _pulse(pattern), _silence(pattern.gap_s), _silence(pattern.rest_s)
    burst = np.concatenate([part for _ in range(pattern.pulses) for part in (pulse, gap)])
    whole = np.concatenate([part for _ in range(pattern.bursts) for part in (burst, rest)])
    # Ears hear loudness as the square of the amplitude, about.
    return np.asarray(np.trim_zeros(whole, "b") * LOUDEST * (volume / 100) ** 2, dtype="<i2")


def _pulse(pattern: Pattern) -> npt.NDArray[np.float64]:
    time_s = np.arange(round(pattern.pulse_s * RATE_HZ)) / RATE_HZ
    wave_form: npt.NDArray[np.float64] = np.zeros(len(time_s))
    for number, share in enumerate(HARMONICS, 1):
        wave_form += share * np.sin(2 * np.pi * pattern.pitch_hz * number * time_s)
    edge: npt.NDArray[np.float64] = np.minimum(np.minimum(time_s, pattern.pulse_s - time_s) / FADE_S, 1.0)
    pulse: npt.NDArray[np.float64] = wave_form / np.abs(wave_form).max() * edge
    return pulse


def _silence(length_s: float) -> npt.NDArray[np.float64]:
    return np.zeros(round(length_s * RATE_HZ))


def _write(path: Path, tone: npt.NDArray[np.int16]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(tone.tobytes())
