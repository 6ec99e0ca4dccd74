"""What is being typed of the sound; no Qt."""

from __future__ import annotations

from typing import Any

from hmi.config.faults import build
from hmi.config.sound_settings import LEAST_GAP_S, PrioritySound, SoundSettings
from hmi.domain.alarms import Priority
from hmi.domain.language import tr
from hmi.ui.words import number_of


class SoundDraft:
    """The sound's settings as they are typed; they follow those that are kept until somebody types."""

    def __init__(self) -> None:
        self._kept = SoundSettings()
        self.is_quiet = False
        self.volume = ""
        self.is_on: dict[Priority, bool] = {}
        self.repeat: dict[Priority, str] = {}
        self.let_go()

    @property
    def is_changed(self) -> bool:
        return self._texts() != self._texts_of(self._kept)

    def take(self, kept: SoundSettings) -> None:
        """Take up the settings that are kept; what is being typed stays."""
        is_changed = self.is_changed
        self._kept = kept
        if not is_changed:
            self.let_go()

    def let_go(self) -> None:
        """Go back to what is kept."""
        kept = self._kept
        self.is_quiet, self.volume = kept.is_quiet, str(kept.volume)
        self.is_on = {each: kept.of(each).is_on for each in Priority}
        self.repeat = {each: f"{kept.of(each).repeat_s:g}" for each in Priority}

    def check(self) -> tuple[SoundSettings | None, dict[str, str]]:
        """Return the settings, or what is wrong: by "volume", or by a priority's name."""
        faults: dict[str, str] = {}
        sounds: dict[str, Any] = {}
        for priority in Priority:
            name = priority.name.lower()
            number = number_of(self.repeat[priority])
            sound, found = build(
                PrioritySound,
                {"is_on": self.is_on[priority], "repeat_s": self.repeat[priority] if number is None else number},
            )
            if sound is None:
                faults[name] = " ".join(found.values())
            elif 0 < sound.repeat_s < LEAST_GAP_S:
                faults[name] = tr("0 for once, or at least {seconds:g} s.").format(seconds=LEAST_GAP_S)
            else:
                sounds[name] = sound
        settings, found = build(SoundSettings, {"is_quiet": self.is_quiet, "volume": self.volume, **sounds})
        faults |= found
        return (settings, {}) if not faults else (None, faults)

    def _texts(self) -> tuple[object, ...]:
        repeat = tuple(each.strip() for each in self.repeat.values())
        return self.is_quiet, self.volume.strip(), tuple(self.is_on.values()), repeat

    @staticmethod
    def _texts_of(kept: SoundSettings) -> tuple[object, ...]:
        sounds = [kept.of(each) for each in Priority]
        repeat = tuple(f"{each.repeat_s:g}" for each in sounds)
        return kept.is_quiet, str(kept.volume), tuple(each.is_on for each in sounds), repeat
