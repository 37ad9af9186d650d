"""What this process counts and times, for Prometheus. One `Metrics` a process, in Deps; nothing is global.

Labels are of a small, closed set each: routes, kinds, outcomes; never an id, a name or an address of somebody.
"""

import platform
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest

from service import VERSION

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_QUICK: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LONG: Final = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600)


class Metrics:
    """`metrics.sign_ins.labels("refused").inc()`; `metrics.text()` is what `/metrics` answers."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Info("farfield_build", "Which Farfield this is.", registry=registry).info(
            {"version": VERSION, "python": platform.python_version()}
        )
        self.requests = Histogram(
            "farfield_request_seconds",
            "How long an HTTP request took. Long polls take as long as they wait.",
            ("method", "route", "status"),
            registry=registry,
            buckets=_QUICK,
        )
        self.requests_under_way = Gauge(
            "farfield_requests_under_way",
            "HTTP requests that are not answered yet, this one included.",
            registry=registry,
        )
        self.acts = Counter(
            "farfield_acts",
            "Acts on the record. done, replayed: the same command again; refused: the rules or a row said no; "
            "conflict: others were always quicker; unavailable: the database did not answer.",
            ("outcome",),
            registry=registry,
        )
        self.live_connections = Gauge("farfield_live_connections", "Sockets that are open.", registry=registry)
        self.live_topics = Gauge("farfield_live_topics", "Streams that somebody follows here.", registry=registry)
        self.wake_to_delivery = Histogram(
            "farfield_wake_to_delivery_seconds",
            "From hearing of an event to having handed it to every socket that follows.",
            registry=registry,
            buckets=_QUICK,
        )
        self.job_waits = Histogram(
            "farfield_job_wait_seconds",
            "From when a job was due to when a worker took it.",
            ("kind",),
            registry=registry,
            buckets=_LONG,
        )
        self.job_runs = Histogram(
            "farfield_job_run_seconds",
            "How long a job ran, by how it ended.",
            ("kind", "outcome"),
            registry=registry,
            buckets=_LONG,
        )
        self.notices = Counter(
            "farfield_notices", "Mails by what became of them, such as sent or failed.", ("outcome",), registry=registry
        )
        self.sign_ins = Counter(
            "farfield_sign_ins", "Attempts to sign in by what became of them.", ("outcome",), registry=registry
        )
        self.granted_bytes = Counter(
            "farfield_gate_granted_bytes",
            "Bytes the gate let through at most: `in` blocks of uploads, `out` ranges of videos.",
            ("direction",),
            registry=registry,
        )
        self.store_calls = Histogram(
            "farfield_store_call_seconds",
            "How long a call of the object store took.",
            ("operation", "outcome"),
            registry=registry,
            buckets=_QUICK,
        )

    def store_call(self, operation: str, outcome: str, seconds: float) -> None:
        """What `Objects` reports to."""
        self.store_calls.labels(operation, outcome).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
