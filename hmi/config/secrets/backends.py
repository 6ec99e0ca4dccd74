"""Which of keyring's backends are used: only those that are known to keep secrets.

`keyrings.alt`, where it is installed, makes a headless keyring silently a plain-text file and storing succeeds, so
every backend is judged by its module, a chainer by its members.
"""

from __future__ import annotations

from typing import Final

from keyring.backend import KeyringBackend

ALLOWED_MODULES: Final = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.kwallet",
        "keyring.backends.libsecret",
        "keyring.backends.macOS",
        "keyring.backends.Windows",
    }
)
NO_KEYRING: Final = "There is no keyring."
SERVICE: Final = "Roams"


def refused_backend(backend: KeyringBackend) -> str:
    """Return why a backend must not be used, or an empty string when it may."""
    from keyring.backends import chainer

    if isinstance(backend, chainer.ChainerBackend):
        members = list(backend.backends)
        reasons = [reason for member in members if (reason := refused_backend(member))]
        return reasons[0] if reasons else ("" if members else NO_KEYRING)
    module = type(backend).__module__
    if module in ALLOWED_MODULES:
        return ""
    if module == "keyring.backends.fail":
        return NO_KEYRING
    return f"The keyring backend {module} does not keep secrets safe."


def present_refusal() -> str:
    """Return why the present backend must not be used, empty when it may. Blocks: the first call looks for one."""
    import keyring

    return refused_backend(keyring.get_keyring())


def look_again() -> str:
    """Take up a keyring that came after the start, where there was none; return what `present_refusal` does. Blocks.

    keyring itself looks once a run. One that somebody chose, though it keeps nothing safe, is not passed over.
    """
    import keyring

    refusal = present_refusal()
    if refusal != NO_KEYRING:
        return refusal
    viable = [each for each in KeyringBackend.get_viable_backends() if each.__module__ in ALLOWED_MODULES]
    if viable:
        best = max(viable, key=lambda each: each.priority)
        keyring.set_keyring(best())
    return present_refusal()
