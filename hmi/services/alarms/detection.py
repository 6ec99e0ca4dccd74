"""Detection: batches of readings in, edges of alarm conditions out, by every detector there is.

Event time throughout: the source's, or ours where the source's clock was found off. A value that is NaN, infinite or
not trusted neither raises nor clears a process alarm; it has a quality alarm of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import numpy as np
import numpy.typing as npt

from drivers.api import Batch
from hmi.domain.alarms import AlarmDefinition
from hmi.domain.catalogue import Catalogue
from hmi.services.alarms.detectors.detector import Detector, HeldOf
from hmi.services.alarms.detectors.deviations import DeviationDetector
from hmi.services.alarms.detectors.limits import LimitDetector
from hmi.services.alarms.detectors.quality import QualityDetector
from hmi.services.alarms.detectors.rates import RateDetector
from hmi.services.alarms.detectors.silence import StaleDetector
from hmi.services.alarms.edges import Edge


class Detection:
    """Every detector over one catalogue."""

    def __init__(self, catalogue: Catalogue, alarms: Iterable[AlarmDefinition], now_us: int) -> None:
        """alarms: those of the catalogue and those that it implies."""
        given = tuple(alarms)
        self._detectors: tuple[Detector, ...] = (
            LimitDetector(catalogue, given),
            DeviationDetector(catalogue, given),
            RateDetector(catalogue, given),
            QualityDetector(catalogue, given),
            StaleDetector(catalogue, given, now_us),
        )

    def match(self, before: Detection) -> None:
        """Find beforehand what another detection looks at as well; on any thread, and `take_over` is quick then."""
        for detector, old in zip(self._detectors, before._detectors, strict=True):
            detector.edges.match(old.edges)

    def take_over(self, before: Detection, held: HeldOf, now_us: int) -> list[Edge]:
        """Go on where the detection of an older catalogue stood; return the edges of alarms that were edited."""
        edges: list[Edge] = []
        for detector, old in zip(self._detectors, before._detectors, strict=True):  # in the same order
            edges += detector.look_again(detector.go_on(old), held, now_us)
        return _in_time(edges)

    def set_active(self, alarm_id: UUID) -> None:
        """Take an alarm as active, as after a restart."""
        for detector in self._detectors:
            row = detector.edges.row_of.get(alarm_id)
            if row is not None:
                detector.edges.is_active[row] = True

    def clock_jumped(self, by_us: int) -> None:
        """Let what waits wait as long as before, although our clock has jumped."""
        for detector in self._detectors:
            detector.edges.clock_jumped(by_us)
            if isinstance(detector, StaleDetector | RateDetector):
                detector.heard_us += by_us

    def link_came(self, tags: npt.NDArray[np.uint32], now_us: int, *, is_off: bool) -> list[Edge]:
        """Return the edges that end what a link's silence raised; is_off: the link is switched off for good."""
        return [
            edge
            for detector in self._detectors
            if isinstance(detector, StaleDetector) or (is_off and isinstance(detector, QualityDetector))
            for edge in detector.link_came(tags, now_us)
        ]

    def take(self, batch: Batch) -> list[Edge]:
        """Return the edges of a batch, in the order of time."""
        return _in_time([edge for detector in self._detectors for edge in detector.take(batch)])

    def due(self, now_us: int) -> list[Edge]:
        """Return the edges of delays that ran out by now; to be asked before each batch and while none comes."""
        return _in_time([edge for detector in self._detectors for edge in detector.due(now_us)])


def _in_time(edges: list[Edge]) -> list[Edge]:
    if len(edges) > 1:
        edges.sort(key=lambda edge: edge.at_us)
    return edges
