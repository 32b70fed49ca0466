"""Figures for Prometheus, read from the database at the moment of asking: the same from every server process."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from app import clock
from app.database import Condition, db
from app.inbox import mailbox_reading
from app.inbox.models import Bounce, IncomingMail, Outcome
from app.outbox import circuit_breaker
from app.outbox.models import CLAIMABLE, IN_HAND, LEAVING, WRITABLE, Heartbeat, MailTotal, Message
from app.rate_counts import RateRefusal
from app.upkeep import health

_WAITING = {"planned": WRITABLE, "due": CLAIMABLE, "sending": LEAVING, "held": IN_HAND}


def write_metrics() -> bytes:
    """All figures in the text format of Prometheus (version 0.0.4)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    return generate_latest(registry)


class _Collector:
    def collect(self) -> Iterator[Metric]:
        yield _by_label(
            CounterMetricFamily("leerkring_messages", "Messages that delivery brought to a state.", labels=["state"]),
            db.session.execute(sa.select(MailTotal.state, MailTotal.number)),
        )
        yield _by_label(
            GaugeMetricFamily("leerkring_messages_waiting", "Messages that have not left.", labels=["state"]),
            ((name, _count(where)) for name, where in _WAITING.items()),
        )
        yield _by_label(
            CounterMetricFamily("leerkring_bounces", "Reports on messages that came back.", labels=["kind"]),
            db.session.execute(sa.select(Bounce.kind, sa.func.count()).group_by(Bounce.kind)),
        )
        yield _by_label(
            CounterMetricFamily(
                "leerkring_refused_too_often", "Requests refused for asking too often.", labels=["page"]
            ),
            db.session.execute(sa.select(RateRefusal.page, RateRefusal.number)),
        )
        yield GaugeMetricFamily("leerkring_oldest_due_seconds", "Age of the oldest message that is due.", _oldest())
        state = circuit_breaker.load_circuit()
        stands_still = float(bool(state and state.opened_at))
        yield GaugeMetricFamily("leerkring_circuit_open", "Whether sending stands still.", stands_still)
        yield GaugeMetricFamily("leerkring_to_review", "Incoming mails that wait for an organiser.", _to_review())
        yield _age("leerkring_inbox_read_age_seconds", "Since the mailbox was read.", _inbox_read())
        yield _age("leerkring_worker_age_seconds", "Since a worker gave a sign of life.", _last_beat())
        yield _by_label(
            GaugeMetricFamily("leerkring_well", "Whether each check of /healthz is well.", labels=["check"]),
            ((finding.name, float(finding.well)) for finding in health.check_health()),
        )


def _by_label(family: GaugeMetricFamily | CounterMetricFamily, rows: Iterable[Any]) -> Metric:
    for label, value in rows:
        family.add_metric([str(label)], value)
    return family


def _age(name: str, meaning: str, moment: datetime | None) -> Metric:
    family = GaugeMetricFamily(name, meaning)
    if moment is not None:
        family.add_metric([], (clock.now() - moment).total_seconds())
    return family


def _count(where: Condition) -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(Message).where(where)).one()


def _oldest() -> float:
    first = sa.select(Message.due_at).where(CLAIMABLE).order_by(Message.due_at).limit(1)
    moment = db.session.scalar(first)
    return max(0.0, (clock.now() - moment).total_seconds()) if moment else 0.0


def _to_review() -> int:
    return db.session.scalars(sa.select(sa.func.count()).where(IncomingMail.outcome == Outcome.REVIEW)).one()


def _inbox_read() -> datetime | None:
    state = mailbox_reading.mailbox_status()
    return state.read_at if state else None


def _last_beat() -> datetime | None:
    return db.session.scalar(sa.select(sa.func.max(Heartbeat.at)))
