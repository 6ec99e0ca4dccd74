from __future__ import annotations

import pytest

from hmi.panes.trend.board import Board, Layout
from hmi.services.mirror import Mirror
from hmi.ui.navigator import Navigator
from tests.hmi.panes.trend.conftest import SECOND, Clock, FakePort


@pytest.fixture
def board(mirror: Mirror, port: FakePort, navigator: Navigator, clock: Clock) -> Board:
    board = Board(mirror, port, navigator, clock)
    board.listen(mirror.listen, lambda: None)
    return board


def test_opened_values_go_to_the_active_chart_only(board: Board, navigator: Navigator) -> None:
    board.lay_out(Layout.BESIDE)
    navigator.open_trend(1)
    board.activate_next()
    navigator.open_trend(2)
    assert [[pen.tag.index for pen in chart.pens] for chart in board.charts] == [[1], [2], [], []]
    board.activate_next()
    assert board.active is board.charts[0]


def test_a_value_opened_before_the_pane_was_made_is_in_the_first_chart(
    mirror: Mirror, port: FakePort, navigator: Navigator, clock: Clock
) -> None:
    navigator.open_trend(5)
    board = Board(mirror, port, navigator, clock)
    assert [len(chart.pens) for chart in board.charts] == [1, 0, 0, 0]


def test_each_chart_has_its_own_time_until_it_is_shared(board: Board) -> None:
    board.lay_out(Layout.GRID)
    board.charts[1].set_span(3600 * SECOND)
    assert board.charts[0].window.span_us != board.charts[1].window.span_us
    board.share_time(True)
    board.charts[2].travel.pan(-500 * SECOND)
    assert len({(chart.window.start_us, chart.window.end_us) for chart in board.charts}) == 1
    board.share_time(False)
    board.charts[0].travel.go_live()
    assert not board.charts[1].window.is_live


def test_fewer_charts_keep_what_the_others_had(board: Board) -> None:
    board.lay_out(Layout.GRID)
    board.charts[3].open(4)
    board.activate(board.charts[3])
    board.lay_out(Layout.ONE)
    assert board.active is board.charts[0]
    board.lay_out(Layout.GRID)
    assert len(board.charts[3].pens) == 1


def test_everything_is_kept(board: Board, mirror: Mirror, port: FakePort, navigator: Navigator, clock: Clock) -> None:
    board.lay_out(Layout.BELOW)
    board.charts[1].open(2)
    board.charts[1].set_span(3600 * SECOND)
    board.activate(board.charts[1])
    other = Board(mirror, port, navigator, clock)
    other.restore(board.state())
    assert other.state() == board.state()
    assert other.active is other.charts[1]


@pytest.mark.parametrize(
    "state", [{"charts": [None, 5, {"pens": 3}]}, {"charts": {}, "layout": "nine", "active": 7}, {"active": -1}, {}]
)
def test_rubbish_is_passed_over(board: Board, state: dict[str, object]) -> None:
    board.restore(state)
    assert board.active is board.charts[0]
    assert board.layout is Layout.ONE


def test_a_state_of_one_chart_is_taken_for_the_first(board: Board, mirror: Mirror) -> None:
    board.restore({"pens": [str(mirror.catalogue.tags[3].id)], "span_s": 60})
    assert [pen.tag.index for pen in board.charts[0].pens] == [3]
    assert board.charts[0].window.span_us == 60 * SECOND
