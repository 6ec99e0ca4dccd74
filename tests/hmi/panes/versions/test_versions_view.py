"""The page of versions: chosen, looked at, and taken up again only after a look and with a reason."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QRadioButton, QTableWidget
from pytestqt.qtbot import QtBot

from hmi.config.package import Difference
from hmi.domain.roles import ADMIN, VISITOR, User
from hmi.panes.versions.view import VersionsView
from hmi.services.port import (
    CompareConfiguration,
    CompareVersions,
    ConfigurationPreview,
    ConfigurationVersion,
    ExportConfiguration,
    Frame,
    ImportConfiguration,
    ObjectDifference,
    ReadVersions,
    RefusedError,
    RollBack,
)
from hmi.services.port.versions import NOW
from tests.support.panes import Stage, stage

VERSIONS = (
    ConfigurationVersion(3, 3_000_000, "Ben", "Changed station Dale", 1),
    ConfigurationVersion(2, 2_000_000, "Ann", "Added station Dale", 6),
)
DIFFERENCE = ObjectDifference("station", "1", "Station", "Dale", "name: Hill → Dale")


def view_of(qtbot: QtBot, set_up: Stage) -> VersionsView:
    set_up.port.answers[ReadVersions] = VERSIONS
    set_up.port.answers[CompareVersions] = (DIFFERENCE,)
    view = VersionsView(set_up.context)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    set_up.until(lambda: table(view, "Versions").rowCount() == 2)
    return view


def table(view: VersionsView, name: str) -> QTableWidget:
    return next(each for each in view.findChildren(QTableWidget) if each.accessibleName() == name)


def button(view: VersionsView, text: str) -> QPushButton:
    found = [each for each in view.findChildren(QPushButton) if each.text() == text]
    return next((each for each in found if each.isVisibleTo(view)), found[0])


def shown(view: VersionsView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]


def choose(set_up: Stage, view: VersionsView, row: int) -> None:
    asked = set_up.port.count(CompareVersions)
    table(view, "Versions").selectRow(row)
    set_up.until(lambda: set_up.port.count(CompareVersions) > asked and set_up.context.tasks.count == 0)


def test_a_version_shows_what_it_changed(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up)
        choose(set_up, view, 1)
        assert set_up.port.last(CompareVersions) == CompareVersions(1, 2)
        assert "What version 2 changed" in shown(view)
        cells = [table(view, "Differences").item(0, column).text() for column in range(3)]  # type: ignore[union-attr]  # just shown
        assert cells == ["Station", "Dale", "name: Hill → Dale"]
        assert not button(view, "Take it up again…").isEnabled(), "taken up without a look at what it would do"


def test_taken_up_again_after_a_look_with_a_reason(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up)
        choose(set_up, view, 1)
        next(each for each in view.findChildren(QRadioButton) if "would" in each.text()).click()
        set_up.until(lambda: button(view, "Take it up again…").isEnabled())
        assert set_up.port.last(CompareVersions) == CompareVersions(NOW, 2)
        button(view, "Take it up again…").click()
        line = next(each for each in view.findChildren(QLineEdit) if each.accessibleName().startswith("Why is"))
        QTest.keyClicks(line, "Typo in the limits")
        set_up.port.answers[RollBack] = RefusedError("The configuration was changed meanwhile.")
        button(view, "Take it up again").click()
        set_up.until(lambda: any("changed meanwhile" in text for text in shown(view)))
        set_up.port.answers[RollBack] = 4
        button(view, "Take it up again…").click()
        QTest.keyClicks(line, "Typo in the limits")
        button(view, "Take it up again").click()
        set_up.until(lambda: "Version 2 was taken up again as version 4." in shown(view))
        assert set_up.port.last(RollBack) == RollBack(2, set_up.mirror.catalogue.version, "Typo in the limits")


def test_who_may_not_is_not_offered_it(qtbot: QtBot) -> None:
    with stage(VISITOR) as set_up:
        view = view_of(qtbot, set_up)
        choose(set_up, view, 0)
        assert not button(view, "Take it up again…").isVisibleTo(view)


def test_versions_are_found_by_what_they_changed(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up)
        line = next(each for each in view.findChildren(QLineEdit) if each.accessibleName().startswith("Show versions"))
        QTest.keyClicks(line, "Dale")
        set_up.until(lambda: set_up.port.last(ReadVersions).name == "Dale")


def test_an_answer_that_comes_late_is_not_shown_for_the_version_that_was_chosen_after_it(qtbot: QtBot) -> None:
    go_on = asyncio.Event()
    other = ObjectDifference("station", "2", "Station", "Late", "name: A → B")

    async def slow_for_three(request: CompareVersions) -> tuple[ObjectDifference, ...]:
        if request.end == 3:
            await go_on.wait()
            return (other,)
        return (DIFFERENCE,)

    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers[CompareVersions] = slow_for_three
        table(view, "Versions").selectRow(0)
        set_up.until(lambda: set_up.port.count(CompareVersions) == 1)
        table(view, "Versions").selectRow(1)
        set_up.until(lambda: table(view, "Differences").rowCount() == 1)
        go_on.set()
        set_up.until(lambda: set_up.context.tasks.count == 0)
        assert table(view, "Differences").item(0, 1).text() == "Dale"  # type: ignore[union-attr]  # just shown


PREVIEW = ConfigurationPreview((Difference("User", "Olga", "operator → viewer"),), 1, "seal")
FILE = Path("/some/where/all.json")


def looked_at(set_up: Stage, view: VersionsView, preview: ConfigurationPreview = PREVIEW) -> None:
    set_up.port.answers[CompareConfiguration] = preview
    view.read_from(FILE)
    set_up.until(lambda: set_up.context.tasks.count == 0)


def test_everything_is_imported_as_it_was_seen(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up)
        looked_at(set_up, view)
        assert "Import all.json" in shown(view)
        found = table(view, "What the import changes")
        assert [found.item(0, column).text() for column in range(3)] == ["User", "Olga", "operator → viewer"]  # type: ignore[union-attr]  # just shown
        assert set_up.port.count(ImportConfiguration) == 0
        set_up.port.answers[CompareConfiguration] = replace(PREVIEW, seal="with removal")
        next(each for each in view.findChildren(QCheckBox) if "delete" in each.text()).click()
        set_up.until(lambda: set_up.context.tasks.count == 0)
        set_up.port.answers[ImportConfiguration] = RefusedError("Nobody could edit users any more.")
        button(view, "Import").click()
        set_up.until(lambda: any("Nobody could edit users" in text for text in shown(view)))
        assert set_up.port.last(ImportConfiguration) == ImportConfiguration(FILE, True, "with removal")
        assert "Import all.json" in shown(view), "a refused file stays to be looked at"
        set_up.port.answers[ImportConfiguration] = "Imported all.json."
        button(view, "Import").click()
        set_up.until(lambda: "Imported all.json." in shown(view))
        assert not button(view, "Import").isVisibleTo(view)


def test_a_file_that_cannot_be_imported_says_why_and_offers_nothing(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers[CompareConfiguration] = RefusedError("The file is no configuration.")
        view.read_from(FILE)
        set_up.until(lambda: any("no configuration" in text for text in shown(view)))
        assert not button(view, "Import").isEnabled()
        button(view, "Cancel").click()
        set_up.until(lambda: not button(view, "Import").isVisibleTo(view))
        looked_at(set_up, view, ConfigurationPreview(seal="x"))
        assert "Nothing differs from what is here already." in shown(view)
        assert not button(view, "Import").isEnabled()


def test_everything_is_exported_in_words_and_by_administrators_only(qtbot: QtBot) -> None:
    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers[ExportConfiguration] = "Everything but passwords is in all.json."
        view.export_to(FILE)
        set_up.until(lambda: "Everything but passwords is in all.json." in shown(view))
        set_up.port.answers[ExportConfiguration] = RefusedError("The disk is full.")
        view.export_to(FILE)
        set_up.until(lambda: any("The disk is full." in text for text in shown(view)))
        set_up.mirror.take(Frame(user=VISITOR))
        assert not view.export.isVisibleTo(view)
        assert not view.bring_in.isVisibleTo(view)


def test_a_comparison_that_comes_late_is_not_shown_for_the_other(qtbot: QtBot) -> None:
    go_on = asyncio.Event()

    async def slow_without_removal(request: CompareConfiguration) -> ConfigurationPreview:
        if not request.removes:
            await go_on.wait()
            return PREVIEW
        return ConfigurationPreview(seal="with removal")

    with stage(User("Ada", ADMIN)) as set_up:
        view = view_of(qtbot, set_up)
        set_up.port.answers[CompareConfiguration] = slow_without_removal
        view.read_from(FILE)
        set_up.until(lambda: set_up.port.count(CompareConfiguration) == 1)
        next(each for each in view.findChildren(QCheckBox) if "delete" in each.text()).click()
        set_up.until(lambda: "Nothing differs from what is here already." in shown(view))
        go_on.set()
        set_up.until(lambda: set_up.context.tasks.count == 0)
        assert table(view, "What the import changes").rowCount() == 0
        assert not button(view, "Import").isEnabled()
