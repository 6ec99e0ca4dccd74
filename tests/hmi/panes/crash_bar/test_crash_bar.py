"""The bar at the next start: what it says, to whom, and that it goes away."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from hmi.config.crashes import Crash
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, User
from hmi.panes.crash_bar.view import CrashBarView
from hmi.services.port import CrashList, DismissCrashes, Frame, ReadCrashes, RefusedError
from hmi.ui.words import local_time
from tests.support.panes import Stage, stage
from tests.support.plants import CATALOGUE

ENDED = Crash("ended-2.txt", "ended", 1_767_323_045_000_000, 100)
FAULT = Crash("python-1.txt", "python", 1_767_323_945_000_000, 200)


def bar_of(qtbot: QtBot, set_up: Stage, found: CrashList) -> CrashBarView:
    set_up.port.answers[ReadCrashes] = found
    bar = CrashBarView(set_up.context)
    qtbot.addWidget(bar)
    assert bar.isHidden()
    set_up.mirror.take(Frame(catalogue=CATALOGUE))
    set_up.until(lambda: set_up.port.count(ReadCrashes) == 1)
    set_up.mirror.take(Frame(catalogue=CATALOGUE))
    return bar


def test_an_unexpected_end_is_told_until_it_is_dismissed(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        bar = bar_of(qtbot, set_up, CrashList((ENDED,), 1))
        set_up.until(lambda: not bar.isHidden())
        when = local_time(ENDED.at_us).strftime("%Y-%m-%d %H:%M:%S")
        assert bar.sentence.text() == f"The program ended unexpectedly at {when}."
        wishes: list[bool] = []
        set_up.context.navigator.on_support(wishes.append)
        bar.show_files.click()
        bar.bundle.click()
        assert wishes == [False, True]
        set_up.port.answers[ReadCrashes] = CrashList((ENDED,), 0)
        bar.dismiss.click()
        set_up.until(bar.isHidden)
        assert set_up.port.count(DismissCrashes) == 1


def test_an_end_counts_more_than_a_fault(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        bar = bar_of(qtbot, set_up, CrashList((FAULT, ENDED), 2))
        set_up.until(lambda: not bar.isHidden())
        assert "ended unexpectedly" in bar.sentence.text()
        assert "2 new crash files" in bar.sentence.text()


def test_a_fault_that_the_program_outlived_is_called_so(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        bar = bar_of(qtbot, set_up, CrashList((FAULT, ENDED), 1))
        set_up.until(lambda: not bar.isHidden())
        assert "had a fault" in bar.sentence.text()


@pytest.mark.parametrize("found", [CrashList(), CrashList((ENDED,), 0)])
def test_nothing_new_is_nothing_to_tell(qtbot: QtBot, found: CrashList) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        bar = bar_of(qtbot, set_up, found)
        assert bar.isHidden()
        assert set_up.port.count(ReadCrashes) == 1, "it looks once"


@pytest.mark.parametrize(("user", "is_offered"), [(VISITOR, False), (LOCAL_ADMIN, True)])
def test_a_visitor_may_look_only(qtbot: QtBot, user: User, is_offered: bool) -> None:
    with stage(user) as set_up:
        bar = bar_of(qtbot, set_up, CrashList((ENDED,), 1))
        set_up.until(lambda: not bar.isHidden())
        assert (not bar.bundle.isHidden()) is is_offered
        assert (not bar.dismiss.isHidden()) is is_offered
        assert not bar.show_files.isHidden()


def test_a_refusal_is_said(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        bar = bar_of(qtbot, set_up, CrashList((ENDED,), 1))
        set_up.port.answers[DismissCrashes] = RefusedError("The disk is full.")
        set_up.until(lambda: not bar.isHidden())
        bar.dismiss.click()
        set_up.until(lambda: "The disk is full." in bar.fault.text())
