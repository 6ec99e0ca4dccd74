"""A connection's options: what they are without a word, and what is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from drivers.opcua.config import OpcUaConfig


def test_without_a_word_it_is_what_the_handbook_says() -> None:
    config = OpcUaConfig()
    assert (config.security, config.publishing_ms, config.queue_size) == ("none", 250, 10)
    assert (config.keepalive_s, config.lifetime_s, config.backfill) == (2.0, 60.0, True)


@pytest.mark.parametrize(
    "given",
    [
        {"security_": "none"},
        {"security": "rot13"},
        {"mode": "shout"},
        {"publishing_ms": 49},
        {"queue_size": 0},
        {"keepalive_s": 0.4},
        {"lifetime_s": 9.9},
        {"request_timeout_s": 0.4},
        {"security": "basic256"},
        {"failover": "hot"},
    ],
)
def test_what_is_unknown_or_out_of_range_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        OpcUaConfig.model_validate(given)


def test_every_option_says_what_it_is() -> None:
    for name, field in OpcUaConfig.model_fields.items():
        assert field.title, name
        assert field.description, name
        assert field.description.endswith("."), name
