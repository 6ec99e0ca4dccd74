"""One connection's trust: the pinned thumbprint, the folder, and what a person said for this run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.api import AccessDeniedError, Trust, UntrustedError
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.judging import Judging
from drivers.opcua.trust import thumbprint_of
from tests.support.pki import APPLICATION_URI, DAY, HOST, Made, make

pytestmark = pytest.mark.asyncio

SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper": str,
    "lower": str.lower,
    "colons": lambda text: ":".join(text[at : at + 2] for at in range(0, 40, 2)),
    "blanks": lambda text: " ".join(text[at : at + 2] for at in range(0, 40, 2)),
}


def judging(folder: Path | None = None, thumbprint: str = "") -> Judging:
    return Judging(OpcUaConfig(pki_folder=folder, server_thumbprint=thumbprint))


async def ask(of: Judging, made: Made, host: str = HOST) -> str:
    return (await of.judge(made.der, APPLICATION_URI, host)).thumbprint


async def refused(of: Judging, made: Made, host: str = HOST) -> str:
    with pytest.raises(UntrustedError) as found:
        await ask(of, made, host)
    return found.value.certificate.thumbprint


async def test_accepted_once_it_is_believed_until_the_program_ends(tmp_path: Path) -> None:
    made, first = make(), judging(tmp_path)
    first.decide(await refused(first, made, "plc-8"), Trust.ONCE)
    assert await ask(first, made, "plc-8") == thumbprint_of(made.der)
    assert first.believed is not None
    assert first.believed.thumbprint == thumbprint_of(made.der)
    await refused(judging(tmp_path), made)


async def test_accepted_always_it_is_believed_by_every_connection(tmp_path: Path) -> None:
    made, first = make(), judging(tmp_path)
    first.decide(await refused(first, made), Trust.ALWAYS)
    await ask(first, made)
    await ask(judging(tmp_path), made)


async def test_never_takes_back_whatever_was_said_before(tmp_path: Path) -> None:
    made, first = make(), judging(tmp_path)
    first.decide(await refused(first, made), Trust.ONCE)
    await ask(first, made)
    first.decide(thumbprint_of(made.der), Trust.NEVER)
    await refused(first, made)


async def test_once_does_not_cover_a_fault_that_was_not_shown(tmp_path: Path) -> None:
    made, first = make(), judging(tmp_path)
    first.decide(await refused(first, made), Trust.ONCE)
    await refused(first, made, "plc-8")


@pytest.mark.parametrize("decision", Trust)
async def test_a_word_on_another_certificate_than_the_last_is_none(tmp_path: Path, decision: Trust) -> None:
    first, other = judging(tmp_path), make()
    with pytest.raises(KeyError):
        first.decide(thumbprint_of(other.der), decision)
    await refused(first, make())
    with pytest.raises(KeyError):
        first.decide(thumbprint_of(other.der), decision)
    await refused(first, other)


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_the_pinned_one_is_believed_however_its_thumbprint_is_written(spelling: str) -> None:
    made = make(ends=make().certificate.not_valid_before_utc + DAY / 2)
    of = judging(thumbprint=SPELLINGS[spelling](thumbprint_of(made.der)))
    facts = await of.judge(made.der, APPLICATION_URI, "plc-8")
    assert len(facts.faults) == 2, "believed and shown as it is"


async def test_another_than_the_pinned_one_is_refused_and_no_person_is_asked(tmp_path: Path) -> None:
    made, other = make(), make()
    of = judging(tmp_path, thumbprint_of(made.der))
    with pytest.raises(AccessDeniedError, match="another certificate") as found:
        await ask(of, other)
    assert not isinstance(found.value, UntrustedError)
    assert of.believed is None


async def test_without_a_folder_nothing_is_believed() -> None:
    with pytest.raises(AccessDeniedError, match="No folder"):
        await ask(judging(), make())


@pytest.mark.parametrize("der", [b"", b"nonsense", b"\x30\x03abc"])
@pytest.mark.parametrize("pinned", ["", "AB" * 20])
async def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path, der: bytes, pinned: str) -> None:
    with pytest.raises(AccessDeniedError, match="cannot be read"):
        await judging(tmp_path, pinned).judge(der, APPLICATION_URI, HOST)
