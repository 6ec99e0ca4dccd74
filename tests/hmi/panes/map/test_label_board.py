from __future__ import annotations

import numpy as np

from hmi.panes.map.label_board import LabelBoard, Rect

NO_PIPES = np.empty((0, 2))


def test_the_first_free_place_is_taken() -> None:
    board = LabelBoard(500, 500, NO_PIPES)
    board.block(Rect(0, 0, 100, 20))
    found = board.place([Rect(50, 10, 80, 20), Rect(100, 0, 80, 20), Rect(200, 0, 80, 20)])
    assert found == (Rect(100, 0, 80, 20), False)


def test_no_free_place_is_no_label() -> None:
    board = LabelBoard(500, 500, NO_PIPES)
    board.block(Rect(0, 0, 400, 400))
    assert board.place([Rect(50, 10, 80, 20)]) is None


def test_a_taken_place_is_not_given_twice() -> None:
    board = LabelBoard(500, 500, NO_PIPES)
    assert board.place([Rect(50, 10, 80, 20)]) is not None
    assert board.place([Rect(50, 10, 80, 20)]) is None


def test_a_place_off_the_pipe_is_better_than_the_first() -> None:
    board = LabelBoard(500, 500, np.array([[60.0, 20.0]]))
    assert board.place([Rect(50, 10, 80, 20), Rect(50, 100, 80, 20)]) == (Rect(50, 100, 80, 20), False)


def test_a_label_over_a_pipe_says_so() -> None:
    board = LabelBoard(500, 500, np.array([[60.0, 20.0]]))
    assert board.place([Rect(50, 10, 80, 20)]) == (Rect(50, 10, 80, 20), True)


def test_a_place_cut_by_the_edge_comes_last() -> None:
    board = LabelBoard(500, 500, np.array([[60.0, 20.0]]))
    assert board.place([Rect(450, 10, 80, 20), Rect(50, 10, 80, 20)]) == (Rect(50, 10, 80, 20), True)
