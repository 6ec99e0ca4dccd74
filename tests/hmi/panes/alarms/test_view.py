"""The alarm pane as an operator uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from hmi.domain.alarms import AlarmEvent, AlarmState, Priority
from hmi.domain.alarms.figures import AlarmFigures, Moment, figures_of
from hmi.domain.roles import MAINTENANCE, OPERATOR, VISITOR, User
from hmi.panes.alarms.listing import ListKind
from hmi.panes.alarms.view import AlarmsView, Tab
from hmi.services import port
from hmi.services.port import AlarmChanges, AlarmOverview, AlarmRow, Frame, RefusedError
from hmi.ui.navigator import Workspace
from tests.hmi.panes.alarms.alarm_rows import row
from tests.support.panes import Stage, stage
from tests.support.plants import LEVEL, LOW_LEVEL, STATION

JOURNAL = tuple(
    port.JournalRow(
        number, 1_800_000_000_000_000 - number, UUID(int=1), STATION.id, LEVEL, Priority.HIGH, "Hill borehole",
        "Tank level low", event, AlarmState.UNACK, "0.9 m", "1.0 m", "Ann", "seen",
    )
    for number, event in enumerate((AlarmEvent.ACKNOWLEDGE, AlarmEvent.ACTIVATE), 1)
)  # fmt: skip


def figures() -> AlarmFigures:
    calls = [Moment(at, "a", at, "ACTIVATE", "UNACK", True, 3, "Hill: low") for at in range(0, 20_000_000, 1_000_000)]
    return figures_of(calls, 0, 86_400_000_000)


@pytest.fixture
def set_up() -> Iterator[Stage]:
    with stage() as made:
        made.port.answers = {
            port.Acknowledge: lambda request: len(request.occurrences),
            port.ShelveAlarms: lambda request: len(request.alarms),
            port.UnshelveAlarms: lambda request: len(request.alarms),
            port.PutOutOfService: lambda request: len(request.alarms),
            port.ReturnToService: lambda request: len(request.alarms),
            port.ResetAlarms: lambda request: len(request.alarms),
            port.ReadAlarmJournal: port.AlarmJournal(JOURNAL, 700, ("Ann",)),
            port.ReadAlarmFigures: figures(),
        }
        yield made


def view_of(qtbot: QtBot, set_up: Stage) -> AlarmsView:
    view = AlarmsView(set_up.context)
    qtbot.addWidget(view)
    set_up.at_end.append(view.hide)
    view.resize(1250, 800)
    view.show()
    return view


def take(set_up: Stage, view: AlarmsView, *rows: AlarmRow, gone: tuple[UUID, ...] = ()) -> None:
    set_up.mirror.take(Frame(alarms=AlarmChanges(rows, gone)))
    set_up.until(lambda: not view._coalesce.isActive())


def button(view: QWidget, text: str) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == text and each.isVisible())


def texts(view: AlarmsView, kind: ListKind, column: int = 3) -> list[str]:
    model = view.lists[kind].table.model()
    return [str(model.index(number, column).data()) for number in range(model.rowCount())]


def message(view: AlarmsView, kind: ListKind = ListKind.ACTIVE) -> str:
    return view.lists[kind]._message.text()


def test_the_selection_is_acknowledged_with_its_comment(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    take(set_up, view, row(1, at_us=10), row(2, at_us=20, text="Pump tripped"))
    page = view.lists[ListKind.ACTIVE]
    assert not button(view, "Acknowledge").isEnabled()
    page.table.selectRow(1)
    page.comment.setText("on my way")
    button(view, "Acknowledge").click()
    set_up.until(lambda: message(view) == "1 acknowledged")
    assert set_up.port.last(port.Acknowledge) == port.Acknowledge((row(1, at_us=10).occurrence,), "on my way")
    assert page.comment.text() == ""


def test_visible_means_what_is_on_screen_and_not_what_lies_below(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    take(set_up, view, *(row(number, at_us=number) for number in range(1, 201)))
    button(view, "Acknowledge visible").click()
    set_up.until(lambda: set_up.port.count(port.Acknowledge) == 1)
    count = len(set_up.port.last(port.Acknowledge).occurrences)
    assert 5 < count < 40


def test_rows_keep_their_places_and_the_selection_its_row_while_alarms_come_and_go(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    take(set_up, view, row(1, at_us=10, text="One"), row(2, at_us=20, text="Two"))
    page = view.lists[ListKind.ACTIVE]
    page.table.selectRow(1)
    take(set_up, view, row(3, at_us=30, text="Three", priority=Priority.CRITICAL), gone=(UUID(int=2),))
    assert texts(view, ListKind.ACTIVE) == ["Two", "One", "Three"]
    assert [index.row() for index in page.table.selectionModel().selectedRows()] == [1]
    assert page._new.text() == "1 new at the end while rows are selected"
    page.table.clearSelection()
    assert texts(view, ListKind.ACTIVE) == ["Three", "One"]


def test_shelving_asks_why_and_for_how_long(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    take(set_up, view, row(1))
    page = view.lists[ListKind.ACTIVE]
    page.table.selectRow(0)
    button(view, "Shelve…").click()
    button(view, "Shelve").click()
    assert set_up.port.count(port.ShelveAlarms) == 0, "no reason was given"
    assert page.panel.length.itemData(page.panel.length.count() - 1) == 28_800.0, "a shift is the most of an operator"
    page.panel.reason.setText("valve is repaired")
    page.panel.one_shot.setChecked(True)
    QTest.keyClick(page.panel.reason, Qt.Key.Key_Return)
    set_up.until(lambda: not page.panel.isVisible())
    wanted = port.ShelveAlarms((UUID(int=1),), 3600.0, "valve is repaired", is_one_shot=True)
    assert set_up.port.last(port.ShelveAlarms) == wanted


def test_a_refusal_stays_beside_what_was_typed(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    take(set_up, view, row(1))
    page = view.lists[ListKind.ACTIVE]
    page.table.selectRow(0)
    button(view, "Out of service…").click()
    page.panel.reason.setText("dismantled")
    set_up.port.answers[port.PutOutOfService] = RefusedError("The journal cannot be written.")
    button(view, "Out of service").click()
    set_up.until(lambda: "cannot be written" in page.panel._fault.text())
    assert (page.panel.isVisible(), page.panel.reason.text()) == (True, "dismantled")


def test_hidden_alarms_are_brought_back_from_their_own_lists(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    shelved = row(1, AlarmState.SHLVD, hidden_by="Ann", hidden_why="washing", shelved_until_us=9 * 10**15)
    take(set_up, view, shelved, row(2, AlarmState.OOSRV, hidden_why="workshop"), row(3, AlarmState.DSUPR))
    assert [each.text() for each in view._buttons.values()][1:3] == ["Shelved (1)", "Suppressed and out of service (2)"]
    view.show_tab(Tab.SHELVED)
    view.lists[ListKind.SHELVED].table.selectRow(0)
    button(view, "Bring back now").click()
    set_up.until(lambda: set_up.port.count(port.UnshelveAlarms) == 1)
    view.show_tab(Tab.SUPPRESSED)
    page = view.lists[ListKind.SUPPRESSED]
    number = next(number for number, each in enumerate(page._model.rows) if each.state is AlarmState.OOSRV)
    page.table.selectRow(number)
    button(view, "Return to service").click()
    set_up.until(lambda: set_up.port.count(port.ReturnToService) == 1)
    page.table.selectRow(1 - number)
    assert not button(view, "Return to service").isEnabled(), "what design suppresses, nobody returns"


def test_a_note_is_written_to_the_alarm_s_moment_from_its_menu(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    take(set_up, view, row(1, at_us=4711), row(2, AlarmState.OOSRV, at_us=0, hidden_us=815))
    page = view.lists[ListKind.ACTIVE]
    page.table.selectRow(0)
    actions = page._menu(page._selected()).actions()
    next(each for each in actions if each.text() == "Note…").trigger()
    QTest.keyClicks(page.panel.reason, "Valve stuck")
    set_up.port.answers[port.AddNote] = None
    button(view, "Write").click()
    set_up.until(lambda: message(view) == "The note is in the shift log.")
    assert set_up.port.last(port.AddNote) == port.AddNote(4711, STATION.id, "Valve stuck", LEVEL)
    presenter = view._presenter
    set_up.context.tasks.start(presenter.add_note(presenter.rows(ListKind.SUPPRESSED)[0], "Seen"), "note")
    set_up.until(lambda: set_up.port.last(port.AddNote).at_us == 815)
    set_up.mirror.take(Frame(user=VISITOR))
    assert not page._can_note()


@pytest.mark.parametrize(
    ("user", "enabled"),
    [
        (VISITOR, set()),
        (User("Olaf", OPERATOR), {"Acknowledge", "Acknowledge visible", "Shelve…"}),
        (
            User("Rita", MAINTENANCE),
            {"Acknowledge", "Acknowledge visible", "Shelve…", "Out of service…"},
        ),
    ],
)
def test_a_person_is_offered_what_the_role_allows(qtbot: QtBot, set_up: Stage, user: User, enabled: set[str]) -> None:
    view = view_of(qtbot, set_up)
    set_up.mirror.take(Frame(user=user))
    take(set_up, view, row(1))
    view.lists[ListKind.ACTIVE].table.selectRow(0)
    buttons = [each for each, _ in view.lists[ListKind.ACTIVE]._buttons.values()]
    assert {each.text() for each in buttons if each.isEnabled()} == enabled


def test_the_alarm_that_is_asked_for_elsewhere_is_found_in_its_list(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    take(set_up, view, row(1), row(2, AlarmState.SHLVD, shelved_until_us=9 * 10**15))
    set_up.context.navigator.open_alarm(UUID(int=2), STATION.id)
    assert view.tab is Tab.SHELVED
    assert [each.id for each in view.lists[ListKind.SHELVED]._selected()] == [UUID(int=2)]
    assert set_up.context.navigator.place.workspace is Workspace.ALARMS


def test_jumps_take_the_moment_along(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    asked: list[tuple[int, int]] = []
    set_up.context.navigator.on_trend(lambda tag, at_us: asked.append((tag, at_us)))
    take(set_up, view, row(1, at_us=4711))
    view.lists[ListKind.ACTIVE].table.selectRow(0)
    button(view, "Trend then").click()
    assert asked == [(LEVEL, 4711)]
    button(view, "Map").click()
    assert set_up.context.navigator.place.workspace is Workspace.MAP


def test_a_flood_and_faulty_logic_are_said_above_the_list(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    assert not view._flood.isVisible()
    set_up.mirror.take(
        Frame(
            alarms=AlarmChanges((row(1),)),
            overview=AlarmOverview(17, 5, ((LOW_LEVEL.id, "It divides by 0."),)),
        )
    )
    set_up.until(view._flood.isVisible)
    assert "17 new in 10 minutes" in view._flood.text()
    assert "Hill borehole: Tank level low does not work: It divides by 0." in view._flood.text()


def test_the_journal_is_asked_narrowed_and_read_on(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.show_tab(Tab.JOURNAL)
    page = view.journal
    set_up.until(lambda: page.table.model().rowCount() == 2)
    assert page._headline.text() == "700 changes, the newest 2 shown"
    page.station.setCurrentIndex(1)
    page.station.activated.emit(1)
    set_up.until(lambda: set_up.port.last(port.ReadAlarmJournal).question.stations == (STATION.id,))
    page.text.setText("level")
    set_up.until(lambda: set_up.port.last(port.ReadAlarmJournal).question.text == "level")
    button(view, "Older…").click()
    set_up.until(lambda: set_up.port.last(port.ReadAlarmJournal).before == (JOURNAL[-1].at_us, JOURNAL[-1].seq))
    set_up.until(lambda: page.table.model().rowCount() == 4)


def test_the_journal_is_exported_and_printed(qtbot: QtBot, set_up: Stage, tmp_path: Path) -> None:
    view = view_of(qtbot, set_up)
    view.show_tab(Tab.JOURNAL)
    set_up.port.answers[port.ExportAlarmJournal] = UUID(int=5)
    view.journal.export_to(tmp_path / "a.csv")
    set_up.until(lambda: set_up.port.count(port.ExportAlarmJournal) == 1)
    view.journal.pdf_to(tmp_path / "a.pdf")
    set_up.until(lambda: (tmp_path / "a.pdf").is_file() and (tmp_path / "a.pdf").stat().st_size > 1000)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    view.journal.pdf_to(tmp_path / "gone" / "a.pdf")
    set_up.until(lambda: "was not written" in view.journal._message.text())


def test_the_figures_stand_with_their_targets(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.show_tab(Tab.FIGURES)
    page = view.kpi
    set_up.until(lambda: page.top.rowCount() == 1)
    lines = page.lines.model()
    shown = {lines.index(number, 0).data(): lines.index(number, 1).data() for number in range(15)}
    assert shown["Alarms a day"] == "20"
    assert shown["Most in ten minutes"] == "▲ 20"
    assert shown["Floods"] == "1"
    assert page.top.model().index(0, 0).data() == "Hill: low"
    assert "targets missed: " in page._headline.text()


def test_what_was_asked_is_done_to_what_it_was_asked_about(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    take(set_up, view, row(1, at_us=10), row(2, at_us=20))
    page = view.lists[ListKind.ACTIVE]
    page.table.selectRow(0)
    button(view, "Shelve…").click()
    page.table.selectRow(1)
    assert not page.panel.isVisible(), "another alarm is chosen now"
    button(view, "Shelve…").click()
    view.show_tab(Tab.SHELVED)
    view.show_tab(Tab.ACTIVE)
    assert not page.panel.isVisible()


def test_the_journal_follows_what_happens_while_its_newest_rows_are_looked_at(qtbot: QtBot, set_up: Stage) -> None:
    view = view_of(qtbot, set_up)
    view.show_tab(Tab.JOURNAL)
    set_up.until(lambda: view.journal.table.model().rowCount() == 2)
    asked = set_up.port.count(port.ReadAlarmJournal)
    view._tick()
    assert set_up.port.count(port.ReadAlarmJournal) == asked
    take(set_up, view, row(1))
    view._tick()
    set_up.until(lambda: set_up.port.count(port.ReadAlarmJournal) == asked + 1)
