"""What a fit aims at: values of metrics, and how far from them a trial is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bnsim.errors import InputError, advice
from experiments.points.job import measurements
from experiments.spec import Fact, Study

_FORM = re.compile(r"(?P<metric>[^\[\]=]+)(\[(?P<facts>[^\[\]]*)\])?=(?P<value>[^±+]+?)((±|\+/?-)(?P<weight>[^±]+))?")
_HELP = "not of the form METRIC=VALUE or METRIC[FACT=VALUE,...]=VALUE±WEIGHT, e.g. rate[dt=0.5]=8.0±0.1"

_OWN = ("model", "step")
"""What tells measurements apart besides the facts that a metric declares."""


@dataclass(frozen=True)
class Target:
    """The value that a metric should have.

    Parameters
    ----------
    metric
        Name of the metric.
    value
        Its value, in its unit.
    weight
        Deviation that counts as 1, in the same unit; None for the value itself, or 1 if that is 0.
    facts
        Which of the metric's measurements is meant, where there are several: facts, `model` and `step`.
    """

    metric: str
    value: float
    weight: float | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise InputError(f"--target {self}: {self.value} is not finite; give a finite number")
        if self.weight is not None and not (math.isfinite(self.weight) and self.weight > 0):
            raise InputError(f"--target {self}: {self.weight} is no weight; give a number above 0")

    def __str__(self) -> str:
        facts = ",".join(f"{name}={fact}" for name, fact in self.facts.items())
        return f"{self.metric}[{facts}]" if facts else self.metric

    @property
    def scale(self) -> float:
        """The deviation that counts as 1."""
        return self.weight or abs(self.value) or 1.0

    def deviation(self, found: float) -> float:
        """Return the square of a deviation, relative to the weight.

        Parameters
        ----------
        found
            The value of a trial.

        Returns
        -------
        float
            Infinite where the value is NaN.
        """
        square = ((found - self.value) / self.scale) ** 2
        return math.inf if math.isnan(square) else square

    @classmethod
    def parse(cls, text: str) -> Target:
        """Parse `metric=value`, `metric=value±weight` and `metric[fact=value,...]=value±weight`.

        Parameters
        ----------
        text
            The text; "+-" and "+/-" stand for "±".

        Returns
        -------
        Target
            The target.

        Raises
        ------
        InputError
            For a text of another form.
        """
        found = _FORM.fullmatch(text.replace(" ", ""))
        if found is None:
            raise InputError(f"--target {text}: {_HELP}")
        facts: dict[str, Fact] = {}
        for part in (found["facts"] or "").split(",") if found["facts"] is not None else ():
            name, _, fact = part.partition("=")
            if not name or not fact or name in facts:
                raise InputError(f"--target {text}: {_HELP}")
            facts[name] = fact
        try:
            weight = None if found["weight"] is None else float(found["weight"])
            return cls(found["metric"], float(found["value"]), weight, facts)
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"--target {text}: {_HELP}") from None

    def checked(self, study: Study) -> Target:
        """Return the target with its facts as the study types them.

        Parameters
        ----------
        study
            The study.

        Returns
        -------
        Target
            The target.

        Raises
        ------
        InputError
            If the study has no such metric, or the metric no such fact.
        """
        kinds = {**study[self.metric].facts, "model": str, "step": int}
        facts: dict[str, Fact] = {}
        for name, fact in self.facts.items():
            if name not in kinds:
                raise InputError(f"--target {self}: unknown fact {name!r}; {advice(name, kinds)}")
            try:
                facts[name] = kinds[name](fact)
            except ValueError:
                raise InputError(f"--target {self}: {fact!r} is no value of {name}; give a number") from None
        return Target(self.metric, self.value, self.weight, facts)

    def found(self, kept: Mapping[str, Any]) -> float:
        """Return the value of a trial with one seed.

        Parameters
        ----------
        kept
            What is kept of it.

        Returns
        -------
        float
            The value.

        Raises
        ------
        InputError
            If the target means none of its measurements, or several.
        """
        values: list[tuple[dict[str, Any], float]] = []
        for outcome in kept["outcomes"]:
            for row in measurements(outcome):
                place = {**row.facts, "model": outcome["model"], "step": row.step}
                if row.metric == self.metric and all(place.get(name) == fact for name, fact in self.facts.items()):
                    values.append((place, row.value))
        if len(values) != 1:
            raise InputError(
                f"--target {self}: {len(values)} values match{_difference([place for place, _ in values])}"
            )
        return values[0][1]

    def document(self) -> dict[str, Any]:
        """Return the target as it is stored in plan.json.

        Returns
        -------
        dict of str to object
            Values that JSON can represent.
        """
        return {**vars(self), "facts": dict(self.facts)}


def _difference(places: Sequence[Mapping[str, Any]]) -> str:
    """Return in what several measurements differ, and how to name one."""
    if not places:
        return "; leave out a fact, or correct it"
    name = next((name for name in places[0] if len({place.get(name) for place in places}) > 1), None)
    if name is None:
        return ""
    some = sorted({str(place.get(name)) for place in places})[:5]
    return f", which differ in {name}; name one, as in [{name}={places[0][name]}] (there are {', '.join(some)})"
