"""What operators can count: no ids, no names, no text of anybody."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram


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

    def heard(self, kind: str) -> None:
        """A payload of this kind was heard."""
        self._heard.labels(kind).inc()

    def asked(self, catalogue: str, ckan_action: str, outcome: str, seconds: float) -> None:
        """A catalogue was asked."""
        self._ckan.labels(catalogue, ckan_action, outcome).observe(seconds)

    def delivered(self, outcome: str) -> None:
        """A message was sent, put off or given up."""
        self._deliveries.labels(outcome).inc()
