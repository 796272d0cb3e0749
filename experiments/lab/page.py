"""The lab's page, which needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from experiments.lab.setting import Setting
from experiments.lab.spec import LONGEST, Experiment
from experiments.report.plots import library
from experiments.report.policy import policy


def page(found: Sequence[Experiment], start: Setting, host: str) -> str:
    """Return the page.

    Parameters
    ----------
    found
        The experiments, in the order of the menu.
    start
        What it shows first.
    host
        Host and port at which the browser reaches this server.

    Returns
    -------
    str
        HTML.
    """
    environment = Environment(loader=PackageLoader("experiments.lab"), autoescape=True, undefined=StrictUndefined)
    scripts = [*library(), _text("lab.js")]
    described = htmlsafe_json_dumps({"experiments": [_described(each) for each in found], "start": _start(start)})
    return environment.get_template("lab.html.jinja").render(
        policy=policy(scripts, connect=f"ws://{host}"),
        scripts=scripts,
        style=_text("lab.css"),
        described=described,
        groups=[(group, list(members)) for group, members in groupby(found, key=lambda each: each.group)],
        longest=LONGEST,
    )


def _text(name: str) -> Markup:
    return Markup((files("experiments.lab") / "templates" / name).read_text(encoding="utf-8"))


def _described(experiment: Experiment) -> dict[str, object]:
    return {
        "name": experiment.name,
        "about": experiment.about,
        "seconds": experiment.seconds,
        "piece": experiment.piece / 1e3,
        "takesDrawing": experiment.takes_drawing,
        "knobs": [{**asdict(knob), "sign": knob.sign} for knob in experiment.knobs],
    }


def _start(start: Setting) -> dict[str, object]:
    return {
        "experiment": start.experiment.name,
        "values": dict(start.values),
        "seconds": start.seconds,
        "seed": start.key,
        "drawing": "" if start.drawing is None else start.drawing.text(),
    }
