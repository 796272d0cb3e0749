"""Figures of a stored run and sentences about its results, from its studies and its example samples.

No model is run here. If the figures of one study fail, all others are still drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bnsim.errors import InputError, first_line
from experiments.report import forest, receptive_fields, side_by_side
from experiments.studies import carried_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.run_directory import Run
    from experiments.spec import Study


@dataclass(frozen=True)
class Drawn:
    """Figures and sentences of a run.

    Parameters
    ----------
    figures
        Figures by file name without suffix.
    sentences
        Results in sentences, by study.
    failures
        Why a study, or another source of figures, could not be drawn.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    sentences: dict[str, list[str]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def draw(run: Run) -> Drawn:
    """Draw all figures of a run, and write the results of its studies in sentences.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    Drawn
        Figures, sentences and failures.
    """
    drawn = Drawn()
    for name, study in carried_out(run.config).items():
        attempt(drawn, name, lambda study=study: _of_study(run, study, drawn))  # type: ignore[misc]
    for name, source in _OF_THE_WHOLE.items():
        attempt(drawn, name, lambda source=source: drawn.figures.update(source(run)))  # type: ignore[misc]
    return drawn


_OF_THE_WHOLE: Mapping[str, Callable[[Run], dict[str, Figure]]] = {
    "differences between twins": forest.draw,
    "receptive fields": receptive_fields.draw,
    "example samples": side_by_side.draw,
}


def _of_study(run: Run, study: Study, drawn: Drawn) -> None:
    figures, sentences = study.figure.draw(run), study.figure.sentences(run)
    drawn.figures.update(figures)
    drawn.sentences[study.name] = sentences


def attempt(drawn: Drawn, name: str, draw_part: Callable[[], None]) -> None:
    """Draw a part of a report; if that fails, note why.

    Parameters
    ----------
    drawn
        What has been drawn, where the failure is noted.
    name
        Name of the part.
    draw_part
        Draws it.
    """
    try:
        draw_part()
    except Exception as error:
        reason = first_line(error)
        drawn.failures[name] = reason if isinstance(error, InputError) else f"{type(error).__name__}: {reason}"
