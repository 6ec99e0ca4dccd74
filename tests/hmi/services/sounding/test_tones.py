"""The tones: patterns that differ, files that any player takes."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from hmi.domain.alarms import Priority
from hmi.services.sounding.tones import PATTERNS, RATE_HZ, samples, tone_file


def pulses(priority: Priority) -> int:
    """Count the pulses that are heard: stretches louder than a tenth of the loudest, 30 ms apart."""
    tone = np.abs(samples(PATTERNS[priority], 100).astype(float))
    step = RATE_HZ * 30 // 1000
    loud = [tone[at : at + step].max() > tone.max() / 10 for at in range(0, len(tone), step)]
    return sum(now and not before for before, now in zip([False, *loud], loud, strict=False))


def test_urgency_is_heard_without_knowing_the_pitch() -> None:
    assert [pulses(each) for each in Priority] == [6, 3, 2, 1]
    assert sorted((pattern.pitch_hz for pattern in PATTERNS.values()), reverse=True) == [
        PATTERNS[each].pitch_hz for each in Priority
    ]
    for priority in Priority:
        assert len(samples(PATTERNS[priority], 100)) < 2 * RATE_HZ


def test_a_file_is_written_once_and_quieter_by_the_volume(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    loud, quiet = (tone_file(folder, Priority.HIGH, volume) for volume in (100, 10))
    written_ns = loud.stat().st_mtime_ns
    assert tone_file(folder, Priority.HIGH, 100) == loud
    assert loud.stat().st_mtime_ns == written_ns
    peaks = []
    for path in (loud, quiet):
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
            peaks.append(np.abs(np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(int)).max())
    assert 0 < peaks[1] < peaks[0] / 50
    assert peaks[0] < 32_767
    assert sorted(each.name for each in folder.iterdir()) == ["alarm-2-10.wav", "alarm-2-100.wav"]
