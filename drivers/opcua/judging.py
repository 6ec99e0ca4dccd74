"""The trust of one connection: folder of certificates, pinned thumbprint, and what a person said for this run."""

from __future__ import annotations

import asyncio
import time

from cryptography import x509

from drivers.api import AccessDeniedError, Certificate, Trust, UntrustedError
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.trust import Fault, TrustStore, facts_of, faults, faults_named, thumbprint_of

DAY_S = 86_400
NOTE_DAYS = 60
WARN_DAYS = 7
"""A certificate is spoken of in the details from 60 days on, and is the link's trouble in its last week."""


class Judging:
    """Judges the server's certificate at each connection and takes a person's word on the one last refused."""

    def __init__(self, config: OpcUaConfig) -> None:
        self._pinned = config.server_thumbprint.upper().replace(":", "").replace(" ", "")
        self._store = TrustStore(config.pki_folder) if config.pki_folder is not None else None
        self._accepted: set[tuple[str, Fault | None]] = set()
        self._refused: tuple[bytes, Certificate] | None = None
        self.believed: Certificate | None = None

    async def judge(self, der: bytes, application_uri: str, host: str) -> Certificate:
        """Return the facts of a certificate that may be believed. Raises UntrustedError, AccessDeniedError."""
        try:
            self.believed = await asyncio.to_thread(self._judge, der, application_uri, host)
        except UntrustedError as error:
            self._refused = (der, error.certificate)
            raise
        except ValueError as error:
            raise AccessDeniedError("The server's certificate cannot be read.") from error
        return self.believed

    def days_left(self) -> float | None:
        """Return how long the believed certificate is still valid, in days; None without one."""
        return None if self.believed is None else (self.believed.valid_to_us / 1e6 - time.time()) / DAY_S

    def trouble(self) -> str:
        """Return that the server's certificate is about to expire, in words; empty when it is not."""
        left = self.days_left()
        if left is None or left > WARN_DAYS:
            return ""
        return f"The server's certificate expires in {max(0, left):.0f} days: have it renewed."

    def decide(self, thumbprint: str, decision: Trust) -> None:
        """Take a person's word. Raises KeyError when it is not about the certificate last refused. Writes a file."""
        if self._refused is None or self._refused[1].thumbprint != thumbprint:
            raise KeyError(thumbprint)
        der, facts = self._refused
        found = faults_named(facts.faults)
        if decision is Trust.NEVER:
            self._accepted = {each for each in self._accepted if each[0] != thumbprint}
        else:
            self._accepted |= {(thumbprint, None), *((thumbprint, fault) for fault in found)}
        if self._store is not None and decision is not Trust.ONCE:
            self._store.decide(der, found, decision)

    def _judge(self, der: bytes, application_uri: str, host: str) -> Certificate:
        if self._pinned:
            facts = facts_of(der, faults(x509.load_der_x509_certificate(der), application_uri, host))
            if thumbprint_of(der) != self._pinned:
                raise AccessDeniedError("The server shows another certificate than the one set in the connection.")
            return facts
        if self._store is None:
            raise AccessDeniedError("No folder for certificates is set; set it in the connection.")
        return self._store.judge(der, application_uri, host, accepted_once=frozenset(self._accepted))
