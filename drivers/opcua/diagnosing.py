"""What the protocol knows of a link, in words for the diagnostics page."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from drivers.opcua.acquiring import Acquiring
from drivers.opcua.config import OpcUaConfig
from drivers.opcua.items import ItemState, ItemTable
from drivers.opcua.judging import NOTE_DAYS, Judging
from drivers.opcua.policies import BY_KEY, MODE_LABELS, NONE
from drivers.opcua.session import Session


def diagnose(
    endpoint: str,
    config: OpcUaConfig,
    session: Session | None,
    acquiring: Acquiring | None,
    table: ItemTable,
    judging: Judging,
    standby: str,
) -> Mapping[str, str]:
    """Return label to text; only what is known."""
    policy = BY_KEY[config.security]
    found = {
        "Endpoint": endpoint,
        "Security": policy.label if policy is NONE else f"{policy.label}, {MODE_LABELS[config.mode]}",
    }
    days = judging.days_left()
    if judging.believed is not None and days is not None:
        renew = ": have it renewed" if days < NOTE_DAYS else ""
        found["Certificate"] = f"{judging.believed.subject}, {days:.0f} days left{renew}"
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
    if standby:
        found["Standby"] = standby
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
