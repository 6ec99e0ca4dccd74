"""Security policies: what each is worth beside the others."""

from __future__ import annotations

from itertools import pairwise

import pytest
from asyncua import ua
from pydantic import TypeAdapter, ValidationError

from drivers.opcua.config import OpcUaConfig, PolicyKey
from drivers.opcua.policies import BY_KEY, BY_URI, MODE_LABELS, MODES, NONE, POLICIES, strength

SIGN, ENCRYPT = ua.MessageSecurityMode.Sign, ua.MessageSecurityMode.SignAndEncrypt
SAFE = [policy for policy in POLICIES if policy is not NONE and not policy.is_deprecated]
BROKEN = [policy for policy in POLICIES if policy.is_deprecated]


def test_each_has_its_own_key_uri_and_rank() -> None:
    assert len(BY_KEY) == len(BY_URI) == len({policy.rank for policy in POLICIES}) == len(POLICIES)
    assert {policy.key for policy in POLICIES} == set(TypeAdapter(PolicyKey).json_schema()["enum"])
    assert MODES.keys() == MODE_LABELS.keys()


def test_nothing_is_weaker_than_none_and_broken_ones_are_weaker_than_safe_ones() -> None:
    assert strength(NONE, ua.MessageSecurityMode.None_) == 0
    weakest = min(strength(policy, SIGN) for policy in SAFE)
    for policy in BROKEN:
        assert 0 < strength(policy, ENCRYPT) < weakest


def test_encryption_counts_more_than_a_newer_policy() -> None:
    assert min(strength(policy, ENCRYPT) for policy in SAFE) > max(strength(policy, SIGN) for policy in SAFE)
    for mode in (SIGN, ENCRYPT):
        for weaker, stronger in pairwise(SAFE):
            assert strength(weaker, mode) < strength(stronger, mode)
    assert [policy.key for policy in SAFE] == ["aes128sha256rsaoaep", "basic256sha256", "aes256sha256rsapss"]


@pytest.mark.parametrize("policy", BROKEN, ids=lambda policy: policy.key)
def test_a_broken_one_needs_an_administrators_word(policy: object) -> None:
    key = getattr(policy, "key", "")
    with pytest.raises(ValidationError, match="broken"):
        OpcUaConfig.model_validate({"security": key})
    assert OpcUaConfig.model_validate({"security": key, "allow_deprecated": True}).security == key
