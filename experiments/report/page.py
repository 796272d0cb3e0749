"""Write report.html: figures, tables, sentences and interactive rasters of one stored run."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bnsim.files import PARTIAL
from bnsim.plotting.style import save
from bnsim.printable import printable
from experiments.findings.comparisons import comparisons
from experiments.findings.effects import effects, sentence
from experiments.findings.in_short import Sentence, in_short
from experiments.names import study_option
from experiments.report import forest, square
from experiments.report.figures import Drawn, attempt, draw
from experiments.report.picture import Picture, address
from experiments.report.policy import policy
from experiments.report.tables import intervals_by, measured_cell, metric_rows, more_metrics, twin_rows
from experiments.report.viewer import Viewer, viewer
from experiments.run_directory import Run
from experiments.shared.stored import looks
from experiments.shared.wording import number
from experiments.spec import Study
from experiments.studies import carried_out

_MARK = Markup('document.documentElement.classList.add("scripted")')
"""Tells the style sheet that scripts run."""

PRINT_DPI = 300
"""Resolution of the PNG files, enough for print."""


@dataclass(frozen=True)
class Scripts:
    """Scripts of the page, as they stand in their elements.

    Parameters
    ----------
    head
        Those in the page's head.
    picker
        The one after the interactive plots; empty without them.
    """

    head: list[Markup]
    picker: Markup


@dataclass(frozen=True)
class Section:
    """Section of the page about one study.

    Parameters
    ----------
    study
        The study.
    sentences
        Results in sentences.
    pictures
        Figures.
    failure
        Why the figures could not be drawn, otherwise empty.
    """

    study: Study
    sentences: list[str]
    pictures: list[Picture]
    failure: str


def write_page(run: Run) -> Path:
    """Write figures/*.svg, figures/*.png and report.html.

    All files are created in a hidden temporary folder and moved at the end, so that a full disk leaves the old files
    intact. If the figures of a study cannot be drawn, the report and a warning say so.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    Path
        Path of the page.
    """
    run.examples()  # what is damaged is refused before anything is drawn
    with tempfile.TemporaryDirectory(PARTIAL, ".drawing-", run.directory) as drawing:
        made = Path(drawing)
        drawn = draw(run)
        for name, figure in drawn.figures.items():
            save(figure, made / f"{name}.svg", made / f"{name}.png", dpi=PRINT_DPI)
        (made / "report.html").write_text(_page(run, made, drawn), encoding="utf-8")
        folder = run.directory / "figures"
        folder.mkdir(exist_ok=True)
        for path in [path for path in made.iterdir() if path.name != "report.html"]:
            path.replace(folder / path.name)
        for name, reason in drawn.failures.items():
            remedy = f"correct it and draw again with `{redraw(run)}`"
            warnings.warn(f"{name}: could not be drawn ({reason}); its numbers are stored: {remedy}", stacklevel=2)
        return (made / "report.html").replace(run.directory / "report.html")


def redraw(run: Run) -> str:
    """Return the command that draws a run again.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    str
        With the folder of a study of the user's own, which no other process knows.
    """
    return f"bnsim draw {run.directory}{study_option(run.config['run']['study'])}"


def _page(run: Run, folder: Path, drawn: Drawn) -> str:
    seen = _viewer(run, folder, drawn)
    scripts, studies, metrics = _scripts(seen), carried_out(run.config), metric_rows(run)
    return (
        environment()
        .get_template("report.html.jinja")
        .render(
            run=run,
            in_short=_in_short(run, drawn),
            forest=_forest(run, folder, drawn),
            effects=_effects(run, folder, drawn),
            about_square=square.CAPTION,
            task=run.manifest["task"],
            models=looks(run),
            verdict=twin_rows(run, primary=True),
            other_differences=twin_rows(run, primary=False),
            metrics=metrics,
            more_metrics=more_metrics(run, metrics),
            studies=studies,
            sections=[_section(folder, study, drawn) for study in studies.values()],
            viewer=seen,
            scripts=scripts,
            intervals_by=intervals_by,
            policy=policy(filter(None, [*scripts.head, scripts.picker])),
            fields=[_fields(folder, name) for name in drawn.figures if name.startswith("receptive_fields-")],
            number=number,
            measured=measured_cell,
        )
    )


def environment() -> Environment:
    """Return what makes pages from the templates: texts are escaped, and characters that would be obeyed are shown.

    Returns
    -------
    Environment
        Of Jinja.
    """
    return Environment(
        loader=PackageLoader("experiments.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _in_short(run: Run, drawn: Drawn) -> list[Sentence]:
    said: list[Sentence] = []
    attempt(drawn, "in short", lambda: said.extend(in_short(run, drawn.sentences)))
    return said


def _forest(run: Run, folder: Path, drawn: Drawn) -> Picture | None:
    if forest.FIGURE not in drawn.figures:
        return None
    told = forest.caption(comparisons(run))
    alternative = f"Forest plot of the differences between twins, which the table of verdicts lists. {told}"
    return Picture("", address(folder / f"{forest.FIGURE}.svg"), alternative, told)


def _effects(run: Run, folder: Path, drawn: Drawn) -> list[tuple[Study, str, Picture]]:
    """What spikes and local learning are worth: a study, a sentence and a picture for each primary metric."""
    return [
        (one.study, told, Picture("", address(folder / f"{name}.svg"), f"{one.study.title}. {told} {square.CAPTION}"))
        for one in effects(run)
        if (name := square.name_of(one)) in drawn.figures and (told := sentence(one))
    ]


def _viewer(run: Run, folder: Path, drawn: Drawn) -> Viewer | None:
    """The interactive plots; what a stranger's recordings do not allow costs these alone."""
    seen: list[Viewer | None] = []
    attempt(drawn, "interactive plots", lambda: seen.append(viewer(run, folder)))
    return seen[0] if seen else None


def _shown(value: object) -> object:
    """Write characters of a text that would turn its direction, or that no page may hold, as escapes."""
    return printable(value, keep="\n\t") if isinstance(value, str) and not isinstance(value, Markup) else value


def _scripts(seen: Viewer | None) -> Scripts:
    library = [] if seen is None else seen.library
    picker = "" if seen is None else (Path(__file__).parent / "templates" / "picker.js").read_text(encoding="utf-8")
    return Scripts([_MARK, *library], Markup(picker))


def _section(folder: Path, study: Study, drawn: Drawn) -> Section:
    said, failure = drawn.sentences.get(study.name, []), drawn.failures.get(study.name, "")
    return Section(study, said, [] if failure else _pictures(folder, study, said, drawn), failure)


def _pictures(folder: Path, study: Study, said: list[str], drawn: Drawn) -> list[Picture]:
    return [
        Picture(
            plate.heading,
            address(folder / f"{plate.figure}.svg"),
            " ".join([f"{plate.heading}.", *said]),
            plate.caption,
        )
        for plate in study.figure.PLATES
        if plate.figure in drawn.figures
    ]


def _fields(folder: Path, name: str) -> Picture:
    model = name.removeprefix("receptive_fields-")
    alternative = (
        f"The weights into each cell of {model}, as an image, with the name of the class that the cell represents."
    )
    return Picture("", address(folder / f"{name}.svg"), alternative)
