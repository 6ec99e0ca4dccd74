"""The tree: what an administrator may begin from it, and that others may not."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from hmi.domain.catalogue import Catalogue
from hmi.domain.roles import LOCAL_ADMIN, VISITOR, User
from hmi.panes.stations.view import StationsView
from hmi.services.port import Frame
from hmi.ui.navigator import EditWish, Workspace
from tests.support.panes import Stage, stage
from tests.support.plants import STATION


def view_of(qtbot: QtBot, set_up: Stage) -> StationsView:
    view = StationsView(set_up.context)
    qtbot.addWidget(view)
    view.show()
    return view


def add_button(view: StationsView) -> QPushButton:
    return next(each for each in view.findChildren(QPushButton) if each.text() == "Add station")


@pytest.mark.parametrize(("user", "may"), [(LOCAL_ADMIN, True), (VISITOR, False)])
def test_who_may_begin_to_edit(qtbot: QtBot, user: User, may: bool) -> None:
    with stage(user) as set_up:
        view = view_of(qtbot, set_up)
        assert add_button(view).isVisibleTo(view) is may
        menu = view.menu_of(STATION.id)
        actions = menu.actions()
        assert [action.text() for action in actions] == ["Add station", "Edit", "Duplicate", "Switch off…", "Delete…"]
        assert [action.isEnabled() for action in actions] == [may] * 5
        reasons = {action.toolTip() for action in actions}
        assert ("Only an administrator may edit stations." in reasons) is not may
        menu.close()


def test_a_wish_goes_to_the_workspace_for_it(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        wishes: list[tuple[EditWish, UUID | None]] = []
        set_up.context.navigator.on_edit(lambda wish, station: wishes.append((wish, station)))
        add_button(view).click()
        menu = view.menu_of(STATION.id)
        menu.actions()[4].trigger()
        menu.close()
        assert wishes == [(EditWish.ADD, None), (EditWish.DELETE, STATION.id)]
        assert set_up.context.navigator.place.workspace is Workspace.ADMIN


def test_an_empty_profile_says_so_and_offers_the_first_station(qtbot: QtBot) -> None:
    with stage(LOCAL_ADMIN) as set_up:
        view = view_of(qtbot, set_up)
        set_up.mirror.take(Frame(catalogue=Catalogue(version=9)))
        shown = [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]
        assert shown == ["No stations yet."]
        assert add_button(view).isVisibleTo(view)
