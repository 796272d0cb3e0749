"""Figures of a stored run and sentences about its results, from its studies and its example samples.

No model is run here. If the figures of one study fail, all others are still drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bnsim.errors import InputError, first_line
from experiments.report import forest, receptive_fields, side_by_side, square
from experiments.studies import KNOWN, carried_out

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
        attempt(drawn, name, lambda study=study: _of_study(run, study, drawn), study)  # type: ignore[misc]
    for name, source in _OF_THE_WHOLE.items():
        attempt(drawn, name, lambda source=source: drawn.figures.update(source(run)))  # type: ignore[misc]
    return drawn


_OF_THE_WHOLE: Mapping[str, Callable[[Run], dict[str, Figure]]] = {
    "differences between twins": forest.draw,
    "spikes and local learning": square.draw,
    "receptive fields": receptive_fields.draw,
    "example samples": side_by_side.draw,
}


def _of_study(run: Run, study: Study, drawn: Drawn) -> None:
    plates = [plate.figure for plate in study.figure.PLATES]
    figures, sentences = study.figure.draw(run), study.figure.sentences(run)
    if not isinstance(figures, dict):
        raise InputError(f"{study.name}: draw returned no dict of figures by name, but {type(figures).__name__}")
    for name in figures:
        if name not in plates:
            raise InputError(f"{study.name}: draw returned a figure {name!r} that is no plate; name it in PLATES")
    if not isinstance(sentences, (list, tuple)):
        raise InputError(f"{study.name}: sentences returned no list of sentences, but {type(sentences).__name__}")
    for sentence in sentences:
        if not isinstance(sentence, str):
            found = type(sentence).__name__
            raise InputError(f"{study.name}: sentences returned a sentence that is no str, but {found}")
    drawn.figures.update(figures)
    drawn.sentences[study.name] = list(sentences)


def attempt(drawn: Drawn, name: str, draw_part: Callable[[], None], study: Study | None = None) -> None:
    """Draw a part of a report; if that fails, note why, and where in the files of its study.

    Parameters
    ----------
    drawn
        What has been drawn, where the failure is noted.
    name
        Name of the part.
    draw_part
        Draws it.
    study
        The study whose part it is, if it is one's.
    """
    try:
        draw_part()
    except Exception as error:
        reason = error.msg if isinstance(error, SyntaxError) else first_line(error)
        if not isinstance(error, InputError):
            reason = f"{type(error).__name__}: {reason}"
        if study is not None and not (isinstance(error, InputError) and study.name in KNOWN):  # it is about the run
            reason += study.place_of(error)
        drawn.failures[name] = reason
