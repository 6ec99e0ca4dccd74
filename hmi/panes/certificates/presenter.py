"""Facts of the page of certificates: what there is, what is chosen, what may be done. Passwords are only passed on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from drivers.api import OwnWish, Shelf
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.certificates import words
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port, RefusedError, Request
from hmi.services.port.certificates import (
    CertificateRow,
    CertificateState,
    DeleteRevocations,
    DeleteStored,
    DistrustStored,
    ExportCertificate,
    ExportOwnKey,
    ForgetPrevious,
    ImportAs,
    ImportCertificate,
    MakeOwnCertificate,
    ReadCertificates,
    ReconnectSecured,
    RevocationRow,
    TrustStored,
)
from hmi.ui.pane_facts import Listen
from hmi.ui.questions import Question

AnyRow = CertificateRow | RevocationRow


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table. is_bad: something has to be done about it."""

    key: tuple[str, str, str]
    cells: tuple[str, ...]
    is_bad: bool = False


@dataclass(slots=True)
class OwnDraft:
    """What is typed of a new certificate of one's own. hosts: separated by commas or spaces."""

    key_bits: int = 3072
    organisation: str = ""
    hosts: str = ""
    days: int = 1825
    touched: set[str] = field(default_factory=set)

    def wish(self) -> OwnWish:
        """Return it as it is asked for."""
        hosts = tuple(dict.fromkeys(self.hosts.replace(",", " ").split()))
        return OwnWish(self.key_bits, self.organisation.strip()[:64], hosts, self.days)


