"""What a run is begun with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from drivers.api import DriverType
from hmi.config.profile import Profile
from hmi.domain.roles import User


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run needs besides its profile. drivers: called on the I/O thread, since importing them is slow.

    user: who acts while the profile has no users yet. is_demo: that user is signed in from the start, and there are
    others to try. has_window: somebody can see it, and hear its alarms. vault_passphrase: opens the vault at the start.
    """

    profile: Profile
    user: User
    drivers: Callable[[], Sequence[DriverType]]
    has_window: bool = False
    is_demo: bool = False
    vault_passphrase: str = field(default="", repr=False)
