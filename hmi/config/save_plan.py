"""From a checked draft to the entities that a save puts into the configuration."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import uuid4

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
        """Return the asset that stands for the station as a whole: tags are put there until they are sorted."""
        for asset in self._before.assets_of_station.get(draft.id, ()):
            if asset.kind is AssetKind.SITE:
                return asset
        return Asset(uuid4(), draft.id, draft.name.strip(), AssetKind.SITE)

    def _tags(self, draft: StationDraft) -> list[Tag]:
        old = {tag.id: tag for tag in self._old_tags}
        keys = {tag.key for tag in self._old_tags}
        now_us = time.time_ns() // 1000
        found = []
        for given in draft.tags:
            known = old.get(given.id)
            revision = _revision(given, known.revision if known else None, now_us)
            if known is not None:
                found.append(
                    replace(
                        known,
                        connection_id=draft.connection.id,
                        kind=given.kind,
                        writable=given.writable,
                        revision=revision,
                    )
                )
                continue
            key = _key(given.name, keys)
            keys.add(key)
            found.append(
                Tag(
                    id=given.id,
                    index=-1,  # given by the store
                    station_id=draft.id,
                    asset_id=self.asset.id,
                    connection_id=draft.connection.id,
                    key=key,
                    kind=given.kind,
                    quantity="",
                    revision=revision,
                    writable=given.writable,
                )
            )
        return found


def _revision(given: TagDraft, known: TagRevision | None, now_us: int) -> TagRevision:
    is_ranged = given.kind is TagKind.ANALOG
    kept_low, kept_high = (known.low, known.high) if known is not None else (0.0, 1.0)
    revision = TagRevision(
        valid_from_us=now_us,
        name=given.name.strip(),
        address=given.address.strip(),
        unit=given.unit.strip(),
        low=_required(given.low) if is_ranged else kept_low,
        high=_required(given.high) if is_ranged else kept_high,
        scale=_required(given.scale),
        offset=_required(given.offset),
        decimals=int(_required(given.decimals)),
        states=given.states,
        sampling_ms=int(_required(given.sampling_ms)),
        deadband=_required(given.deadband),
        log_deadband=_required(given.log_deadband),
        log_least_s=_required(given.log_least_s),
        log_most_s=_required(given.log_most_s),
        rollover=_required(given.rollover),
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
