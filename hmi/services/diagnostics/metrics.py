"""What is counted, in Prometheus's words. Labels are of sets that are known beforehand: never a tag, never a name."""

from __future__ import annotations

import platform
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import psutil
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from drivers.api import LinkState
from hmi.config.profile import Profile
from hmi.domain.alarms import AlarmState, Priority
from hmi.domain.audit import AuditAction
from hmi.domain.commands import FINAL_STATES
from hmi.services.diagnostics.facts import Facts
from hmi.services.diagnostics.files import bytes_under, program_version
from hmi.services.lateness import EDGES_MS, LatenessFigures

KIND: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine says of the program and its disk."""

    history_bytes: int
    free_bytes: int
    resident_bytes: int
    cpu_s: float
    started_s: float
    version: str

    @classmethod
    def look(cls, profile: Profile) -> Machine:
        """Return it as it is now; on a worker."""
        process = psutil.Process()
        cpu = process.cpu_times()
        return cls(
            bytes_under(profile.history),
            shutil.disk_usage(profile.folder).free,
            process.memory_info().rss,
            cpu.user + cpu.system,
            process.create_time(),
            program_version(),
        )


def render(facts: Facts | None, machine: Machine, is_ready: bool) -> bytes:
    """Return the text that Prometheus reads; on a worker. facts: None while the program starts."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(facts, machine, is_ready))
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, facts: Facts | None, machine: Machine, is_ready: bool) -> None:
        self._facts = facts
        self._machine = machine
        self._is_ready = is_ready

    def collect(self) -> Iterator[Metric]:
        yield from _of_machine(self._machine)
        yield _gauge("roams_ready", "1 when the program does all that it should.", self._is_ready)
        if self._facts is not None:
            yield from _of_pipeline(self._facts)
            yield from _of_links(self._facts)
            yield from _of_alarms(self._facts)
            yield from _of_record(self._facts)
            yield _lateness(self._facts.lateness)


def _of_machine(machine: Machine) -> Iterator[Metric]:
    build = GaugeMetricFamily("roams_build_info", "The program that runs.", labels=["version", "python", "system"])
    build.add_metric([machine.version, platform.python_version(), sys.platform], 1)
    yield build
    yield _gauge("process_resident_memory_bytes", "Resident memory size in bytes.", machine.resident_bytes)
    yield _counter("process_cpu_seconds", "Total user and system CPU time spent in seconds.", machine.cpu_s)
    yield _gauge("process_start_time_seconds", "Start time of the process since unix epoch.", machine.started_s)
    yield _gauge("roams_up_seconds", "Time since the start.", max(0.0, time.time() - machine.started_s))
    yield _gauge("roams_history_size_bytes", "Size of the history on the disk.", machine.history_bytes)
    yield _gauge("roams_disk_free_bytes", "Free space on the disk of the history.", machine.free_bytes)


def _of_pipeline(facts: Facts) -> Iterator[Metric]:
    yield _counter("roams_values_received", "Values that came from the plant.", facts.received)
    yield _counter("roams_values_stored", "Values that were committed to the history.", facts.stored)
    yield _counter("roams_values_dropped", "Values that were given up before they were stored.", facts.dropped)
    yield _gauge("roams_values_waiting", "Values that wait for their commit.", facts.waiting)
    yield _gauge("roams_history_flush_seconds", "How long the last commit took.", facts.flush_ms / 1000)


def _of_links(facts: Facts) -> Iterator[Metric]:
    states = Counter(status.state for status in facts.links)
    links = GaugeMetricFamily("roams_links", "Links by their state.", labels=["state"])
    for state in LinkState:
        links.add_metric([state.name.lower()], states[state])
    yield links
    reconnects = sum(status.reconnects for status in facts.links)
    yield _counter("roams_link_losses", "Times that a link which is configured now was lost.", reconnects)
    lost = sum(status.dropped for status in facts.links)
    yield _counter("roams_link_values_lost", "Values that were lost before they came here.", lost)
    refused = sum(len(status.rejected) for status in facts.links)
    yield _gauge("roams_addresses_refused", "Addresses that their servers refuse.", refused)


def _of_alarms(facts: Facts) -> Iterator[Metric]:
    alarms = GaugeMetricFamily("roams_alarms", "Alarms that stand.", labels=["priority", "state"])
    for priority in Priority:
        for state in AlarmState:
            if state is not AlarmState.NORM:
                alarms.add_metric(
                    [priority.name.lower(), state.value.lower()], facts.alarms[priority.name.lower(), state.value]
                )
    yield alarms
    yield _counter("roams_alarms_raised", "Alarms that were raised.", facts.alarms_raised)
    commands = CounterMetricFamily("roams_commands", "Commands that ended, by outcome.", labels=["outcome"])
    for outcome in sorted(state.value.lower() for state in FINAL_STATES):
        commands.add_metric([outcome], facts.commands[outcome])
    yield commands


def _of_record(facts: Facts) -> Iterator[Metric]:
    failures = facts.audit_written[AuditAction.LOGIN_FAILED]
    yield _counter("roams_sign_in_failures", "Sign-ins that were refused.", failures)
    yield _gauge("roams_audit_rows", "Rows of the audit record.", facts.audit_rows)
    yield _gauge("roams_audit_failing", "1 while entries cannot be written to the record.", facts.audit_is_failing)
    yield _gauge("roams_audit_spooled", "Entries in the emergency spool.", facts.audit_spooled)
    yield _counter("roams_audit_lost", "Entries that nothing took.", facts.audit_lost)
    about = "Entries on commands and upkeep that could not be written, though it was done."
    yield _counter("roams_control_unrecorded", about, facts.control_unrecorded)
    about = "Requests that were carried out and of which no entry could be written."
    yield _counter("roams_requests_unrecorded", about, facts.requests_unrecorded)


def _lateness(figures: LatenessFigures) -> Metric:
    """Return the histogram in seconds, each bar with those before it, as Prometheus wants them."""
    edges = [*(f"{edge / 1000:g}" for edge in EDGES_MS), "+Inf"]
    counted, buckets = 0, []
    for edge, count in zip(edges, figures.counts, strict=True):
        counted += count
        buckets.append((edge, float(counted)))
    found = HistogramMetricFamily("roams_loop_lateness_seconds", "How late ticks of the input loop come.")
    found.add_metric([], buckets, sum_value=figures.sum_ms / 1000)
    return found


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=float(value))


def _counter(name: str, about: str, value: float) -> Metric:
    return CounterMetricFamily(name, about, value=float(value))
