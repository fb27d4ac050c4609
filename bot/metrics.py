"""What operators can count: no ids, no names, no text of anybody."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """Counters and histograms in their own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._heard = Counter(
            "bcdc_slack_requests", "Requests heard from Slack", ["kind"], registry=self.registry
        )
        self._ckan = Histogram(
            "bcdc_ckan_request_seconds",
            "Requests to catalogues",
            ["catalogue", "ckan_action", "outcome"],
            registry=self.registry,
        )
        self._deliveries = Counter(
            "bcdc_deliveries", "Messages of the bot's own", ["outcome"], registry=self.registry
        )
        self._names = Gauge(
            "bcdc_index_names",
            "Names of public things that can be looked up",
            ["catalogue", "kind"],
            registry=self.registry,
        )
        self._index_age = Gauge(
            "bcdc_index_age_seconds",
            "Since the index was last in step with the catalogue",
            ["catalogue"],
            registry=self.registry,
        )

    def heard(self, kind: str) -> None:
        """A payload of this kind was heard."""
        self._heard.labels(kind).inc()

    def asked(self, catalogue: str, ckan_action: str, outcome: str, seconds: float) -> None:
        """A catalogue was asked."""
        self._ckan.labels(catalogue, ckan_action, outcome).observe(seconds)

    def delivered(self, outcome: str) -> None:
        """A message was sent, put off, refused by Slack, left in doubt or given up."""
        self._deliveries.labels(outcome).inc()

    def indexed(self, catalogue: str, sizes: Mapping[str, int], synced_at: datetime) -> None:
        """The index of a catalogue has these numbers of names by kind, as of then."""
        for kind, size in sizes.items():
            self._names.labels(catalogue, kind).set(size)
        self._index_age.labels(catalogue).set_function(lambda: time.time() - synced_at.timestamp())
