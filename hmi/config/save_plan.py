"""From a checked draft to the entities that a save puts into the configuration."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID, uuid4

from hmi.config.checks import number
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import StationDraft, TagDraft
from hmi.domain.plant import Area, Asset, AssetKind, Connection, Station
from hmi.domain.tags import Tag, TagKind, TagRevision

KEY_MOST = 60


class SavePlan:
    """What is put, and what is deleted: tags that the draft left out, and connections that may have lost their last."""

    def __init__(self, draft: StationDraft, before: Catalogue, endpoint_of: Callable[[str], str]) -> None:
        self._before = before
        self._old_tags = before.tags_of_station.get(draft.id, ())
        self.area = self._area(draft.area.strip())
        self.station = Station(
            draft.id,
            self.area.id,
            draft.name.strip(),
            draft.kind,
            _required(draft.latitude),
            _required(draft.longitude),
        )
        given = draft.connection
        self.connection = Connection(
            given.id,
            given.name.strip(),
            given.driver,
            endpoint_of(given.endpoint),
            dict(given.options),
            given.user.strip(),
            given.enabled,
        )
        self.asset = self._asset(draft)
        self.tags = self._tags(draft)
        kept = {tag.id for tag in draft.tags}
        # Tags of the station that come over another connection belong to another draft, unless this one moved them.
        came_over = {tag.connection_id for tag in self._old_tags if tag.id in kept} | {given.id}
        removed = [tag for tag in self._old_tags if tag.id not in kept and tag.connection_id in came_over]
        self.removed = [tag.index for tag in removed]
        self.left = {tag.connection_id for tag in self._old_tags} - {given.id}

    def _area(self, name: str) -> Area:
        for area in self._before.areas:
            if area.name.casefold() == name.casefold():
                return area
        return Area(uuid4(), name)

    def _asset(self, draft: StationDraft) -> Asset:
        return site_of(self._before, draft.id, draft.name)

    def _tags(self, draft: StationDraft) -> list[Tag]:
        old = {tag.id: tag for tag in self._old_tags}
        keys = {tag.key for tag in self._old_tags}
        now_us = time.time_ns() // 1000
        return [
            changed_tag(old[given.id], given, draft.connection.id, now_us)
            if given.id in old
            else new_tag(given, self.asset, draft.connection.id, keys, now_us)
            for given in draft.tags
        ]


def site_of(catalogue: Catalogue, station_id: UUID, name: str) -> Asset:
    """Return the asset that stands for the station as a whole: tags are put there until they are sorted."""
    for asset in catalogue.assets_of_station.get(station_id, ()):
        if asset.kind is AssetKind.SITE:
            return asset
    return Asset(uuid4(), station_id, name.strip(), AssetKind.SITE)


def changed_tag(known: Tag, given: TagDraft, connection_id: UUID, now_us: int) -> Tag:
    """Return a tag as its draft has it; whatever of its meaning changed begins a revision."""
    revision = _revision(given, known.revision, now_us)
    return replace(known, connection_id=connection_id, kind=given.kind, writable=given.writable, revision=revision)


def new_tag(given: TagDraft, asset: Asset, connection_id: UUID, keys: set[str], now_us: int) -> Tag:
    """Return the tag of a new draft. keys: those of the station's tags; the new one's is put there."""
    key = _key(given.name, keys)
    keys.add(key)
    return Tag(
        id=given.id,
        index=-1,  # given by the store
        station_id=asset.station_id,
        asset_id=asset.id,
        connection_id=connection_id,
        key=key,
        kind=given.kind,
        quantity="",
        revision=_revision(given, None, now_us),
        writable=given.writable,
    )


def _revision(given: TagDraft, known: TagRevision | None, now_us: int) -> TagRevision:
    is_ranged = given.kind is TagKind.ANALOG
    kept_low, kept_high = (known.low, known.high) if known is not None else (0.0, 1.0)

    def exact(name: str) -> float:
        """Return a number; one that reads as it did stays what it was, to the last digit."""
        found = _required(getattr(given, name))
        before: float | None = getattr(known, name, None)
        return before if before is not None and number(f"{before:.10g}") == found else found

    revision = TagRevision(
        valid_from_us=now_us,
        name=given.name.strip(),
        address=given.address.strip(),
        unit=given.unit.strip(),
        low=exact("low") if is_ranged else kept_low,
        high=exact("high") if is_ranged else kept_high,
        scale=exact("scale"),
        offset=exact("offset"),
        decimals=int(_required(given.decimals)),
        states=given.states,
        sampling_ms=int(_required(given.sampling_ms)),
        deadband=exact("deadband"),
        log_deadband=exact("log_deadband"),
        log_least_s=exact("log_least_s"),
        log_most_s=exact("log_most_s"),
        rollover=exact("rollover"),
    )
    if known is not None and replace(revision, valid_from_us=known.valid_from_us) == known:
        return known
    return revision


def _required(text: str) -> float:
    found = number(text)
    if found is None:
        raise ValueError(f"{text!r} passed the checks but is no number")
    return found


def _key(name: str, taken: Iterable[str]) -> str:
    """Return a short name that is unique in the station and says what the tag is."""
    base = "".join(mark if mark.isalnum() else "." for mark in name.strip())[:KEY_MOST].strip(".") or "Tag"
    key, number_ = base, 2
    while key in taken:
        key, number_ = f"{base}.{number_}", number_ + 1
    return key
