"""The log's page: filters, following, holding still, a line in full, and refusals."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hmi.config.log_tail import LogLine
from hmi.domain.roles import VISITOR
from hmi.panes.diagnostics.log import FIRST_LINES, FURTHER, LogFacts, summary, text_of
from hmi.panes.diagnostics.log_page import LogPageView
from hmi.services.port import LogPage, ReadLog, RefusedError
from hmi.services.port.diagnostics import MOST_LINES
from tests.support.fake_port import FakePort
from tests.support.panes import Stage, stage

TRACE = "Traceback\n  line 2\nRuntimeError: no answer"
LOST = LogLine(
    1_767_323_045_000_000, "error", "hmi.x", "link lost", (("connection", "North"), ("exception", TRACE)), "1"
)
BACK = LogLine(1_767_323_046_000_000, "warning", "hmi.x", "link back", (("connection", "North"),), "2")
RUBBISH = LogLine(0, "", "", "rubbish", raw="3")


def page_of(qtbot: QtBot, set_up: Stage, *lines: LogLine, is_whole: bool = True) -> LogPageView:
    set_up.port.answers[ReadLog] = LogPage(lines, "a", is_whole)
    page = LogPageView(set_up.context)
    set_up.at_end.append(page.hide)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    set_up.until(lambda: page.rows.rowCount() == len(lines))
    return page


def cells(page: LogPageView, row: int) -> list[str]:
    items = [page.rows.item(row, column) for column in range(page.rows.columnCount())]
    return [item.text() for item in items if item is not None]


def test_lines_are_shown_newest_first_and_one_in_full(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        page = page_of(qtbot, set_up, BACK, LOST, RUBBISH)
        assert cells(page, 0)[1:] == ["▲ warning", "link back: connection North", "hmi.x"]
        assert cells(page, 1)[1:3] == ["◆ error", "link lost: connection North, exception Traceback"]
        assert cells(page, 2) == ["–", "", "rubbish", ""]
        assert not page.copy.isEnabled()
        page.rows.setCurrentCell(1, 0)
        assert page.detail.toPlainText().endswith(f"link lost\nconnection: North\nexception:\n{TRACE}")
        page.copy.click()
        assert QGuiApplication.clipboard().text() == page.detail.toPlainText()


def test_the_chosen_line_stays_chosen_while_others_come(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        page = page_of(qtbot, set_up, LOST)
        page.rows.setCurrentCell(0, 0)
        set_up.port.answers[ReadLog] = LogPage((BACK, LOST), "b")
        page._pulse.timeout.emit()
        set_up.until(lambda: page.rows.rowCount() == 2)
        assert page.rows.currentRow() == 1
        assert "link lost" in page.detail.toPlainText()


def test_what_is_held_still_asks_for_nothing(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        page = page_of(qtbot, set_up, LOST)
        page.follow.click()
        assert page.follow.text() == "Held still"
        asked = set_up.port.count(ReadLog)
        page._pulse.timeout.emit()
        done: list[bool] = []

        async def mark() -> None:
            done.append(True)

        set_up.context.tasks.start(mark(), "mark")  # runs after what the pulse began
        set_up.until(lambda: bool(done))
        assert set_up.port.count(ReadLog) == asked
        page.follow.click()
        page._pulse.timeout.emit()
        set_up.until(lambda: set_up.port.count(ReadLog) == asked + 1)
        assert set_up.port.last(ReadLog).seen == "a", "so that nothing is read where nothing was written"


def test_level_and_words_are_asked_for(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        page = page_of(qtbot, set_up, LOST)
        page.level.setCurrentIndex(3)
        page.level.activated.emit(3)
        set_up.until(lambda: set_up.port.last(ReadLog).level == "error")
        QTest.keyClicks(page.text, "north")
        set_up.until(lambda: set_up.port.last(ReadLog).text == "north")
        assert set_up.port.last(ReadLog) == ReadLog("error", "north", FIRST_LINES)


def test_it_looks_further_back_up_to_a_bound(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        page = page_of(qtbot, set_up, LOST, is_whole=False)
        assert page.further.isVisible()
        page.further.click()
        set_up.until(lambda: set_up.port.last(ReadLog).limit == FIRST_LINES * FURTHER)
        for _ in range(5):
            page.further.click()
        set_up.until(lambda: not page.further.isVisible())
        assert set_up.port.last(ReadLog).limit == MOST_LINES


def test_a_refusal_is_said_and_nothing_is_asked_while_it_is_out_of_sight(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        page = page_of(qtbot, set_up, LOST)
        set_up.port.answers[ReadLog] = RefusedError("You may not do this.")
        page._pulse.timeout.emit()
        set_up.until(lambda: "may not" in page.fault.text())
        page.hide()
        assert not page._pulse.isActive()


def test_an_empty_page_says_why() -> None:
    facts = LogFacts(FakePort())
    assert facts.headline == "No line fits."
    facts._page = LogPage(is_whole=False)
    assert "newest part" in facts.headline


def test_a_line_in_words() -> None:
    assert summary(LogLine(0, "info", "", "x" * 1000)) == "x" * 300
    assert text_of(RUBBISH) == "rubbish"
