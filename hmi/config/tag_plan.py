"""From checked drafts of tags to what an import of tags puts into the configuration, and what it deletes."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from hmi.config.save_plan import changed_tag, new_tag, site_of
from hmi.domain.catalogue import Catalogue
from hmi.domain.drafts import PlacedTagDraft
from hmi.domain.plant import Asset
from hmi.domain.tags import Tag


class TagPlan:
    """tags: new ones and changed ones. removed: indices. left: connections that may have lost their last tag."""

    def __init__(self, drafts: Sequence[PlacedTagDraft], removed: Collection[UUID], before: Catalogue) -> None:
        self._before = before
        self._keys: dict[UUID, set[str]] = {}
        self._now_us = time.time_ns() // 1000
        self.assets: dict[UUID, Asset] = {}
        """The station's asset for the station as a whole, where a new tag is put there."""
        made = [self._tag(draft) for draft in drafts]
        self.tags = [tag for tag in made if tag != before.tag_by_id.get(tag.id)]
        gone = [before.tag_by_id[each] for each in removed if each in before.tag_by_id]
        self.removed = [tag.index for tag in gone]
        moved = [before.tag_by_id[tag.id] for tag in self.tags if tag.id in before.tag_by_id]
        self.left = {tag.connection_id for tag in (*gone, *moved)}

    def _tag(self, draft: PlacedTagDraft) -> Tag:
        known = self._before.tag_by_id.get(draft.tag.id)
        if known is not None:
            tag = changed_tag(known, draft.tag, draft.connection_id, self._now_us)
            return tag if draft.asset_id is None else replace(tag, asset_id=draft.asset_id)
        keys = self._keys.get(draft.station_id)
        if keys is None:
            tags = self._before.tags_of_station.get(draft.station_id, ())
            keys = self._keys[draft.station_id] = {tag.key for tag in tags}
        return new_tag(draft.tag, self._asset(draft), draft.connection_id, keys, self._now_us)

    def _asset(self, draft: PlacedTagDraft) -> Asset:
        if draft.asset_id is not None:
            return self._before.asset_by_id[draft.asset_id]
        if draft.station_id not in self.assets:
            name = self._before.station_by_id[draft.station_id].name
            self.assets[draft.station_id] = site_of(self._before, draft.station_id, name)
        return self.assets[draft.station_id]


def left_empty(drafts: Sequence[PlacedTagDraft], removed: Collection[UUID], before: Catalogue) -> list[UUID]:
    """Return the connections that no tag would use any more, and that therefore go."""
    gone, used = set(removed), {draft.connection_id for draft in drafts}
    given = {draft.tag.id for draft in drafts}
    lost = {tag.connection_id for tag in before.tags if tag.id in gone or tag.id in given} - used
    still = {tag.connection_id for tag in before.tags if tag.id not in gone and tag.id not in given}
    return [each.id for each in before.connections if each.id in lost - still]
