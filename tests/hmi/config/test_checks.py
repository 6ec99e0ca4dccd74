"""Every field of the station form: what is refused, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from drivers.registry import DRIVERS
from hmi.config.checks import faults_of, number
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import ConnectionDraft, FieldFault, StationDraft, TagDraft
from hmi.domain.tags import TagKind
from tests.support.plants import CATALOGUE, STATION

TAG = TagDraft(name="Level", address="nsu=urn:plant;s=Level", unit="m")
LINK = ConnectionDraft(UUID(int=901), "New server", "opcua", "plc-7")
DRAFT = StationDraft(
    UUID(int=900), "New well", "North", latitude="48,1", longitude="11.5", connection=LINK, tags=(TAG,)
)


def faults(draft: StationDraft, catalogue: Catalogue = CATALOGUE) -> tuple[FieldFault, ...]:
    return faults_of(draft, catalogue, DRIVERS)


def test_a_good_draft_has_no_fault() -> None:
    assert faults(DRAFT) == ()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": ""}, "name", "empty"),
        ({"name": "  "}, "name", "empty"),
        ({"name": "x" * 81}, "name", "80"),
        ({"name": "x" * 1_000_000}, "name", "80"),
        ({"name": "a\x07"}, "name", "cannot be shown"),
        ({"name": STATION.name.upper()}, "name", "already"),
        ({"area": ""}, "area", "empty"),
        ({"latitude": ""}, "latitude", "degrees"),
        ({"latitude": "north"}, "latitude", "degrees"),
        ({"latitude": "90.1"}, "latitude", "between"),
        ({"latitude": "nan"}, "latitude", "degrees"),
        ({"longitude": "-180.5"}, "longitude", "between"),
        ({"longitude": "1e400"}, "longitude", "degrees"),
        ({"tags": ()}, "tags", "at least one"),
        ({"tags": (TAG,) * 5001}, "tags", "5000"),
    ],
)
def test_a_wrong_field_of_the_station_is_named(change: Mapping[str, Any], field: str, words: str) -> None:
    found = faults(replace(DRAFT, **change))
    assert [(fault.field, fault.tag) for fault in found] == [(field, -1)]
    assert words in found[0].sentence
    assert found[0].sentence.endswith(".")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": ""}, "connection", "empty"),
        ({"driver": "abacus"}, "driver", "abacus"),
        ({"endpoint": ""}, "endpoint", "host name"),
        ({"endpoint": "http://plc"}, "endpoint", "opc.tcp"),
        ({"endpoint": "plc:notaport"}, "endpoint", "port"),
        ({"endpoint": "plc:99999"}, "endpoint", "port"),
        ({"endpoint": "plc:0"}, "endpoint", "port"),
        ({"endpoint": "two words"}, "endpoint", "address"),
        ({"endpoint": "opc.tcp://"}, "endpoint", "address"),
        ({"endpoint": "h" * 401}, "endpoint", "too long"),
        ({"options": {"colour": "red"}}, "options", "colour"),
        ({"options": {"publishing_ms": 1}}, "options", "publishing_ms"),
        ({"options": {"security": "basic256"}}, "options", "broken"),
    ],
)
def test_a_wrong_field_of_the_connection_is_named(change: Mapping[str, Any], field: str, words: str) -> None:
    found = faults(replace(DRAFT, connection=replace(LINK, **change)))
    assert [fault.field for fault in found] == [field]
    assert words in found[0].sentence


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": ""}, "name", "empty"),
        ({"address": ""}, "address", "missing"),
        ({"address": "Level"}, "address", "node id"),
        ({"address": "ns=2;s=Level"}, "address", "nsu="),
        ({"address": "nsu=;s=Level"}, "address", "URI"),
        ({"address": "nsu=urn:plant;i=many"}, "address", "node id"),
        ({"address": "nsu=urn:plant;s=" + "x" * 5000}, "address", "4096"),
        ({"unit": "m" * 21}, "unit", "20"),
        ({"low": "few"}, "low", "number"),
        ({"high": "inf"}, "high", "number"),
        ({"low": "5", "high": "5"}, "high", "above"),
        ({"low": "9", "high": "5"}, "high", "above"),
        ({"sampling_ms": "0"}, "sampling_ms", "50"),
        ({"sampling_ms": "250.5"}, "sampling_ms", "whole"),
        ({"decimals": "7"}, "decimals", "0 to 6"),
        ({"scale": "0"}, "scale", "other than 0"),
        ({"deadband": "-1"}, "deadband", "0 or more"),
        ({"deadband": "x"}, "deadband", "number"),
        ({"low": "0", "high": "10", "deadband": "10"}, "deadband", "narrower"),
        ({"offset": ""}, "offset", "number"),
    ],
)
def test_a_wrong_field_of_a_tag_is_named_with_its_row(change: Mapping[str, Any], field: str, words: str) -> None:
    other = replace(TAG, id=UUID(int=5), name="Flow", address="nsu=urn:plant;s=Flow")
    found = faults(replace(DRAFT, tags=(other, replace(TAG, **change))))
    assert [(fault.field, fault.tag) for fault in found] == [(field, 1)]
    assert words in found[0].sentence


def test_a_range_matters_only_to_what_is_drawn_in_one() -> None:
    assert faults(replace(DRAFT, tags=(replace(TAG, kind=TagKind.TEXT, low="", high=""),))) == ()


def test_the_same_name_or_address_twice_is_named_in_both_rows() -> None:
    found = faults(replace(DRAFT, tags=(TAG, replace(TAG, id=UUID(int=5)))))
    assert {(fault.field, fault.tag) for fault in found} == {("name", 0), ("name", 1), ("address", 0), ("address", 1)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,5", 1.5),
        (" -2 ", -2.0),
        ("−3", -3.0),
        ("1e3", 1000.0),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("1.2.3", None),
    ],
)
def test_numbers_are_taken_as_people_type_them(text: str, found: float | None) -> None:
    assert number(text) == found
