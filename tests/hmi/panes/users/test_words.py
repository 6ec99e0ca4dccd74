"""What is special about a user, in words."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from hmi.domain.accounts import Account, Source
from hmi.panes.users.words import state_text
from hmi.services.port.security import AccountRow

OLGA = Account(UUID(int=1), "Olga", must_change=True, password_us=1)


def test_who_came_with_a_file_has_no_password_yet() -> None:
    assert state_text(AccountRow(OLGA, 0, 0.0)) == "Has to change the password"
    assert state_text(AccountRow(replace(OLGA, password_us=0), 0, 0.0)).startswith("No password yet")
    directory = replace(OLGA, password_us=0, must_change=False, source=Source.DIRECTORY)
    assert state_text(AccountRow(directory, 0, 0.0)) == "Directory"
