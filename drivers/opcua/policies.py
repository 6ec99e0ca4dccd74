"""Security policies (OPC 10000-7, 6.6): what each is called, how strong it is, and which are no longer safe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from asyncua import ua
from asyncua.crypto import security_policies as library

SIGN: Final = "sign"
SIGN_AND_ENCRYPT: Final = "sign_and_encrypt"
MODES: Final = {SIGN: ua.MessageSecurityMode.Sign, SIGN_AND_ENCRYPT: ua.MessageSecurityMode.SignAndEncrypt}
MODE_LABELS: Final = {SIGN: "signed", SIGN_AND_ENCRYPT: "signed and encrypted"}


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: key is what is stored, rank grows with strength, is_deprecated means broken or withdrawn."""

    key: str
    label: str
    rank: int
    library_class: type[library.SecurityPolicy]
    is_deprecated: bool = False

    @property
    def uri(self) -> str:
        return str(self.library_class.URI)


NONE: Final = Policy("none", "None", 0, library.SecurityPolicyNone)
POLICIES: Final = (
    NONE,
    Policy("basic128rsa15", "Basic128Rsa15", 1, library.SecurityPolicyBasic128Rsa15, is_deprecated=True),
    Policy("basic256", "Basic256", 2, library.SecurityPolicyBasic256, is_deprecated=True),
    Policy("aes128sha256rsaoaep", "Aes128-Sha256-RsaOaep", 3, library.SecurityPolicyAes128Sha256RsaOaep),
    Policy("basic256sha256", "Basic256Sha256", 4, library.SecurityPolicyBasic256Sha256),
    Policy("aes256sha256rsapss", "Aes256-Sha256-RsaPss", 5, library.SecurityPolicyAes256Sha256RsaPss),
)
BY_KEY: Final = {policy.key: policy for policy in POLICIES}
BY_URI: Final = {policy.uri: policy for policy in POLICIES}


def strength(policy: Policy, mode: ua.MessageSecurityMode) -> int:
    """Return a number that is larger for the safer way in; encryption counts more than the step between policies."""
    if policy is NONE:
        return 0
    if policy.is_deprecated:
        return policy.rank
    return policy.rank * 10 + (100 if mode == ua.MessageSecurityMode.SignAndEncrypt else 0)
