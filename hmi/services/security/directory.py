"""The organisation's directory: whether a password is somebody's, and what groups that person is in.

Errors: DirectoryError in words when it cannot be asked. ldap3 (pure Python) is an extra, imported where it is needed;
it blocks, so it runs on two threads of its own, each call with a time-out on every step and one over all.
"""

from __future__ import annotations

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import structlog

from hmi.config.directory_settings import NAME, DirectorySecurity, DirectorySettings
from hmi.config.passwords import MOST
from hmi.domain.accounts import MOST_NAME
from hmi.domain.language import tr

AT_ONCE: Final = 2
STEPS: Final = 4
"""Connect, secure, bind, search: what may each take the time-out."""
GROUPS_MOST: Final = 1000

_log = structlog.get_logger(__name__)


class DirectoryError(Exception):
    """The directory cannot be asked; the text says why."""


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """Somebody whose password was right. groups: distinguished names, folded."""

    name: str
    full_name: str
    groups: frozenset[str]


class Directory:
    """Asks one server. On the I/O thread; the asking itself is on others."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="directory")
        self._running = 0

    async def check(self, settings: DirectorySettings, name: str, password: str) -> DirectoryPerson | None:
        """Return the person, or None for a wrong name or password. Raises DirectoryError."""
        if not name.strip() or len(name) > MOST_NAME or not password or len(password) > MOST:
            return None  # a bind without a password would be an anonymous one, and succeed
        if self._running >= AT_ONCE:
            raise DirectoryError(tr("The directory does not answer, and others wait for it already."))
        self._running += 1
        asked = asyncio.get_running_loop().run_in_executor(self._threads, _ask, settings, name, password)
        asked.add_done_callback(self._done)
        try:
            async with asyncio.timeout(settings.timeout_s * STEPS):
                return await asyncio.shield(asked)
        except TimeoutError as error:
            raise DirectoryError(tr("The directory does not answer.")) from error

    def stop(self) -> None:
        """Take nothing more; what hangs ends with its own time-outs."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _done(self, asked: asyncio.Future[Any]) -> None:
        self._running -= 1
        if not asked.cancelled():
            asked.exception()  # whoever waited has gone; it was said to them


def role_of(settings: DirectorySettings, person: DirectoryPerson) -> str:
    """Return the role of the first group that a person is in; empty for none."""
    return next((each.role for each in settings.groups if _folded(each.group) in person.groups), "")


# ── on a thread of its own ────────────────────────────────────────────────────────────────────────────────────────────


def _ask(settings: DirectorySettings, name: str, password: str) -> DirectoryPerson | None:
    try:
        import ldap3
        from ldap3.core.exceptions import LDAPException
    except ImportError as error:
        raise DirectoryError(tr("The part for directories is not installed: pip install roams[ldap].")) from error
    try:
        connection = _open(ldap3, settings, name, password)
        try:
            if not connection.bind():
                return None
            return _person(ldap3, connection, settings, name)
        finally:
            connection.unbind()
    except (LDAPException, OSError, ssl.SSLError) as error:
        _log.warning("directory cannot be asked", host=settings.host, reason=str(error))
        words = tr("The directory {host} cannot be asked: {reason}.")
        raise DirectoryError(words.format(host=settings.host, reason=_reason(error))) from error


def _open(ldap3: Any, settings: DirectorySettings, name: str, password: str) -> Any:
    """Return a connection on which TLS stands, the certificate checked, and nothing was sent yet."""
    from ldap3.utils.dn import escape_rdn

    is_ldaps = settings.security is DirectorySecurity.LDAPS
    tls = _tls_of(ldap3, settings)
    server = ldap3.Server(
        settings.host,
        port=settings.port,
        use_ssl=is_ldaps,
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=settings.timeout_s,
    )
    who = settings.bind.replace(NAME, escape_rdn(name) if "=" in settings.bind else name)
    connection = ldap3.Connection(
        server,
        user=who,
        password=password,
        authentication=ldap3.SIMPLE,
        auto_referrals=False,
        auto_escape=False,  # it would escape once more what we have escaped
        receive_timeout=settings.timeout_s,
        raise_exceptions=False,
        read_only=True,
    )
    try:
        connection.open(read_server_info=False)
    except BaseException:
        if connection.socket is not None:
            connection.socket.close()  # ldap3 leaves one that could not connect open
        raise
    if not is_ldaps and not connection.start_tls(read_server_info=False):
        connection.unbind()
        raise DirectoryError(tr("The directory {host} does not offer StartTLS.").format(host=settings.host))
    return connection


def _tls_of(ldap3: Any, settings: DirectorySettings) -> Any:
    """Return TLS as Python does it: ldap3's own compares the host by a function that Python 3.12 has no more."""
    context = ssl.create_default_context(cafile=settings.authorities or None)

    class Checked(ldap3.Tls):  # type: ignore[misc]  # ldap3 has no types
        def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
            plain = connection.socket
            plain.settimeout(settings.timeout_s)
            try:
                wrapped = context.wrap_socket(plain, server_hostname=settings.host)
            except BaseException:
                plain.close()
                raise
            self.peer_certificate = wrapped.getpeercert(binary_form=True)
            connection.socket = wrapped

    return Checked(validate=ssl.CERT_REQUIRED)


def _person(ldap3: Any, connection: Any, settings: DirectorySettings, name: str) -> DirectoryPerson:
    """Read who just bound: the entry of that name, and the groups it is a member of."""
    from ldap3.utils.conv import escape_filter_chars

    limits = {"size_limit": GROUPS_MOST, "time_limit": settings.timeout_s}
    wanted = f"({settings.name_attribute}={escape_filter_chars(name)})"
    connection.search(settings.base, wanted, ldap3.SUBTREE, attributes=["cn", "memberOf"], **limits)
    entries = [each for each in connection.response if each.get("type") == "searchResEntry"]
    if len(entries) != 1:
        words = tr("{count} entries of the directory have this name; one is needed. Ask its administrator.")
        raise DirectoryError(words.format(count=len(entries)))
    entry = entries[0]
    member = escape_filter_chars(entry["dn"])
    groups = {_folded(group) for group in entry["attributes"].get("memberOf", [])}
    within = f"(|(member={member})(uniqueMember={member}))"
    connection.search(settings.base, within, ldap3.SUBTREE, attributes=["1.1"], **limits)
    groups |= {_folded(each["dn"]) for each in connection.response if each.get("type") == "searchResEntry"}
    names = entry["attributes"].get("cn", [])
    full_name = names[0] if isinstance(names, list) and names else str(names or "")
    return DirectoryPerson(name, full_name, frozenset(groups))


def _folded(name: str) -> str:
    """Return a distinguished name as it is compared: neither case nor spaces after commas matter."""
    return ",".join(part.strip() for part in name.casefold().split(","))


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
