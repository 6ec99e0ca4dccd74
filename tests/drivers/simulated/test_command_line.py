"""Options are read, and wrong ones told in one sentence."""

from __future__ import annotations

import pytest

from drivers.simulated.command_line import parse


def test_the_defaults_are_the_water_network_on_free_ports() -> None:
    options = parse([])
    assert (options.seed, options.clock_factor, options.stations, options.port) == (1, 1.0, None, 0)
    assert not options.with_parent


def test_options_are_taken() -> None:
    words = "--seed=5 --clock-factor=60 --stations=40 --tags-per-station=50 --rate=2 --port=4840"
    options = parse(words.split())
    assert (options.seed, options.clock_factor, options.stations) == (5, 60.0, 40)
    assert (options.tags_per_station, options.rate_hz, options.port) == (50, 2.0, 4840)


@pytest.mark.parametrize(
    "arguments",
    ["--stations 4", "--tags-per-station 4", "--stations 0 --tags-per-station 1", "--clock-factor 0", "--rate 99",
     "--rate nan", "--clock-factor nan", "--port 65535", "--port -1", "--seed x", "--unknown"],
)  # fmt: skip
def test_a_wrong_option_is_one_sentence_and_code_2(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments.split())
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
    assert "usage" not in printed.err


def test_help_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--help"])
    assert ended.value.code == 0
    assert "--tags-per-station" in capsys.readouterr().out
