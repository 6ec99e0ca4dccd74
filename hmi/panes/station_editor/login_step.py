"""Step 3: who logs in to the server, and where the password is kept."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QRadioButton, QVBoxLayout, QWidget

from hmi.domain.language import tr
from hmi.panes.station_editor.desk import Desk, StepView
from hmi.panes.station_editor.session import EditSession
from hmi.ui.form_parts import FaultLabel, as_secret, field, heading, note, show_checks, show_text


class LoginStep(StepView):
    """Anonymous, or a user and a password."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._session: EditSession | None = None
        self._anonymous = QRadioButton(tr("Anonymous: no user, no password"))
        self._named = QRadioButton(tr("A user and a password"))
        self._anonymous.toggled.connect(lambda _: self._typed())
        self._why = note()
        self._user = field(tr("User"), lambda _text: self._typed())
        self._password = field(tr("Password"), lambda _text: self._typed())
        as_secret(self._password)
        for line in (self._user, self._password):
            line.setMaximumWidth(320)
            line.returnPressed.connect(desk.go_on)
        self._where = note()
        self._fault = FaultLabel()
        form = QFormLayout()
        form.setContentsMargins(24, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.addRow(tr("User"), self._user)
        form.addRow(tr("Password"), self._password)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading(tr("Who logs in?")))
        layout.addWidget(self._anonymous)
        layout.addWidget(self._why)
        layout.addWidget(self._named)
        layout.addLayout(form)
        layout.addWidget(self._where)
        layout.addWidget(self._fault)
        layout.addStretch(1)

    def first_field(self) -> QWidget:
        return self._user if self._named.isChecked() else self._anonymous

    def refresh(self, session: EditSession) -> None:
        user = session.draft.connection.user
        for button in (self._anonymous, self._named):
            show_checks(button, self._desk.theme)
        if session is not self._session:
            self._session = session
            self._password.clear()
            self._choose(is_named=bool(user))
        show_text(self._user, user if self._named.isChecked() else self._user.text())
        has_anonymous = not session.logins or "anonymous" in session.logins
        has_named = not session.logins or "user" in session.logins
        if not has_anonymous and self._anonymous.isChecked():
            self._choose(is_named=True)
        elif not has_named and self._named.isChecked():
            self._choose(is_named=False)
        self._anonymous.setEnabled(has_anonymous)
        self._named.setEnabled(has_named)
        why = "" if has_anonymous else tr("This server lets nobody in without a user.")
        self._why.setText(why if has_named else tr("This server knows no users with passwords."))
        self._why.setVisible(bool(self._why.text()))
        for line in (self._user, self._password):
            line.setEnabled(self._named.isChecked())
        where = session.where_kept
        if session.is_connection_known and user:
            where += " " + tr("Leave it empty to keep the one that is there.")
        self._where.setText(where)
        self._fault.say(session.fault("endpoint"))

    def _choose(self, *, is_named: bool) -> None:
        for button in (self._anonymous, self._named):
            button.blockSignals(True)
        self._named.setChecked(is_named)
        self._anonymous.setChecked(not is_named)
        for button in (self._anonymous, self._named):
            button.blockSignals(False)

    def _typed(self) -> None:
        session = self._desk.session()
        if session is None:
            return
        if self._named.isChecked():
            session.set_login(self._user.text(), self._password.text())
        else:
            session.set_login("", "")
