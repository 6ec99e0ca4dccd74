"""What is being typed of a channel, a person or a group, and what is wrong with it at each field; no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel

from hmi.config.faults import build
from hmi.config.notification_channels import DesktopChannel, EmailChannel, WebhookChannel
from hmi.config.notification_settings import Group, Recipient
from hmi.domain.language import tr
from hmi.panes.notifications.words import METHODS, SECURITIES

CHANNELS: Final[Mapping[str, type[EmailChannel | WebhookChannel | DesktopChannel]]] = {
    "email": EmailChannel,
    "webhook": WebhookChannel,
    "desktop": DesktopChannel,
}
CHOICES: Final[Mapping[str, tuple[tuple[str, object], ...]]] = {"security": SECURITIES, "method": METHODS}
FLAGS: Final = frozenset({"is_on"})
LINES: Final = frozenset({"headers"})
KEPT: Final = "••••••"
"""Stands for a value that is kept and not shown; left so, it stays."""
LAST: Final = ("per_minute", "is_on")


@dataclass(frozen=True, slots=True)
class FieldText:
    """One field as a form shows it. choices: of a list to choose from; is_flag: a box to tick."""

    name: str
    label: str
    help: str
    unit: str
    choices: tuple[tuple[str, object], ...] = ()
    is_flag: bool = False
    has_lines: bool = False


class Draft:
    """Values of one thing, by field; texts as they were typed."""

    def __init__(self, kind: type[BaseModel], present: BaseModel | None = None) -> None:
        self.kind = kind
        self.is_new = present is None
        self.values: dict[str, Any] = {}
        for name, field in kind.model_fields.items():
            found = getattr(present, name) if present is not None else field.get_default(call_default_factory=True)
            self.values[name] = "" if found is None or repr(found) == "PydanticUndefined" else found
        self._before = dict(self.values)
        self.faults: dict[str, str] = {}

    @property
    def id(self) -> UUID:
        """The thing's id; a new one has its own already."""
        return UUID(str(self.values["id"]))

    @property
    def is_changed(self) -> bool:
        return {name: str(value) for name, value in self.values.items()} != {
            name: str(value) for name, value in self._before.items()
        }

    def change(self, name: str, value: object) -> None:
        """Change one field; what was wrong with it is forgotten until it is looked at again."""
        self.values[name] = value
        self.faults.pop(name, None)
        self.faults.pop("", None)

    def build(self) -> BaseModel | None:
        """Return the thing, or None with `faults` filled."""
        built, self.faults = build(self.kind, self.given())
        return built

    def given(self) -> dict[str, object]:
        """Return the values as the description takes them."""
        return dict(self.values)


class ChannelDraft(Draft):
    """A channel, and its password or token while it is being typed. secret: None for the one that is kept."""

    def __init__(self, kind: str, present: EmailChannel | WebhookChannel | DesktopChannel | None = None) -> None:
        super().__init__(CHANNELS[kind], present)
        self.kind_name = kind
        self.secret: str | None = None
        if kind == "webhook":
            headers = present.headers if isinstance(present, WebhookChannel) else ()
            self.values["headers"] = "\n".join(f"{each.name}: {each.value or KEPT}" for each in headers)
            self._before = dict(self.values)

    @property
    def is_changed(self) -> bool:
        return super().is_changed or self.secret is not None

    def fields(self) -> tuple[FieldText, ...]:
        """Return the fields in the order of the form."""
        own = [name for name in self.kind.model_fields if name not in ("id", "kind", "name", *LAST)]
        return tuple(_field(self.kind, name) for name in ("name", *own, *LAST))

    @property
    def secret_label(self) -> str:
        """What the secret is called; empty where there is none."""
        return {"email": tr("Password"), "webhook": tr("Token")}.get(self.kind_name, "")

    def given(self) -> dict[str, object]:
        values = super().given()
        if "headers" in values:
            lines = [line for line in str(values["headers"]).splitlines() if line.strip()]
            parts = [line.partition(":") for line in lines]
            values["headers"] = tuple(
                {"name": name.strip(), "value": "" if value.strip() == KEPT else value.strip()}
                for name, _, value in parts
            )
        return values


class PersonDraft(Draft):
    """A recipient."""

    def __init__(self, present: Recipient | None = None) -> None:
        super().__init__(Recipient, present)

    def fields(self) -> tuple[FieldText, ...]:
        """Return the fields in the order of the form."""
        return tuple(_field(Recipient, name) for name in ("name", "email", "user"))


class GroupDraft(Draft):
    """A group."""

    def __init__(self, present: Group | None = None) -> None:
        super().__init__(Group, present)

    def fields(self) -> tuple[FieldText, ...]:
        """Return the fields that are typed; the members are chosen."""
        return (_field(Group, "name"),)


def _field(kind: type[BaseModel], name: str) -> FieldText:
    found = kind.model_fields[name]
    extra: dict[str, Any] = found.json_schema_extra if isinstance(found.json_schema_extra, dict) else {}
    help_text = found.description or ""
    if name in LINES:
        help_text = tr("One a line, such as X-Plant: North. The values are kept like passwords, and not shown again.")
    return FieldText(
        name,
        found.title or name,
        help_text,
        str(extra.get("unit", "")),
        CHOICES.get(name, ()),
        name in FLAGS,
        name in LINES,
    )
