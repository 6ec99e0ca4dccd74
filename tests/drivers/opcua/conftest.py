"""Servers that several modules share, because each takes a second or two to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.opcua.sessions import PEERS
from tests.support.node_opcua import NodeServer
from tests.support.peer import Peer

MANY = 1000
"""Items of a shared peer; their types change in turn: every sixth is a Double, beginning with the first."""


@pytest.fixture(scope="session", params=PEERS)
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """A server of each kind with a thousand items at rest, and a history. A test leaves it as it found it."""
    with PEERS[request.param](items=MANY, mixed=True, history=True) as running:
        yield running


@pytest.fixture(scope="session")
def guarded() -> Iterator[Peer]:
    """A server that asks for a user and a password."""
    with NodeServer(items=1, users=True) as running:
        yield running


@pytest.fixture(scope="session")
def limited() -> Iterator[Peer]:
    """A server that takes little in a call, and says so."""
    with NodeServer(items=40, max_items_per_call=7, max_nodes_per_read=11) as running:
        yield running
