"""Facts of the setup of passwords. Passphrases are only passed on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from hmi.config.secrets import Place, VaultState
from hmi.domain.language import tr
from hmi.domain.roles import Permission
from hmi.services.mirror import Change, Mirror
from hmi.services.port import Frame, Port, RefusedError
from hmi.services.port.secrets import ChangeVaultPassphrase, LeaveVault, MakeVault, SecretsStatus, SetVaultAside
from hmi.ui.pane_facts import Listen
from hmi.ui.questions import Question
from hmi.ui.secret_words import GET_A_KEYRING

PLACES = {
    Place.KEYRING: tr("In this computer's keyring."),
    Place.VAULT: tr("In the vault."),
    Place.SESSION: tr("In memory only: they are gone when the program ends."),
    None: tr("Looking for a keyring…"),
}


class SecretsPresenter:
    """What is shown, what may be done, and what is asked before."""

    def __init__(self, mirror: Mirror, port: Port) -> None:
        self._mirror = mirror
        self._port = port
        self._tell: Callable[[], None] = lambda: None
        self.question: Question | None = None
        self.message = ""
        self.said = ""
        self.is_busy = False

    def listen(self, listen: Listen, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when anything shown may differ; return what removes it."""
        self._tell = changed

        def on_change(change: Change, _frame: Frame) -> None:
            if change & (Change.USER | Change.SECRETS):
                changed()

        return listen(on_change)

    @property
    def status(self) -> SecretsStatus:
        return self._mirror.secrets

    @property
    def may_edit(self) -> bool:
        return self._mirror.user.may_everywhere(Permission.EDIT_DATA) and not self.is_busy

    @property
    def why_not(self) -> str:
        """Why nothing can be changed; empty where it can."""
        if self._mirror.user.may_everywhere(Permission.EDIT_DATA):
            return ""
        return tr("{user} may look only.").format(user=self._mirror.user.name)

    @property
    def place(self) -> str:
        """Where passwords are kept, in words."""
        if self.status.vault is VaultState.LOCKED:
            return tr("In the vault, which is locked. What is typed now is in memory only until it opens.")
        return PLACES[self.status.place]

    @property
    def fault(self) -> str:
        """Why they are in no better place, and how many are in memory only."""
        status = self.status
        is_told = status.vault is VaultState.LOCKED  # in `place`
        parts = [status.reason] if status.place is Place.SESSION and not is_told else []
        if status.session_only:
            words = tr("Passwords that were typed and will be gone with the program: {count}.")
            parts.append(words.format(count=status.session_only))
        return " ".join(parts)

    @property
    def advice(self) -> str:
        """How to get a keyring; empty where there is a place."""
        is_without = self.status.place is Place.SESSION and self.status.vault is VaultState.NONE
        return GET_A_KEYRING if is_without else ""

    @property
    def vault(self) -> str:
        """How the vault stands, in words."""
        return {
            VaultState.NONE: tr(
                "A vault is one file in the profile, sealed with a passphrase, for a computer without a keyring. The "
                "passphrase is asked for at each start, or taken from --vault-passphrase-file or "
                "ROAMS_VAULT_PASSPHRASE. Nobody can open a vault whose passphrase is lost."
            ),
            VaultState.LOCKED: tr("The vault is locked. Type its passphrase in the bar above."),
            VaultState.OPEN: tr("The vault is open. Its passphrase is asked for at each start."),
            VaultState.BROKEN: self.status.vault_fault,
        }[self.status.vault]

    def passphrase_fault(self, new: str, again: str) -> str:
        """Return what is wrong with a new passphrase that was typed twice; the rest is checked where it is sealed."""
        return tr("The two are not the same. Type them again.") if new != again else ""

    def ask_make(self, passphrase: str, again: str) -> None:
        """Ask before a vault is made."""
        if self._refuse(self.passphrase_fault(passphrase, again)):
            return
        words = tr("All passwords move to the vault. Without its passphrase links stay away after the next start.")
        self._ask(words, tr("Make the vault"), lambda: self._port.request(MakeVault(passphrase)))

    async def change(self, old: str, new: str, again: str) -> None:
        """Seal the vault with another passphrase."""

        async def work() -> str:
            await self._port.request(ChangeVaultPassphrase(old, new))
            return tr("The passphrase is changed.")

        if not self._refuse(self.passphrase_fault(new, again)):
            await self._do(work)

    def ask_leave(self) -> None:
        """Ask before the vault is given up."""
        words = tr("All passwords move to the keyring, where there is one; else they are gone when the program ends. ")
        words += tr("The vault is deleted.")
        self._ask(words, tr("Leave the vault"), lambda: self._port.request(LeaveVault()))

    def ask_set_aside(self) -> None:
        """Ask before a vault that cannot be opened is let go of."""
        words = tr("The vault's file gets another name and is used no more; passwords have to be typed again.")
        self._ask(words, tr("Set it aside"), lambda: self._port.request(SetVaultAside()))

    async def answer(self, *, is_yes: bool) -> None:
        """Do what was asked about, or leave it."""
        question, self.question = self.question, None
        if question is not None and is_yes:
            await question.act()
        self._tell()

    def _refuse(self, fault: str) -> bool:
        self.message, self.said = fault, ""
        self._tell()
        return bool(fault)

    def _ask(self, text: str, button: str, work: Callable[[], Awaitable[str]]) -> None:
        async def act() -> None:
            await self._do(work)

        self.question, self.message, self.said = Question(text, button, act), "", ""
        self._tell()

    async def _do(self, work: Callable[[], Awaitable[str]]) -> None:
        self.is_busy, self.message, self.said = True, "", ""
        self._tell()
        try:
            self.said = await work()
        except RefusedError as error:
            self.message = str(error)
        finally:
            self.is_busy = False
            self._tell()
