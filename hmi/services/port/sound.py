"""The sound of alarms: silencing it, trying it out, and its settings."""

from __future__ import annotations

from dataclasses import dataclass

from hmi.config.sound_settings import SoundSettings
from hmi.domain.alarms import Priority
from hmi.services.port.requests import Request


@dataclass(frozen=True, slots=True)
class SoundStatus:
    """How alarms sound now.

    is_sounding: something calls and is heard. is_silenced: something is unacknowledged that was silenced. priority:
    the most urgent that calls. fault: why nothing can be heard, in words. is_quiet: all sound is switched off.
    """

    is_sounding: bool = False
    is_silenced: bool = False
    priority: Priority | None = None
    fault: str = ""
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class SilenceSound(Request[None]):
    """Quiet what sounds now; nothing is acknowledged, and the next annunciation sounds again."""


@dataclass(frozen=True, slots=True)
class TestSound(Request[str]):
    """Play the tone of a priority now, switched off or not; answers how, refused in words when nothing came out."""

    __test__ = False  # no test of pytest's

    priority: Priority


@dataclass(frozen=True, slots=True)
class ReadSoundSettings(Request[SoundSettings]):
    """Ask how alarms sound."""


@dataclass(frozen=True, slots=True)
class SaveSoundSettings(Request[None]):
    """Let alarms sound otherwise, from now on."""

    settings: SoundSettings
