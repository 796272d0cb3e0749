"""Puts report.html together: figures, tables, sentences and interactive rasters of one stored run."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from bnsim.plotting.style import save
from experiments.report import figures
from experiments.report.picture import Picture, address
from experiments.report.tables import metric_rows, twin_rows
from experiments.report.viewer import viewer
from experiments.run_directory import Run
from experiments.shared.stored import looks
from experiments.shared.wording import number
from experiments.studies import STUDIES, method

PRINT_DPI = 300
"""Of the PNG files, as printers ask for."""


@dataclass(frozen=True)
class Section:
    """What the page shows of one study; `name` is the study's."""

    name: str
    title: str
    question: str
    sentences: list[str]
    pictures: list[Picture]
    method: str


def write_page(run: Run) -> Path:
    """Write figures/*.svg, figures/*.png and report.html; the page's path.

    All are made in a hidden temporary folder and moved when the last is done: a full disk leaves the old ones.
    """
    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=run.directory) as drawing:
        made = Path(drawing)
        drawn = figures.draw(run)
        for name, figure in drawn.items():
            save(figure, made / f"{name}.svg", made / f"{name}.png", dpi=PRINT_DPI)
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
    return environment.get_template("report.html.jinja").render(
        run=run,
        task=run.manifest["task"],
        models=looks(run),
        verdict=twin_rows(run, primary=True),
        other_differences=twin_rows(run, primary=False),
        metrics=metric_rows(run),
        sections=[_section(run, folder, study, names) for study in STUDIES if study in run.config],
        viewer=viewer(run, folder),
        fields=[_fields(folder, name) for name in names if name.startswith("receptive_fields-")],
        number=number,
    )


def _section(run: Run, folder: Path, study: str, names: list[str]) -> Section:
    module = figures.of_study(study)
    said = module.sentences(run)
    pictures = [
        Picture(
            plate.heading,
            address(folder / f"{plate.figure}.svg"),
            " ".join([f"{plate.heading}.", *said]),
            plate.caption,
        )
        for plate in module.PLATES
        if plate.figure in names
    ]
    return Section(study, STUDIES[study].title, STUDIES[study].question, said, pictures, method(study))


def _fields(folder: Path, name: str) -> Picture:
    model = name.removeprefix("receptive_fields-")
    alternative = (
        f"The weights into each cell of {model}, as an image, with the name of the class that the cell stands for."
    )
    return Picture("", address(folder / f"{name}.svg"), alternative)
