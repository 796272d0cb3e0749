"""Puts report.html together: figures, tables, sentences and interactive rasters of one stored run."""

from __future__ import annotations

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bnsim.plotting.style import save
from experiments import figures
from experiments.figures.side_by_side import Pair, pairs
from experiments.figures.stored import class_names, looks
from experiments.figures.wording import number
from experiments.report.raster import interactive
from experiments.report.tables import metric_rows, twin_rows
from experiments.results import Run
from experiments.studies import STUDIES, method


@dataclass(frozen=True)
class Picture:
    """A figure as the page holds it: its address carries the whole image."""

    title: str
    address: str
    alternative: str
    caption: str = ""


@dataclass(frozen=True)
class Section:
    """What the page shows of one study."""

    title: str
    question: str
    sentences: list[str]
    pictures: list[Picture]
    method: str


@dataclass(frozen=True)
class Shown:
    """One example image: heading, interactive plots, and a still picture for paper or without script."""

    heading: str
    block: Markup
    still: Picture


def write_page(run: Run) -> Path:
    """Write figures/*.svg, figures/*.png and report.html; the page's path.

    All are made in a hidden temporary folder and moved when the last is done: a full disk leaves the old ones.
    """
    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=run.directory) as drawing:
        made = Path(drawing)
        drawn = figures.draw(run)
        for name, figure in drawn.items():
            save(figure, made / f"{name}.svg")
            save(figure, made / f"{name}.png")
        (made / "report.html").write_text(_page(run, made, list(drawn)), encoding="utf-8")
        folder = run.directory / "figures"
        folder.mkdir(exist_ok=True)
        for path in [path for path in made.iterdir() if path.name != "report.html"]:
            path.replace(folder / path.name)
        return (made / "report.html").replace(run.directory / "report.html")


def _page(run: Run, folder: Path, names: list[str]) -> str:
    environment = Environment(
        loader=PackageLoader("experiments.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    seen = pairs(run)
    plots = interactive(seen, class_names(run)) if seen else None
    return environment.get_template("report.html.jinja").render(
        run=run,
        task=run.manifest["task"],
        models=looks(run),
        verdict=twin_rows(run, primary=True),
        other_differences=twin_rows(run, primary=False),
        metrics=metric_rows(run),
        sections=[_section(run, folder, study, names) for study in STUDIES if study in run.config],
        shown=[_shown(pair, block, folder) for pair, block in zip(seen, plots.blocks if plots else (), strict=True)],
        library=Markup(plots.library) if plots else "",
        script=Markup(plots.script) if plots else "",
        number=number,
    )


def _section(run: Run, folder: Path, study: str, names: list[str]) -> Section:
    module = figures.of_study(study)
    said = module.sentences(run)
    pictures = [
        Picture(
            plate.heading,
            _address(folder / f"{plate.figure}.svg", "image/svg+xml"),
            " ".join([f"{plate.heading}.", *said]),
            plate.caption,
        )
        for plate in module.PLATES
        if plate.figure in names
    ]
    return Section(STUDIES[study].title, STUDIES[study].question, said, pictures, method(study))


def _shown(pair: Pair, block: str, folder: Path) -> Shown:
    # The image may have been chosen by another BNS, and this one have answered otherwise.
    verb = "Correctly" if pair.bns.predicted_class == pair.bns.true_class else "Wrongly"
    heading = f"{verb} classified by {pair.bns.model}: {pair.bns.true_class} as {pair.bns.predicted_class}"
    address = _address(folder / f"side_by_side-{pair.bns.model}-{pair.case}.png", "image/png")
    beside = f", beside it the activations of {pair.ann.model} (answer: {pair.ann.predicted_class})" if pair.ann else ""
    alternative = f"Raster of the spikes of {pair.bns.model} for this input{beside}."
    return Shown(heading, Markup(block), Picture(heading, address, alternative))


def _address(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
