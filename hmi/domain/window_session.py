"""Who is at the window, as the window shows it.

Here and not beside the port's requests, because the top bar shows it: the first window must not wait for the services.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SessionState(StrEnum):
    """How the window's session stands. FIRST_RUN: there are no users yet, and whoever sits here sets up the plant."""

    FIRST_RUN = "first_run"
    NOBODY = "nobody"
    ACTIVE = "active"
    IDLE = "idle"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """The window's session. names: offered where somebody signs in. hint: the demo's password.

    notice: what the plant wants everybody to read who signs in.

    is_fixed: somebody without an account, as the demo's operator.
    """

    state: SessionState = SessionState.NOBODY
    name: str = ""
    full_name: str = ""
    role: str = ""
    session: str = ""
    must_change: bool = False
    is_break_glass: bool = False
    is_fixed: bool = False
    names: tuple[str, ...] = ()
    hint: str = ""
    notice: str = ""
    least_length: int = 12
