"""A real slapd on loopback, with people, groups and a certificate; Debian's package, started as a child."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from hmi.config.directory_settings import DirectorySecurity, DirectorySettings, GroupRole
from tests.support.pki import Made, make

BASE = "dc=example,dc=org"
PASSWORD = "heron over water"
OPERATORS = f"cn=operators,ou=groups,{BASE}"
ENGINEERS = f"cn=engineers,ou=groups,{BASE}"

CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
TLSVerifyClient never
security simple_bind=128
database mdb
suffix "{base}"
rootdn "cn=root,{base}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""
ENTRIES = f"""
dn: {BASE}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{BASE}
objectClass: organizationalUnit
ou: groups
"""


@dataclass(frozen=True)
class DirectoryServer:
    """A running server. port: with TLS from the start; plain_port: for StartTLS."""

    folder: Path
    port: int
    plain_port: int
    process: subprocess.Popen[bytes]

    def settings(self, **others: object) -> DirectorySettings:
        """Return what reaches it."""
        values: dict[str, object] = {
            "is_on": True,
            "host": "localhost",
            "port": self.port,
            "authorities": str(self.folder / "authority.pem"),
            "bind": f"uid={{name}},ou=people,{BASE}",
            "base": BASE,
            "groups": (GroupRole(group=ENGINEERS, role="maintenance"), GroupRole(group=OPERATORS, role="operator")),
            "timeout_s": 2,
        }
        return DirectorySettings.model_validate(values | others)

    def starttls(self, **others: object) -> DirectorySettings:
        """Return what reaches it by StartTLS."""
        return self.settings(port=self.plain_port, security=DirectorySecurity.STARTTLS, **others)


@contextmanager
def directory_server(
    folder: Path, people: dict[str, str], groups: dict[str, tuple[str, ...]]
) -> Iterator[DirectoryServer]:
    """Run a server. people: name to full name, all with one password; groups: DN to names."""
    program = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "slapd is missing: installer/dev.py installs it"
    _write_files(folder, people, groups)
    subprocess.run(
        [program, "-T", "add", "-f", str(folder / "slapd.conf"), "-l", str(folder / "entries.ldif")],
        check=True,
        capture_output=True,
    )
    port, plain = _free_port(), _free_port()
    urls = f"ldaps://127.0.0.1:{port}/ ldap://127.0.0.1:{plain}/"
    with subprocess.Popen(
        [program, "-f", str(folder / "slapd.conf"), "-h", urls, "-d", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(port, process)
            _wait(plain, process)
            yield DirectoryServer(folder, port, plain, process)
        finally:
            process.kill()


def _write_files(folder: Path, people: dict[str, str], groups: dict[str, tuple[str, ...]]) -> None:
    (folder / "data").mkdir(parents=True)
    authority = make("Test authority", is_authority=True, uri=None)
    server = make("localhost", by=authority, hosts=("localhost",), uri=None)
    (folder / "authority.pem").write_bytes(_pem(authority))
    (folder / "server.pem").write_bytes(_pem(server) + _pem(authority))
    (folder / "server.key").write_bytes(
        server.private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "slapd.conf").write_text(CONFIGURATION.format(folder=folder, base=BASE))
    entries = [ENTRIES]
    for name, full_name in people.items():
        entries.append(
            f"dn: uid={name},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {full_name}\nsn: {name}\n"
            f"userPassword: {PASSWORD}\n"
        )
    for group, members in groups.items():
        lines = "".join(f"member: uid={name},ou=people,{BASE}\n" for name in members)
        entries.append(f"dn: {group}\nobjectClass: groupOfNames\ncn: {group.split(',')[0][3:]}\n{lines}")
    (folder / "entries.ldif").write_text("\n".join(entries))


def _pem(made: Made) -> bytes:
    return made.certificate.public_bytes(serialization.Encoding.PEM)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while True:
        assert process.poll() is None, "slapd ended"
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            assert time.monotonic() < end, "slapd does not listen"
            time.sleep(0.02)
        else:
            return
