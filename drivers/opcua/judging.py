"""The trust of one connection: folder of certificates, pinned thumbprint, and what a person said for this run."""

from __future__ import annotations

import asyncio

from cryptography import x509

from drivers.api import AccessDeniedError, Certificate, Trust, UntrustedError
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.trust import Fault, TrustStore, facts_of, faults, faults_named, thumbprint_of


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
