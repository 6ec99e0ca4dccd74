"""Addresses survive a server whose namespaces moved."""

from __future__ import annotations

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from drivers.api import UnknownTagError
from drivers.opcua.addresses import Namespaces

STANDARD = "http://opcfoundation.org/UA/"
BEFORE = Namespaces((STANDARD, "urn:server", "urn:plant"))
AFTER = Namespaces((STANDARD, "urn:other", "urn:plant", "urn:server"))
NAMES = st.text(st.characters(codec="utf-8", exclude_characters=";="), min_size=1).filter(lambda s: s == s.strip())


@given(NAMES)
def test_a_name_is_found_again_where_its_namespace_went(name: str) -> None:
    address = BEFORE.address(ua.NodeId(ua.String(name), ua.Int16(2)))
    assert address == f"nsu=urn:plant;s={name}"
    assert BEFORE.node_id(address) == ua.NodeId(ua.String(name), ua.Int16(2))
    assert AFTER.node_id(BEFORE.address(ua.NodeId(ua.String(name), ua.Int16(1)))) == ua.NodeId(
        ua.String(name), ua.Int16(3)
    )


@given(st.integers(0, 2**32 - 1))
def test_a_number_is_found_again(number: int) -> None:
    node_id = ua.NodeId(ua.Int32(number), ua.Int16(1))
    assert BEFORE.node_id(BEFORE.address(node_id)) == node_id


def test_names_that_are_no_utf_8_can_still_be_stored() -> None:
    spoilt = Namespaces((STANDARD, "urn:\udcff"))
    address = spoilt.address(ua.NodeId(ua.String("Pump\udcfe"), ua.Int16(1)))
    assert address == "nsu=urn:\ufffd;s=Pump\ufffd"
    assert spoilt.node_id(address).NamespaceIndex == 1


def test_a_standard_node_has_no_prefix() -> None:
    assert BEFORE.address(ua.NodeId(ua.Int32(2258))) == "i=2258"
    assert AFTER.node_id("i=2258") == ua.NodeId(ua.Int32(2258))


def test_an_unknown_namespace_is_an_unknown_tag() -> None:
    with pytest.raises(UnknownTagError, match=r"no namespace urn:gone\.$"):
        AFTER.node_id("nsu=urn:gone;s=Pump")


@pytest.mark.parametrize(
    "address", ["", "Pump", "nsu=urn:plant", "nsu=urn:plant;", "i=many", "q=1", "nsu=urn:plant;i="]
)
def test_rubbish_is_an_unknown_tag(address: str) -> None:
    with pytest.raises(UnknownTagError, match=r"is not an OPC UA node id\.$"):
        AFTER.node_id(address)
