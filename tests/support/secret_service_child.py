"""A run of the program's secrets against the Secret Service of a bus of its own: stored, locked, unlocked, killed.

Started under dbus-run-session with an unlocked gnome-keyring; prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time

import keyring
import secretstorage
import structlog
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
from keyring.backends import fail

from hmi.config.secrets import Secrets
from hmi.config.secrets.backends import look_again

BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
PASSWORD = "test-pass\n"


def daemon_pid() -> int:
    """Return the process that serves secrets on this bus."""
    with open_dbus_connection() as bus:
        asked = new_method_call(BUS, "GetConnectionUnixProcessID", "s", ("org.freedesktop.secrets",))
        return int(bus.send_and_get_reply(asked).body[0])


def lock() -> None:
    """Lock the keyring, as a desktop does when its user leaves."""
    connection = secretstorage.dbus_init()
    try:
        secretstorage.get_default_collection(connection).lock()
    finally:
        connection.close()


def unlock() -> None:
    """Unlock it with its password, over gnome-keyring's own call: nobody is there to answer its prompt."""
    service = DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", "org.freedesktop.Secret.Service")
    own = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
    with open_dbus_connection() as bus:
        opened = bus.send_and_get_reply(new_method_call(service, "OpenSession", "sv", ("plain", ("s", ""))))
        secret = (opened.body[1], b"", PASSWORD.encode(), "text/plain")
        found = bus.send_and_get_reply(new_method_call(service, "ReadAlias", "s", ("default",))).body[0]
        unlocking = new_method_call(
            service.with_interface(own), "UnlockWithMasterPassword", "o(oayays)", (found, secret)
        )
        bus.send_and_get_reply(unlocking)


async def secrets_of_a_run() -> dict[str, object]:
    """Do everything once and return what was seen."""
    seen: dict[str, object] = {}
    secrets = Secrets()
    await secrets.start()
    seen["place"] = (await secrets.where()).place
    seen["stored"] = (await secrets.store("east", "s3cret")).place
    seen["read"] = await Secrets().get("east")
    known = Secrets()
    await known.get("east")
    await asyncio.to_thread(lock)
    began = time.monotonic()
    seen["locked"] = await Secrets().get("east")
    typed = Secrets()
    seen["typed while locked"] = (await typed.store("west", "other")).place
    seen["locked for s"] = time.monotonic() - began
    await asyncio.to_thread(unlock)
    await typed.try_again()
    seen["unlocked"] = [await Secrets().get("east"), await Secrets().get("west")]
    os.kill(await asyncio.to_thread(daemon_pid), signal.SIGKILL)
    began = time.monotonic()
    seen["killed"] = await known.get("east")
    seen["killed, unknown"] = await Secrets().get("never there")
    seen["killed for s"] = time.monotonic() - began
    await asyncio.to_thread(unlock_new_daemon)
    seen["started again"] = await Secrets().get("east")
    await Secrets().delete("east")
    seen["deleted"] = await Secrets().get("east")
    return seen


def unlock_new_daemon() -> None:
    """Have a daemon serve secrets again."""
    subprocess.run(
        ["gnome-keyring-daemon", "--replace", "--unlock", "--components=secrets"],
        input=PASSWORD.encode(),
        check=True,
        capture_output=True,
    )


def late() -> dict[str, object]:
    """Take up a keyring that comes when the program runs already."""
    chosen = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring has no types here
    return {"late": look_again(), "was": type(chosen).__module__, "is": type(keyring.get_keyring()).__module__}


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    print(json.dumps({**asyncio.run(secrets_of_a_run()), **late()}))
