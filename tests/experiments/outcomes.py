"""What tests of studies read from an outcome."""

from __future__ import annotations

from experiments.spec import Fact, Outcome


def values(outcome: Outcome, metric: str, **facts: Fact) -> list[float]:
    """Return the values of the measurements of this metric with these facts and no others."""
    return [found.value for found in outcome.measurements if (found.metric, found.facts) == (metric, facts)]
