"""The demo's users, so that roles, a second person and switching can be tried. They are kept in memory only."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hmi.domain.accounts import Account
from hmi.domain.roles import ADMIN, DEMO_OPERATOR, MAINTENANCE, OPERATOR, VIEWER, Role
from hmi.services.database_thread import DatabaseThread
from hmi.services.security.accounts import Accounts
from hmi.storage.local.accounts import Credential, StoredRole

DEMO_PASSWORD: Final = "water-tower-demo"  # noqa: S105  # shown beside the field it is typed into
DEMO_ROLE: Final = Role(
    "demo", "demo", DEMO_OPERATOR.role.permissions | DEMO_OPERATOR.also, DEMO_OPERATOR.role.shelve_most_s
)
USERS: Final = (
    ("Vera", VIEWER),
    ("Olga", OPERATOR),
    ("Otto", OPERATOR),
    ("Max", MAINTENANCE),
    ("Ada", ADMIN),
    (DEMO_OPERATOR.name, DEMO_ROLE),
)


async def put_demo_users(accounts: Accounts, thread: DatabaseThread) -> None:
    """Add the demo's users to a store that is empty."""
    credential = Credential(await accounts.hashing.make(DEMO_PASSWORD))
    admin_first = sorted(enumerate(USERS), key=lambda each: each[1][1] is not ADMIN)
    for number, (name, role) in admin_first:
        if role is DEMO_ROLE:
            await thread.run(accounts.store.put_role, StoredRole(DEMO_ROLE), 0)
        account = Account(UUID(int=number + 1), name, "", role.key, password_us=accounts.now_us())
        await thread.run(accounts.store.put_account, account, 0, credential)
