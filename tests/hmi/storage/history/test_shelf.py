from __future__ import annotations

import threading

import pytest

from hmi.storage.history.shelf import Picture, Place, Shelf

ONE = Picture(hot=(Place("a", "b", 0, 10),))


def test_a_reader_keeps_to_the_picture_it_took() -> None:
    shelf = Shelf()
    with shelf.reading() as before:
        shelf.put(ONE)
        assert before == Picture()
        with shelf.reading() as after:
            assert after is ONE


def test_whoever_moves_waits_for_readers_of_older_pictures_only() -> None:
    shelf = Shelf()
    is_through = threading.Event()

    def move() -> None:
        shelf.put(ONE)
        shelf.wait_unread()
        is_through.set()

    with shelf.reading():
        mover = threading.Thread(target=move)
        mover.start()
        while shelf.picture is not ONE:
            pass
        with shelf.reading():
            assert not is_through.wait(0.05), "the older reader is still there"
    assert is_through.wait(5)
    mover.join()


def test_a_reader_that_fails_lets_go() -> None:
    shelf = Shelf()
    with pytest.raises(IndexError), shelf.reading():
        list[int]()[0]
    shelf.put(ONE)
    shelf.wait_unread()


def test_places_are_those_that_may_have_rows_of_the_range() -> None:
    picture = Picture(runs=(Place("r", "", 10, 20), Place("s", "", 20, 30)))
    assert [place.samples for place in picture.places(0, 10)] == []
    assert [place.samples for place in picture.places(19, 21)] == ["r", "s"]
    assert [place.samples for place in picture.places(20, 20)] == []
