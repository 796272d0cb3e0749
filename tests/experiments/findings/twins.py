"""Runs in memory whose differences between twins are given, for what is said and drawn of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.run_directory import COLUMNS, Run

PAIR = ("receptive-field", "receptive-dense")
SECOND = ("three-factor", "dense")
TWINS = dict([PAIR, SECOND])
PRIMARY = {
    "accuracy": ("test_accuracy", "percentage points"),
    "learning": ("learning_curve_mean", "percentage points"),
    "robustness": ("robustness_mean", "percentage points"),
    "privacy": ("membership_advantage_mean", "percentage points"),
    "energy": ("energy_least", "nJ"),
}


def entry(
    study: str,
    difference: float,
    half: float | None = 1.0,
    *,
    pair: tuple[str, str] = PAIR,
    n: int = 20,
    p_holm: float | None = 0.001,
) -> dict[str, Any]:
    """A difference in the primary metric of a study, with an interval of so much on either side."""
    metric, unit = PRIMARY[study]
    return {
        "study": study,
        "metric": metric,
        "unit": unit,
        "model": pair[0],
        "twin": pair[1],
        "primary": True,
        "difference": difference,
        "ci_low": None if half is None else difference - half,
        "ci_high": None if half is None else difference + half,
        "standardised": None,
        "n": n,
        "method": "paired t over seeds",
        "p_value": None if n < 10 else p_holm,
        "p_holm": None if n < 10 else p_holm,
        "verdict": "as stored",
    }


def run_of(
    differences: Sequence[dict[str, Any]],
    *,
    studies: Iterable[str] = (),
    models: Iterable[str] = PAIR,
    seeds: int = 20,
    preset: str = "quick",
    protocol: str = "resampled",
    references: Sequence[dict[str, Any]] = (),
    warnings: dict[str, list[str]] | None = None,
    passes: Mapping[str, int] | None = None,
) -> Run:
    """A run that holds these differences."""
    kinds = {model: "ANN" if "dense" in model else "BNS" for model in models}
    value = (0, {}, pd.NA, "test_accuracy", 0.9, "fraction")
    rows = [("accuracy", "digits", model, kind, *value) for model, kind in kinds.items()]
    carried_out: dict[str, dict[str, Any]] = {name: {} for name in (*studies, *(one["study"] for one in differences))}
    return Run(
        Path("run"),
        config={"run": {"study": "compare", "task": "digits", "preset": preset, "seeds": seeds}, **carried_out},
        manifest={
            "models": {
                model: {"kind": kind, "twin": TWINS.get(model), "parameters": {"passes": (passes or {}).get(model, 20)}}
                for model, kind in kinds.items()
            },
            "warnings": warnings or {},
        },
        results=pd.DataFrame(rows, columns=list(COLUMNS)).astype({"step": "Int64"}),
        summary={
            "task": "digits",
            "protocol": protocol,
            "seeds": list(range(seeds)),
            "metrics": [],
            "differences": list(differences),
            "references": list(references),
        },
    )
