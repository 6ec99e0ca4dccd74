from __future__ import annotations

from pytestqt.qtbot import QtBot

from hmi.domain.alarms import Priority
from hmi.panes.faceplate.view import FaceplateView
from hmi.services.port import AlarmChanges, Frame
from hmi.ui.navigator import Workspace
from tests.hmi.panes.alarms.alarm_rows import row
from tests.support.panes import stage


def test_the_count_of_alarms_opens_the_worst_of_them(qtbot: QtBot) -> None:
    with stage() as around:
        view = FaceplateView(around.context)
        qtbot.addWidget(view)
        assert (view._alarms.text(), view._alarms.isEnabled()) == ("No alarms", False)
        worst = row(2, priority=Priority.CRITICAL)
        around.mirror.take(Frame(alarms=AlarmChanges((row(1), worst))))
        assert (view._alarms.text(), view._alarms.isEnabled()) == ("2 alarms", True)
        opened: list[object] = []
        around.context.navigator.on_alarm(opened.append)
        view._alarms.click()
        assert opened == [worst.id]
        assert around.context.navigator.place.workspace is Workspace.ALARMS
