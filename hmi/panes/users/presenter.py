"""Facts of the setup of users: who there is, what roles may, and what is being edited. Passwords are only passed on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from hmi.domain.accounts import Account, Source
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.panes.users.directory import DirectoryFacts
from hmi.panes.users.drafts import AccountDraft, RoleDrafts, RulesDraft
from hmi.panes.users.words import changed_text, state_text, stations_text
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port, RefusedError
from hmi.services.port.security import (
    AccountRow,
    DeleteAccount,
    DeleteRole,
    MakeRecoveryCode,
    OneTimeSecret,
    ReadUsers,
    ResetPassword,
    SaveAccount,
    SaveRole,
    SaveSignInSettings,
    SealBreakGlass,
    UsersState,
)
from hmi.ui.pane_facts import Listen
from hmi.ui.questions import Question
from hmi.ui.words import moment_text


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user in words. is_bad: something has to be done about it."""

    id: UUID
    cells: tuple[str, ...]
    is_bad: bool = False


class UsersPresenter:
    """What is asked and what is typed; every change is one request, refused in words when it does not fit any more."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self._tell: Callable[[], None] = lambda: None
        self.state: UsersState | None = None
        self.draft: AccountDraft | None = None
        self.roles = RoleDrafts()
        self.rules = RulesDraft()
        self.directory = DirectoryFacts(port, self.show_again)
        self.secret: OneTimeSecret | None = None
        self.question: Question | None = None
        self.message = ""
        self.said = ""
        self.is_busy = False

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ; return what removes it."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.USER | Change.CATALOGUE):
                if not self.may_edit:
                    self._forget()
                changed()

        return listen(on_change)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_allowed(self) -> bool:
        return self._mirror.user.may_everywhere(Permission.EDIT_USERS)

    @property
    def may_edit(self) -> bool:
        return self.is_allowed and self.state is not None and bool(self.state.accounts) and not self.is_busy

    @property
    def why_not(self) -> str:
        """Why nothing can be edited; empty where it can."""
        if not self.is_allowed:
            return tr("{user} may not edit users.").format(user=self._mirror.user.name)
        if self.state is not None and not self.state.accounts:
            return tr("There are no users yet. Make the first administrator in the strip above.")
        return ""

    def rows(self) -> tuple[UserRow, ...]:
        """Return the users: name, full name, role, stations, how they are."""
        if self.state is None or not self.is_allowed:
            return ()
        return tuple(self._row(each) for each in self.state.accounts)

    def role_names(self) -> tuple[tuple[str, str], ...]:
        """Return the roles to choose from: name and key."""
        return tuple((row.role.name, row.role.key) for row in self.state.roles) if self.state else ()

    def stations(self) -> tuple[tuple[str, UUID], ...]:
        """Return the stations to choose from, by name."""
        return tuple(sorted((each.name, each.id) for each in self._mirror.catalogue.stations))

    def account(self, account_id: UUID | None) -> Account | None:
        """Return one user as it is shown."""
        rows = self.state.accounts if self.state else ()
        return next((each.account for each in rows if each.account.id == account_id), None)

    def may_reset(self, account_id: UUID | None) -> bool:
        """Whether the user has a password that is kept here."""
        account = self.account(account_id)
        return self.may_edit and account is not None and _has_own_password(account)

    def may_change(self, account_id: UUID | None) -> bool:
        """Whether the user can be edited; the one in the envelope is sealed anew instead."""
        account = self.account(account_id)
        return self.may_edit and account is not None and not account.is_break_glass

    @property
    def changed(self) -> str:
        """Who changed the edited user last."""
        return changed_text(self.draft.before) if self.draft and self.draft.before else ""

    @property
    def envelope(self) -> Account | None:
        """The account for emergencies."""
        rows = self.state.accounts if self.state else ()
        return next((each.account for each in rows if each.account.is_break_glass), None)

    @property
    def recovery(self) -> str:
        """Whether there is a recovery code, in words."""
        if self.state is None or not self.state.recovery_us:
            return tr("There is none: if no administrator can sign in, nobody can edit users any more.")
        words = tr("Made {moment} by {name}.")
        return words.format(moment=moment_text(self.state.recovery_us), name=self.state.recovery_by)

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def refresh(self) -> None:
        """Ask for everything."""
        if not self.is_allowed:
            self._forget()
            self._tell()
            return
        try:
            self.state = await self._port.request(ReadUsers())
            await self.directory.refresh(self.role_names())
        except RefusedError as error:
            self.message = str(error)
        else:
            self.roles.take(self.state.roles)
            self.rules.take(self.state.settings)
        self._tell()

    # ── users ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self) -> None:
        """Begin a new user."""
        self._begin(AccountDraft.fresh())

    def edit(self, account_id: UUID) -> None:
        """Begin to edit a user."""
        account = self.account(account_id)
        if account is not None and self.may_change(account_id):
            self._begin(AccountDraft.of(account))

    def leave(self) -> None:
        """Let go of what was typed of a user."""
        self.draft = None
        self._tell()

    def change(self, **values: object) -> None:
        """Change what is typed."""
        if self.draft is not None:
            self.draft.change(**values)
            self._tell()

    def choose_station(self, station: UUID, *, is_in: bool) -> None:
        """Choose where the role holds."""
        if self.draft is not None:
            self.draft.choose_station(station, is_in=is_in)
            self._tell()

    async def save(self) -> None:
        """Save the user that is typed; a new one's password is shown once."""
        draft = self.draft
        if draft is None or not draft.can_be_saved:
            return

        async def work() -> None:
            self.secret = await self._port.request(SaveAccount(draft.account, draft.seen))
            self.draft = None

        draft.fault = await self._do(work)

    def ask_delete(self, account_id: UUID) -> None:
        """Ask before a user is deleted."""
        account = self.account(account_id)
        if account is None or not self.may_edit:
            return
        words = tr("{name} can sign in no longer. What was recorded of {name} stays.").format(name=account.name)
        request = DeleteAccount(account.id, account.revision)
        self._ask(words, tr("Delete {name}").format(name=account.name), lambda: self._port.request(request))

    def ask_reset(self, account_id: UUID) -> None:
        """Ask before a user gets another password."""
        account = self.account(account_id)
        if account is None or not self.may_reset(account_id):
            return
        words = tr("The old password of {name} is worth nothing then. The new one is shown once, and only lets {name} ")
        words += tr("choose another.")
        button = tr("Reset the password of {name}").format(name=account.name)
        self._ask(words.format(name=account.name), button, lambda: self._take(ResetPassword(account.id)))

    # ── envelopes ─────────────────────────────────────────────────────────────────────────────────────────────────

    def ask_seal(self, role: str) -> None:
        """Ask before the envelope's account is made, or made anew."""
        words = tr("A password is made and shown once: print it and seal it in an envelope on site. ")
        words += tr("The one before is worth nothing then.")
        self._ask(words, tr("Make the password"), lambda: self._take(SealBreakGlass(role)))

    def ask_code(self) -> None:
        """Ask before a recovery code is made."""
        words = tr("A code is made and shown once. The one before is worth nothing then.")
        self._ask(words, tr("Make the code"), lambda: self._take(MakeRecoveryCode()))

    def forget_secret(self) -> None:
        """Let go of what was shown once."""
        self.secret = None
        self._tell()

    # ── roles ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def save_roles(self) -> None:
        """Save every role that was changed; the first that does not fit stops it, and says why."""

        async def work() -> None:
            for draft in self.roles.changed():
                await self._port.request(SaveRole(draft.role, draft.seen))
                draft.before = draft.role

        self.message = await self._do(work)
        self._tell()

    def ask_delete_role(self) -> None:
        """Ask before the chosen role is deleted, or put back as it came."""
        draft = self.roles.roles.get(self.roles.chosen)
        if draft is None or not self.may_edit:
            return
        if draft.before is None:
            del self.roles.roles[self.roles.chosen]
            self.let_go_of_nothing()
            return
        name = draft.before.name
        if draft.is_built_in:
            words, button = tr("{name} may again what it might when the program came."), tr("Put {name} back")
        else:
            words, button = tr("The role {name} is deleted."), tr("Delete {name}")
        request = DeleteRole(draft.role.key, draft.seen)

        async def work() -> None:
            await self._port.request(request)
            self.roles.roles.pop(request.key, None)

        self._ask(words.format(name=name), button.format(name=name), work)

    def let_go_of_roles(self) -> None:
        """Forget what was changed of roles."""
        self.roles.let_go(self.state.roles if self.state else ())
        self.message = ""
        self._tell()

    def let_go_of_nothing(self) -> None:
        """Show again, after something that was never saved is gone."""
        self.roles.take(self.state.roles if self.state else ())
        self._tell()

    # ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def save_rules(self) -> None:
        """Save the rules that are typed."""
        settings = self.rules.build()
        if settings is None:
            self._tell()
            return

        async def work() -> None:
            await self._port.request(SaveSignInSettings(settings, self.rules.seen))
            self.rules.seen = settings

        self.message = await self._do(work)
        self._tell()

    def let_go_of_rules(self) -> None:
        """Forget what was typed of the rules."""
        if self.state is not None:
            self.rules.seen = self.state.settings
        self.rules.let_go()
        self.message = ""
        self._tell()

    # ── the directory ─────────────────────────────────────────────────────────────────────────────────────────────

    def type_directory(self, name: str, value: object) -> None:
        """Change one field of the directory's settings."""
        self.directory.type(name, value, self.role_names())

    def let_go_of_directory(self) -> None:
        """Forget what was typed of the directory."""
        self.directory.let_go(self.role_names())

    # ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def answer(self, *, is_yes: bool) -> None:
        """Do what was asked about, or leave it."""
        question, self.question = self.question, None
        if question is not None and is_yes:
            self.message = await self._do(question.act)
        self._tell()

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────

    def turn(self) -> None:
        """Forget what was said of another page."""
        self.said, self.message = "", ""
        self._tell()

    def show_again(self) -> None:
        """Show what was typed."""
        self._tell()

    def _row(self, row: AccountRow) -> UserRow:
        account = row.account
        roles = {key: name for name, key in self.role_names()}
        cells = (
            account.name,
            account.full_name or "–",
            roles.get(account.role, "–"),
            stations_text(account, self._mirror.catalogue),
            state_text(row),
        )
        return UserRow(account.id, cells, account.is_spent or account.role not in roles)

    def _begin(self, draft: AccountDraft) -> None:
        self.draft, self.said, self.message, self.question = draft, "", "", None
        self._tell()

    def _ask(self, text: str, button: str, act: Callable[[], Awaitable[object]]) -> None:
        async def work() -> None:
            await act()

        self.question, self.message, self.said = Question(text, button, work), "", ""
        self._tell()

    async def _take(self, request: ResetPassword | SealBreakGlass | MakeRecoveryCode) -> None:
        self.secret = await self._port.request(request)

    async def _do(self, work: Callable[[], Awaitable[None]]) -> str:
        """Do something and read everything again; return why it was refused, empty when it was not."""
        self.is_busy, self.said = True, ""
        self._tell()
        try:
            await work()
        except RefusedError as error:
            return str(error)
        else:
            self.said = tr("Saved.")
            return ""
        finally:
            self.is_busy = False
            await self.refresh()

    def _forget(self) -> None:
        """Let go of what is for administrators only."""
        if not self.is_allowed:
            self.state, self.draft, self.secret, self.question = None, None, None, None
            self.roles, self.rules = RoleDrafts(), RulesDraft()
            self.directory = DirectoryFacts(self._port, self.show_again)


def _has_own_password(account: Account) -> bool:
    return account.source is Source.LOCAL and not account.is_break_glass
