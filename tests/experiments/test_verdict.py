"""The verdict on twins: what the interval of their difference allows to be said, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.verdict import verdict

ENTRY: dict[str, Any] = {"model": "bns", "twin": "ann", "difference": 0.5, "ci_low": 0.2, "ci_high": 0.8, "n": 5}
LESS = {"difference": -0.5, "ci_low": -0.8, "ci_high": -0.2}


@pytest.mark.parametrize(
    ("changed", "more_is_better", "less_is_better"),
    [
        ({}, "bns better (higher) in these 5 seeds", "ann better (lower) in these 5 seeds"),
        (LESS, "ann better (higher) in these 5 seeds", "bns better (lower) in these 5 seeds"),
        ({"n": 9}, "bns better (higher) in these 9 seeds", "ann better (lower) in these 9 seeds"),
        ({"n": 1}, "bns better (higher) in this one seed", "ann better (lower) in this one seed"),
        ({"n": 10, "p_holm": 0.049}, "bns better (higher)", "ann better (lower)"),
        ({**LESS, "n": 12, "p_holm": 0.001}, "ann better (higher)", "bns better (lower)"),
    ],
)
def test_the_better_network_is_named(changed: dict[str, Any], more_is_better: str, less_is_better: str) -> None:
    entry = {**ENTRY, "p_holm": None, **changed}
    assert verdict(entry, "more") == more_is_better
    assert verdict(entry, "less") == less_is_better


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ci_low": -0.1}, "not told apart"),
        ({"ci_low": 0.0}, "not told apart"),
        ({**LESS, "ci_high": 0.0}, "not told apart"),
        ({"difference": 0.0, "ci_low": 0.0, "ci_high": 0.0}, "not told apart"),
        ({"n": 10, "p_holm": 0.05}, "not told apart"),
        ({"n": 12, "p_holm": 0.2}, "not told apart"),
        ({"n": 10}, "not told apart"),
        ({"n": 10, "p_holm": 0.01, "ci_low": -0.1}, "not told apart"),
        ({"n": 1, "ci_low": None, "ci_high": None}, "no verdict: one seed"),
    ],
)
def test_no_network_is_named_where_the_numbers_do_not_tell(changed: dict[str, Any], said: str) -> None:
    entry = {**ENTRY, "p_holm": None, **changed}
    assert verdict(entry, "more") == verdict(entry, "less") == said