class CertificatesPresenter:
    """Every act is one request; what takes something away is asked about first."""

    def __init__(self, mirror: Mirror, port: Port, now_us: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self._mirror = mirror
        self._port = port
        self._now_us = now_us
        self._tell: Callable[[], None] = lambda: None
        self._chosen: tuple[str, str, str] | None = None
        self._kind = ""
        self.state = CertificateState()
        self.filter = ""
        self.draft = OwnDraft()
        self.use = ImportAs.TRUSTED
        self.question: Question | None = None
        self.message = ""
        self.said = ""
        self.is_busy = False

    def listen(self, listen: Listen, changed: Callable[[], None], reload: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when what is shown may differ, `reload` when it should be asked for again."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & Change.USER:
                changed()
            if change & (Change.LINKS | Change.CATALOGUE):
                reload()

        return listen(on_change)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def may_edit(self) -> bool:
        return self._mirror.user.may_everywhere(Permission.EDIT_CERTIFICATES) and not self.is_busy

    @property
    def why_not(self) -> str:
        """Why nothing can be changed; empty where it can."""
        if self._mirror.user.may_everywhere(Permission.EDIT_CERTIFICATES):
            return ""
        return tr("{user} may look and export only.").format(user=self._mirror.user.name)

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """Return the kinds of connections to choose from: label and kind."""
        return tuple((label, kind) for kind, label in self.state.kinds)

    @property
    def kind(self) -> str:
        """The kind that a new certificate or a file is for."""
        kinds = [kind for kind, _ in self.state.kinds]
        return self._kind if self._kind in kinds else (kinds[0] if kinds else "")

    def rows(self) -> tuple[TableRow, ...]:
        """Return what the table shows, one's own first."""
        wanted, now = self.filter, self._now_us()
        found = [
            TableRow(_key(row), self._cells(row, now), words.is_ending(row, now) and row.shelf is not Shelf.REJECTED)
            for row in self.state.rows
            if wanted in ("", row.shelf.value if row.shelf is not None else "own")
        ]
        if wanted in ("", Shelf.ISSUERS.value):
            revoked = tr("{count:,} revoked")
            found += [
                TableRow(
                    _key(row),
                    (
                        tr("Revocation list"),
                        row.issuer,
                        "–",
                        words.day_text(row.next_us),
                        "–",
                        revoked.format(count=row.count),
                        "–",
                    ),
                    bool(row.fault),
                )
                for row in self.state.revocations
            ]
        return tuple(found)

    @property
    def chosen(self) -> AnyRow | None:
        """What is chosen, as long as it is there."""
        everything: tuple[AnyRow, ...] = (*self.state.rows, *self.state.revocations)
        return next((row for row in everything if _key(row) == self._chosen), None)

    @property
    def chosen_key(self) -> tuple[str, str, str] | None:
        return self._chosen

    @property
    def title(self) -> str:
        """What is chosen, in words."""
        row = self.chosen
        if row is None:
            return tr("Choose a certificate above.")
        if isinstance(row, RevocationRow):
            return tr("Revocation list of {issuer}").format(issuer=row.issuer)
        return f"{words.where_text(row)}: {row.subject}"

    @property
    def fault(self) -> str:
        """What is wrong with what is chosen."""
        row = self.chosen
        return row.fault if row is not None else ""

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return what is chosen in detail, label and text."""
        row = self.chosen
        if row is None:
            return ()
        kind = dict(self.state.kinds).get(row.kind, row.kind)
        if isinstance(row, RevocationRow):
            return words.facts_of_list(row, kind)
        return words.facts_of(row, kind, self._now_us())

    @property
    def waiting(self) -> str:
        """Which servers do not take the new certificate yet, in words."""
        if not self.state.waiting:
            return ""
        said = tr("Not accepted yet by the servers of: {links}. The one before is used there until it expires. ")
        said += tr("Export the new one, have them trust it, then show it again.")
        return said.format(links=", ".join(self.state.waiting))

    @property
    def can_trust(self) -> bool:
        row = self.chosen
        return self.may_edit and isinstance(row, CertificateRow) and row.shelf in (Shelf.REJECTED, Shelf.ISSUERS)

    @property
    def can_distrust(self) -> bool:
        row = self.chosen
        return self.may_edit and isinstance(row, CertificateRow) and row.shelf is Shelf.TRUSTED

    @property
    def can_delete(self) -> bool:
        row = self.chosen
        return self.may_edit and row is not None and (isinstance(row, RevocationRow) or row.shelf is not None)

    @property
    def can_export(self) -> bool:
        return isinstance(self.chosen, CertificateRow)

    @property
    def can_export_key(self) -> bool:
        row = self.chosen
        return self.may_edit and isinstance(row, CertificateRow) and row.shelf is None

    @property
    def has_previous(self) -> bool:
        return any(row.shelf is None and not row.is_present and row.kind == self.kind for row in self.state.rows)

    @property
    def has_own(self) -> bool:
        return any(row.is_present and row.kind == self.kind for row in self.state.rows)

    # ── asking and choosing ───────────────────────────────────────────────────────────────────────────────────────

    async def refresh(self) -> None:
        """Ask for everything."""
        try:
            self.state = await self._port.request(ReadCertificates())
        except RefusedError as error:
            self.message = str(error)
        self._begin_draft()
        self._tell()

    def choose(self, key: tuple[str, str, str]) -> None:
        """Choose a line."""
        self._chosen = key
        self._tell()

    def show(self, wanted: str) -> None:
        """Show some only."""
        self.filter = wanted
        self._tell()

    def choose_kind(self, kind: str) -> None:
        """Work for another kind of connection."""
        self._kind = kind
        self.draft = OwnDraft()
        self._begin_draft()
        self._tell()

    def type(self, name: str, value: object) -> None:
        """Change one field of the new certificate."""
        setattr(self.draft, name, value)
        self.draft.touched.add(name)

    # ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────

    def ask_trust(self) -> None:
        """Ask before somebody is believed."""
        row = self.chosen
        if isinstance(row, CertificateRow) and row.shelf is not None and self.can_trust:
            who = tr("Every certificate that it has issued is") if row.is_authority else tr("Whoever shows it is")
            text = tr("{subject}, SHA-1 ending in {thumbprint}: {who} believed from now on. Compare the whole first.")
            text = text.format(subject=row.subject, thumbprint=row.sha1[-8:], who=who)
            self._ask(text, tr("Trust it"), TrustStored(row.kind, row.shelf, row.sha256))

    def ask_distrust(self) -> None:
        """Ask before somebody is believed no more."""
        row = self.chosen
        if isinstance(row, CertificateRow) and self.can_distrust:
            self._ask(
                tr("{subject} is believed no more.").format(subject=row.subject) + self._users(row),
                tr("Distrust it"),
                DistrustStored(row.kind, row.sha256),
            )

    def ask_delete(self) -> None:
        """Ask before something is deleted."""
        row = self.chosen
        if isinstance(row, RevocationRow) and self.can_delete:
            text = tr("What {issuer} has revoked is believed again.").format(issuer=row.issuer)
            self._ask(text, tr("Delete the list"), DeleteRevocations(row.kind, row.sha256))
        elif isinstance(row, CertificateRow) and row.shelf is not None and self.can_delete:
            text = tr("{subject} is deleted.").format(subject=row.subject) + self._users(row)
            self._ask(text, tr("Delete it"), DeleteStored(row.kind, row.shelf, row.sha256))

    # ── one's own ─────────────────────────────────────────────────────────────────────────────────────────────────

    def ask_make(self) -> None:
        """Ask before another certificate is shown to all servers."""
        text = tr(
            "Links reconnect with the new certificate. Where a server does not trust it yet, the present one is used."
        )
        self._ask(text, tr("Make and use it"), MakeOwnCertificate(self.kind, self.draft.wish()))

    async def reconnect(self) -> None:
        """Have the servers look at the present certificate again."""
        await self._do(ReconnectSecured(self.kind))

    def ask_forget(self) -> None:
        """Ask before the one before goes."""
        text = tr("Servers that do not trust the present certificate do not let this program in any more.")
        self._ask(text, tr("Delete the one before"), ForgetPrevious(self.kind))

    # ── in and out ────────────────────────────────────────────────────────────────────────────────────────────────

    async def bring_in(self, path: Path, password: str) -> None:
        """Import a file."""
        await self._do(ImportCertificate(self.kind, path, self.use, password))

    async def export(self, path: Path) -> None:
        """Write the public part of what is chosen."""
        row = self.chosen
        if isinstance(row, CertificateRow):
            await self._do(ExportCertificate(row.kind, row.shelf, row.sha256, path))

    async def export_key(self, path: Path, password: str) -> None:
        """Write one's own certificate with its key."""
        row = self.chosen
        if isinstance(row, CertificateRow):
            await self._do(ExportOwnKey(row.kind, row.sha256, path, password))

    async def answer(self, *, is_yes: bool) -> None:
        """Do what was asked about, or leave it."""
        question, self.question = self.question, None
        if question is not None and is_yes:
            await question.act()
        self._tell()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin_draft(self) -> None:
        """Take what is not typed over from the present certificate: to renew is to make the same again."""
        present = next((row for row in self.state.rows if row.is_present and row.kind == self.kind), None)
        hosts = present.hosts if present is not None and present.hosts else (self.state.host,)
        parts = present.subject.split(", ") if present is not None else []
        begun = {"hosts": ", ".join(hosts), "organisation": parts[1] if len(parts) > 1 else ""}
        for name, value in begun.items():
            if name not in self.draft.touched:
                setattr(self.draft, name, value)

    def _cells(self, row: CertificateRow, now_us: int) -> tuple[str, ...]:
        return (
            words.where_text(row),
            row.subject or "–",
            row.issuer or "–",
            words.day_text(row.valid_to_us),
            words.days_text(row.valid_to_us, now_us),
            row.key,
            ", ".join(row.connections) or "–",
        )

    def _users(self, row: CertificateRow) -> str:
        if not row.connections:
            return ""
        return " " + tr("Links that go down: {links}.").format(links=", ".join(row.connections))

    def _ask(self, text: str, button: str, request: Request[object] | Request[None] | Request[str]) -> None:
        async def act() -> None:
            await self._do(request)

        self.question, self.message, self.said = Question(text, button, act), "", ""
        self._tell()

    async def _do(self, request: Request[object] | Request[None] | Request[str] | Request[int]) -> None:
        self.is_busy, self.message, self.said = True, "", ""
        self._tell()
        try:
            answer: object = await self._port.request(request)
            self.said = answer if isinstance(answer, str) else tr("Done.")
            if isinstance(request, MakeOwnCertificate):
                self.draft = OwnDraft(days=self.draft.days, key_bits=self.draft.key_bits)
        except RefusedError as error:
            self.message = str(error)
        finally:
            self.is_busy = False
            await self.refresh()


def _key(row: AnyRow) -> tuple[str, str, str]:
    shelf = "list" if isinstance(row, RevocationRow) else (row.shelf.value if row.shelf is not None else "own")
    return row.kind, shelf, row.sha256
