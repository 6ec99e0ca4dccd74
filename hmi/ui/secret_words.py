"""How passwords are kept, in words; no Qt."""

from __future__ import annotations

from typing import Final

from hmi.config.secrets import Place
from hmi.domain.language import tr
from hmi.services.port.secrets import SecretsStatus

GET_A_KEYRING: Final = tr(
    "To keep them: on Linux start the program in a desktop session with GNOME Keyring or KWallet; on a computer "
    "without a desktop make a vault below."
)


def kept_text(status: SecretsStatus) -> str:
    """Return where a password that is typed now will be, for beside its field."""
    if status.place is Place.KEYRING:
        return tr("The password is kept in this computer's keyring.")
    if status.place is Place.VAULT:
        return tr("The password is kept in the vault.")
    if status.place is Place.SESSION:
        return f"{status.reason} " + tr("The password is kept until the program ends.")
    return tr("The password is kept in this computer's keyring; where there is none, only until the program ends.")
