"""The settings' form: made from the driver's own description, and only what differs is kept."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QPlainTextEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from drivers.opcua.config import OpcUaConfig, settings
from hmi.domain.drafts import StationDraft
from hmi.panes.station_editor.session import EditSession, Origin
from hmi.panes.station_editor.settings_dialog import ask_settings
from hmi.services.port import DriverChoice, ListDrivers
from tests.support.fake_port import FakePort
from tests.support.panes import mirror_of_plant
from tests.support.server import serve


def test_the_form_has_every_setting_and_answers_what_differs(qtbot: QtBot) -> None:
    parent, taken = QWidget(), list[dict[str, object]]()
    qtbot.addWidget(parent)
    dialog = ask_settings(parent, settings(), {"queue_size": 20}, taken.append)
    named = {each.accessibleName(): each for each in dialog.findChildren(QWidget) if each.accessibleName()}
    assert {each.label for each in settings()} <= set(named)
    queue, publishing = named["Queue"], named["Publishing interval"]
    assert isinstance(queue, QSpinBox)
    assert queue.value() == 20
    assert isinstance(publishing, QSpinBox)
    assert (publishing.minimum(), publishing.maximum()) == (50, 60_000)
    publishing.setValue(500)
    failover, backups = named["Failover"], named["Backup servers"]
    assert isinstance(failover, QComboBox)
    failover.setCurrentIndex(1)
    assert isinstance(backups, QPlainTextEdit)
    backups.setPlainText("plc-8\n\n plc-9 ")
    dialog.findChildren(QDialogButtonBox)[0].accepted.emit()
    assert taken == [{"queue_size": 20, "publishing_ms": 500, "failover": "warm", "backups": ("plc-8", "plc-9")}]
    OpcUaConfig.model_validate(taken[0])


@pytest.mark.asyncio
async def test_settings_stay_when_another_way_in_is_taken() -> None:
    port = FakePort()
    serve(port)
    port.answers[ListDrivers] = (DriverChoice("opcua", "OPC UA", settings()),)
    session = EditSession(mirror_of_plant(), port, StationDraft(), Origin.NEW, lambda: None)
    await session.finder.load_drivers()
    await session.find("opcua", "plc-7")
    session.set_settings({"publishing_ms": 500})
    before = session.draft.connection.options
    session.choose_way(1)
    after = session.draft.connection.options
    assert before["publishing_ms"] == after["publishing_ms"] == 500
    assert before["security"] != after["security"]
    session.set_settings({})
    assert "publishing_ms" not in session.draft.connection.options
