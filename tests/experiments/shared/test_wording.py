"""Sentences: numbers with their intervals, and verdicts where there are any."""

from __future__ import annotations

from typing import Any

import pytest

from experiments.shared.wording import stated, told_verdict


@pytest.mark.parametrize(
    ("mean", "limits", "said"),
    [
        (0.9944, (0.9712, 0.9993), "99.44 % (97.12 to 99.93 %)"),
        (1.0, (0.9898, 1.0), "100.00 % (98.98 to 100.00 %)"),
        (0.0, (0.0, 0.0102), "0.00 % (0.00 to 1.02 %)"),
        (1.0, (1.0, 1.0), "100.00 %"),
        (0.5, (None, None), "50.00 %"),
    ],
)
def test_a_mean_is_told_with_its_interval_where_there_is_one(
    mean: float, limits: tuple[float | None, float | None], said: str
) -> None:
    entry = {"mean": mean, "ci_low": limits[0], "ci_high": limits[1], "unit": "fraction"}
    assert stated(entry).replace("\N{NO-BREAK SPACE}", " ") == said


def test_an_angle_has_its_sign() -> None:
    assert stated({"mean": 12.34, "ci_low": 9.87, "ci_high": 15.0, "unit": "degree"}) == "12.3° (9.87° to 15°)"


def test_sentences_end_with_the_verdict() -> None:
    entry: dict[str, Any] = {"ci_low": -1.0, "verdict": "not told apart"}
    assert told_verdict(entry) == ". Verdict: not told apart."
    assert told_verdict(entry, "with small memory") == ". Verdict with small memory: not told apart."
    assert told_verdict({"ci_low": None, "verdict": "no verdict: one seed"}) == "."
