"""The tables of roams.db as they are now; migrations/ says how they came about. Ids are UUIDs as text."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text, text

VERSION: Final = 9

METADATA: Final = MetaData()


def _id() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _to(table: str) -> Column[str]:
    return Column(f"{table}_id", Text, ForeignKey(f"{table}.id"), nullable=False)


configuration = Table(
    "configuration",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("at_us", Integer, nullable=False),
    Column("user", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
area = Table("area", METADATA, _id(), Column("name", Text, nullable=False))
station = Table(
    "station",
    METADATA,
    _id(),
    _to("area"),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
)
asset = Table(
    "asset",
    METADATA,
    _id(),
    _to("station"),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
)
connection = Table(
    "connection",
    METADATA,
    _id(),
    Column("name", Text, nullable=False),
    Column("driver", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("user", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
)
# The dense index is the row's number; AUTOINCREMENT never gives one twice, not even after a delete.
tag = Table(
    "tag",
    METADATA,
    Column("index", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    _to("station"),
    _to("asset"),
    _to("connection"),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("quantity", Text, nullable=False),
    Column("writable", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
tag_revision = Table(
    "tag_revision",
    METADATA,
    Column("tag_index", Integer, ForeignKey("tag.index", ondelete="CASCADE"), primary_key=True),
    Column("valid_from_us", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("scale", Float, nullable=False),
    Column("offset", Float, nullable=False),
    Column("decimals", Integer, nullable=False),
    Column("states", JSON, nullable=False),
    Column("sampling_ms", Integer, nullable=False),
    Column("deadband", Float, nullable=False, server_default=text("0")),
    Column("log_deadband", Float, nullable=False, server_default=text("0")),
    Column("log_least_s", Float, nullable=False, server_default=text("0")),
    Column("log_most_s", Float, nullable=False, server_default=text("0")),
    Column("rollover", Float, nullable=False, server_default=text("0")),
)
# Settings that are described in hmi.config, one value a key.
setting = Table("setting", METADATA, Column("key", Text, primary_key=True), Column("value", JSON, nullable=False))
trend_group = Table(
    "trend_group",
    METADATA,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("definition", JSON, nullable=False),
)
alarm = Table(
    "alarm",
    METADATA,
    _id(),
    Column("subject", Text, nullable=False, index=True),
    Column("type", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("limit", Float, nullable=False),
    Column("deadband", Float, nullable=False),
    Column("on_delay_s", Float, nullable=False),
    Column("off_delay_s", Float, nullable=False),
    Column("consequence", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("setpoint", Text),
    Column("window_s", Float, nullable=False, server_default=text("60")),
    Column("cause", Text, nullable=False, server_default=text("''")),
    Column("respond_s", Float, nullable=False, server_default=text("0")),
    Column("alarm_class", Text, nullable=False, server_default=text("''")),
    Column("is_latching", Boolean, nullable=False, server_default=text("0")),
    Column("needs_acknowledgement", Boolean, nullable=False, server_default=text("1")),
    Column("needs_comment", Boolean, nullable=False, server_default=text("0")),
    Column("may_shelve", Boolean, nullable=False, server_default=text("1")),
    Column("shelve_most_s", Float, nullable=False, server_default=text("28800")),
    Column("suppression", Text, nullable=False, server_default=text("''")),
    Column("owner", Text, nullable=False, server_default=text("''")),
    Column("advice", Text, nullable=False, server_default=text("''")),
    Column("display", Text, nullable=False, server_default=text("''")),
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("approved_by", Text, nullable=False, server_default=text("''")),
    Column("approved_us", Integer, nullable=False, server_default=text("0")),
)
# Each revision of each record as it was made, deletions too; alarms that are gone still have theirs.
alarm_revision = Table(
    "alarm_revision",
    METADATA,
    Column("alarm_id", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("definition", JSON, nullable=False),
    Column("user", Text, nullable=False),
    Column("at_us", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_deleted", Boolean, nullable=False),
)
control = Table(
    "control",
    METADATA,
    _id(),
    _to("station"),
    _to("asset"),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("command", Integer, ForeignKey("tag.index"), nullable=False),
    Column("readback", Integer, ForeignKey("tag.index"), nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("unit", Text, nullable=False),
    Column("tolerance", Float, nullable=False),
    Column("timeout_s", Float, nullable=False),
    Column("safe_value", Float),
    Column("permissives", JSON, nullable=False),
    Column("interlocks", JSON, nullable=False),
    Column("level", Text, nullable=False, server_default=text("'confirm'")),
    Column("is_alone_allowed", Boolean, nullable=False, server_default=text("0")),
    Column("fresh_s", Float, nullable=False, server_default=text("0")),
    Column("rate_s", Float, nullable=False, server_default=text("2")),
    Column("step_most", Float, nullable=False, server_default=text("0")),
    Column("ramp_per_s", Float, nullable=False, server_default=text("0")),
    Column("decimals", Integer, nullable=False, server_default=text("-1")),
    Column("states", JSON, nullable=False, server_default=text("'[]'")),
    Column("choices", JSON, nullable=False, server_default=text("'[]'")),
    Column("method_owner", Text, nullable=False, server_default=text("''")),
    Column("method", Text, nullable=False, server_default=text("''")),
    Column("inputs", JSON, nullable=False, server_default=text("'[]'")),
)
sequence = Table(
    "sequence",
    METADATA,
    _id(),
    _to("station"),
    Column("name", Text, nullable=False),
    Column("steps", JSON, nullable=False),
)
# On equipment, which may be deleted and come back: the tag stays until somebody takes it off.
lockout_tag = Table(
    "lockout_tag",
    METADATA,
    _id(),
    Column("asset_id", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_us", Integer, nullable=False),
)
pipe = Table(
    "pipe",
    METADATA,
    Column("start_id", Text, ForeignKey("station.id"), primary_key=True),
    Column("end_id", Text, ForeignKey("station.id"), primary_key=True),
    Column("flow_tag", Integer, nullable=False),
    Column("via", JSON, nullable=False),
)
# Who may sign in. name_key: the name, folded so that no two look alike. stations: a list of ids, none for everywhere.
# failures, not_before_us: of the last attempts to sign in; they outlive a restart.
account = Table(
    "account",
    METADATA,
    _id(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("full_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("stations", JSON(none_as_null=True)),
    Column("is_enabled", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("is_break_glass", Boolean, nullable=False),
    Column("is_spent", Boolean, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("password_us", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("not_before_us", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_us", Integer, nullable=False),
    Column("changed_us", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
)
# Roles that were added, and built-in ones that were edited; the others are as hmi.domain.roles has them.
role = Table(
    "role",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("permissions", JSON, nullable=False),
    Column("shelve_most_s", Float, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("changed_us", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
)
# Codes that are kept in an envelope, by what they are for.
sealed_code = Table(
    "sealed_code",
    METADATA,
    Column("purpose", Text, primary_key=True),
    Column("code_hash", Text, nullable=False),
    Column("made_us", Integer, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("not_before_us", Integer, nullable=False),
)
# What each object was from a version on; no definition where it was deleted. name: as people knew it then.
object_revision = Table(
    "object_revision",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("object_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, index=False),
    Column("name", Text, nullable=False),
    Column("definition", JSON(none_as_null=True)),
    Index("object_revision_by_version", "version"),
)
substitution = Table(
    "substitution",
    METADATA,
    Column("tag_id", Text, primary_key=True),
    Column("value", Float, nullable=False),
    Column("user", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_us", Integer, nullable=False),
    Column("until_us", Integer, nullable=False),
)
# How long equipment has run since somebody last reset it (since_us), as this program saw it.
running_time = Table(
    "running_time",
    METADATA,
    Column("asset_id", Text, primary_key=True),
    Column("seconds", Float, nullable=False),
    Column("starts", Integer, nullable=False),
    Column("since_us", Integer, nullable=False),
    Column("reset_by", Text, nullable=False),
    Column("service_every_s", Float, nullable=False),
)
# What each user, role and kind of settings was, as somebody left it; no definition where it was deleted.
kept_revision = Table(
    "kept_revision",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at_us", Integer, nullable=False),
    Column("user", Text, nullable=False),
    Column("definition", JSON(none_as_null=True)),
    Index("kept_revision_by_object", "kind", "key", "seq"),
    sqlite_autoincrement=True,
)
# Alarm records as somebody proposes them who may not change them.
alarm_proposal = Table(
    "alarm_proposal",
    METADATA,
    _id(),
    Column("at_us", Integer, nullable=False),
    Column("user", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("drafts", JSON, nullable=False),
    Column("refused_by", Text, nullable=False),  # empty while it waits
    Column("refusal", Text, nullable=False),
)
