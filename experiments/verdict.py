"""The verdict on a pair of twins, or on an effect in a square: what is better, as far as an interval tells.

One function decides; table, report, sentences and summary.json say what it found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from experiments.statistics import MIN_SEEDS_FOR_P, SIGNIFICANCE

NOT_TOLD_APART = "not told apart"
Better: TypeAlias = Literal["more", "less"]
Verdict: TypeAlias = Callable[[Mapping[str, Any], Better], str]

_SAID: Mapping[str, tuple[str, str]] = {
    "spikes": ("better with spikes", "better without spikes"),
    "local learning": ("better with local learning", "better with backpropagation"),
    "interaction": (
        "local learning does better with spikes than with rates",
        "local learning does better with rates than with spikes",
    ),
}
"""What an effect comes to where it is for the better, and for the worse."""


def better_of(difference: Mapping[str, Any], better: Literal["more", "less"]) -> str | None:
    """Return the better network of two twins, as far as the interval of their difference tells.

    Parameters
    ----------
    difference
        Entry of summary.json: `model` minus `twin`, with `difference`, `ci_low`, `ci_high`, `n` and `p_holm`.
    better
        Which of it is better (`Metric.better`).

    Returns
    -------
    str or None
        None where there is no interval or it holds zero, and from 10 seeds on where the p-value after Holm's correction
        is not below 0.05.
    """
    if not is_told(difference):
        return None
    winner: str = difference[favoured(difference, better)]
    return winner


def is_told(difference: Mapping[str, Any]) -> bool:
    """Return whether a difference or an effect is told apart from none.

    Parameters
    ----------
    difference
        Entry of summary.json, as in `better_of`.

    Returns
    -------
    bool
        False where `better_of` returns None.
    """
    low, high, n, p_holm = (difference[key] for key in ("ci_low", "ci_high", "n", "p_holm"))
    return not (
        low is None or low <= 0 <= high or (n >= MIN_SEEDS_FOR_P and (p_holm is None or p_holm >= SIGNIFICANCE))
    )


def favoured(difference: Mapping[str, Any], better: Literal["more", "less"]) -> Literal["model", "twin"]:
    """Return which of two twins has the better mean.

    Parameters
    ----------
    difference
        Entry of summary.json.
    better
        Which of it is better.

    Returns
    -------
    str
        "model" or "twin".
    """
    return "model" if (difference["difference"] > 0) == (better == "more") else "twin"


def verdict(difference: Mapping[str, Any], better: Literal["more", "less"]) -> str:
    """Return the verdict on twins in a primary metric.

    Parameters
    ----------
    difference
        Entry of summary.json, as in `better_of`.
    better
        Which of it is better (`Metric.better`).

    Returns
    -------
    str
        "not told apart" where the interval holds zero. Otherwise the better network and whether its value is higher or
        lower: with fewer than 10 seeds as an observation "in these 5 seeds", from 10 seeds on only where the p-value
        after Holm's correction is below 0.05. "no verdict: one seed" where there is no interval.

    Examples
    --------
    >>> entry = {"difference": 2.0, "ci_low": 1.5, "ci_high": 2.5, "n": 5, "p_holm": None}
    >>> verdict({"model": "bns", "twin": "ann", **entry}, "more")
    'bns better (higher) in these 5 seeds'
    """
    n = difference["n"]
    if difference["ci_low"] is None:
        return "no verdict: one seed"
    winner = better_of(difference, better)
    if winner is None:
        return NOT_TOLD_APART
    return _observed(f"{winner} better ({'higher' if better == 'more' else 'lower'})", n)


def verdict_on_effect(effect: Mapping[str, Any], better: Better) -> str:
    """Return the verdict on an effect in a square, in a primary metric.

    Parameters
    ----------
    effect
        Entry of summary.json: which `effect` it is, and its `difference`, `ci_low`, `ci_high`, `n` and `p_holm`.
    better
        Which of the metric is better (`Metric.better`).

    Returns
    -------
    str
        "not told apart" where the interval holds zero; otherwise what is better, as `verdict` says it.

    Examples
    --------
    >>> entry = {"difference": -2.0, "ci_low": -2.5, "ci_high": -1.5, "n": 5, "p_holm": None}
    >>> verdict_on_effect({"effect": "spikes", **entry}, "more")
    'better without spikes in these 5 seeds'
    """
    if effect["ci_low"] is None:
        return "no verdict: one seed"
    if not is_told(effect):
        return NOT_TOLD_APART
    for_the_better, for_the_worse = _SAID[effect["effect"]]
    return _observed(for_the_better if (effect["difference"] > 0) == (better == "more") else for_the_worse, effect["n"])


def _observed(found: str, n: int) -> str:
    """With fewer seeds than a p-value takes, what is found is an observation."""
    if n >= MIN_SEEDS_FOR_P:
        return found
    return f"{found} in {'this one seed' if n == 1 else f'these {n} seeds'}"
