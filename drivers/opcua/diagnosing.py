"""What the protocol knows of a link, in words for the diagnostics page."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from drivers.opcua.acquiring import Acquiring
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.items import ItemState, ItemTable
from drivers.opcua.judging import Judging
from drivers.opcua.policies import BY_KEY, MODE_LABELS, NONE
from drivers.opcua.session import Session

DAY_S = 86_400


def diagnose(
    endpoint: str,
    config: OpcUaConfig,
    session: Session | None,
    acquiring: Acquiring | None,
    table: ItemTable,
    judging: Judging,
) -> Mapping[str, str]:
    """Return label to text; only what is known."""
    policy = BY_KEY[config.security]
    found = {
        "Endpoint": endpoint,
        "Security": policy.label if policy is NONE else f"{policy.label}, {MODE_LABELS[config.mode]}",
    }
    if judging.believed is not None:
        days = (judging.believed.valid_to_us / 1e6 - time.time()) / DAY_S
        found["Certificate"] = f"{judging.believed.subject}, {days:.0f} days left"
    if session is None or acquiring is None:
        return found
    health, pump = acquiring.health, acquiring.pump.figures
    if health.clock_offset_us is not None:
        found["Clock offset"] = f"{health.clock_offset_us / 1000:+.0f} ms"
    found["Round trip"] = f"{health.round_trip_s * 1000:.0f} ms"
    found["Service level"] = str(health.service_level)
    found["Publishing interval"] = f"{acquiring.subscriptions.interval_ms:.0f} ms"
    found["Lag"] = f"{acquiring.lag_s * 1000:.0f} ms"
    found["Publishes"] = f"{pump.publishes:,}"
    if revised := _revised(table):
        found["Sampling"] = revised
    for label, count in (
        ("Sent again", pump.republished),
        ("Messages lost", pump.lost),
        ("Not understood", pump.malformed),
        ("Values dropped by the server", acquiring.dropped),
        ("Filled from its history", acquiring.backfilled),
        ("Silent items, read instead", acquiring.silent),
        ("Sessions taken up again", session.resumed),
    ):
        if count:
            found[label] = f"{count:,}"
    if acquiring.note:
        found["Note"] = acquiring.note
    return found


def _revised(table: ItemTable) -> str:
    """Return the sampling intervals that the server really keeps, where it revised them."""
    active = table.in_state(ItemState.ACTIVE)
    if not len(active):
        return ""
    revised, wanted = table.revised_ms[active], table.sampling_ms[active]
    slower = int((revised > wanted).sum())
    text = (
        f"{np.min(revised):.0f} ms"
        if np.min(revised) == np.max(revised)
        else (f"{np.min(revised):.0f} to {np.max(revised):.0f} ms")
    )
    return f"{text}, {slower} slower than asked" if slower else text
