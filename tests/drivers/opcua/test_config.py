"""The options of a connection, and how a form learns of them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from drivers.opcua.config import OpcUaConfig, settings


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(ValidationError, match="colour"):
        OpcUaConfig.model_validate({"colour": "red"})


@pytest.mark.parametrize("policy", ["basic128rsa15", "basic256"])
def test_a_broken_policy_needs_a_word_of_its_own(policy: str) -> None:
    with pytest.raises(ValidationError, match="broken"):
        OpcUaConfig.model_validate({"security": policy})
    assert OpcUaConfig.model_validate({"security": policy, "allow_deprecated": True}).security == policy


def test_every_setting_says_what_it_is_and_takes_its_own_default() -> None:
    found = settings()
    assert {"publishing_ms", "queue_size", "backups", "failover", "backfill"} <= {each.name for each in found}
    assert "security" not in {each.name for each in found}
    for each in found:
        assert each.label
        assert each.note.endswith(".")
        OpcUaConfig.model_validate({each.name: each.default})


def test_the_bounds_of_a_setting_are_those_of_the_model() -> None:
    publishing = next(each for each in settings() if each.name == "publishing_ms")
    assert (publishing.kind, publishing.low, publishing.high) == ("whole", 50, 60_000)
    for value in (publishing.low, publishing.high):
        OpcUaConfig.model_validate({"publishing_ms": value})
    for value in (49, 60_001):
        with pytest.raises(ValidationError):
            OpcUaConfig.model_validate({"publishing_ms": value})
    failover = next(each for each in settings() if each.name == "failover")
    assert (failover.kind, failover.choices) == ("choice", ("cold", "warm"))


def test_backups_are_taken_as_people_type_them() -> None:
    assert OpcUaConfig.model_validate({"backups": ["plc-8", "plc-9:4841"]}).backups == (
        "opc.tcp://plc-8:4840",
        "opc.tcp://plc-9:4841",
    )
    with pytest.raises(ValidationError, match="port"):
        OpcUaConfig.model_validate({"backups": ["plc:x"]})
