"""The report in a real browser: nothing fails, all is drawn, zoom and pickers work, everyone can read it."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from experiments import report
from experiments.report import spikes
from experiments.run_directory import Run, RunContents
from tests.browser import Browser
from tests.experiments.test_run_directory import write_run

pytestmark = pytest.mark.slow

CHECKS = (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")
FIRST, SECOND = "receptive-field", "reward"
REFERENCE: dict[str, object] = {"name": "Paper", "source": "Table 1", "reason": "another split", "model": FIRST}
REFERENCE |= {"published": 0.97, "measured": 0.978, "tolerance": 0.01, "passed": True}
REFERENCE |= {"unit": "fraction", "ci_low": None, "ci_high": None, "status": "confirmed"}
REFERENCE |= {"study": "accuracy", "metric": "test_accuracy", "facts": {}, "n": 1}
DRAWN = "Bokeh.documents.length === {number} && Bokeh.documents.every((drawn) => drawn.is_idle)"
TIME_PLOTS = """
[...Bokeh.documents[0].roots()[0].references()]
  .filter((model) => model.x_range && model.toolbar && model.x_range.bounds)
  .map((plot) => [plot.x_range.start, plot.x_range.end])
"""


@pytest.fixture(scope="module")
def page(stored_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of one study and two spiking networks; one population's spikes are so many that they are counted."""
    rows = stored_run.results.query("study == 'accuracy'")
    metrics, differences = (
        [entry for entry in stored_run.summary[part] if entry["study"] == "accuracy"]
        for part in ("metrics", "differences")
    )
    examples, models = stored_run.examples(), stored_run.manifest["models"]
    contents = RunContents(
        config={"run": stored_run.config["run"], "accuracy": {}},
        manifest={**stored_run.manifest, "models": {**models, SECOND: models[FIRST]}},
        results=pd.concat([rows, rows[rows["model"] == FIRST].assign(model=SECOND)]),
        predictions=stored_run.predictions,
        summary={
            **stored_run.summary,
            "metrics": metrics + [{**entry, "model": SECOND} for entry in metrics if entry["model"] == FIRST],
            "differences": differences,
            "references": [REFERENCE],
        },
        examples=examples
        + tuple(dataclasses.replace(example, model=SECOND) for example in examples if example.model == FIRST),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spikes, "MARKS", 500)
        return report.write(write_run(tmp_path_factory.mktemp("runs"), "run", contents))


@pytest.fixture(params=[1280, pytest.param(390, marks=pytest.mark.slow)], ids=lambda width: f"{width} pixels")
def opened(browser: Browser, page: Path, request: pytest.FixtureRequest) -> Browser:
    """The page as it opens, on a desk and on a telephone."""
    browser.open(page, width=request.param)
    browser.wait(DRAWN.format(number=2))
    browser.evaluate(CHECKS)
    return browser


def test_page_is_sound(opened: Browser) -> None:
    assert opened.problems == []
    assert opened.evaluate("document.documentElement.lang") == "en"
    opened.evaluate("checks.unfold()")
    for check in ("images", "headings", "controls", "links", "tables", "contrast", "contrastInPlots", "plots"):
        assert opened.evaluate(f"checks.{check}()") == [], check
    assert opened.evaluate("document.images.length") == 7
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_faint_text_is_found(opened: Browser) -> None:
    """The check itself: grey #777 on white is 4.48 to 1, #767676 is 4.54."""
    for colour, faint in (("#777777", 1), ("#767676", 0)):
        opened.evaluate(f"document.querySelector('#method li').style.color = '{colour}'")
        assert len(opened.evaluate("checks.contrast()")) == faint


def test_zoom_is_linked(opened: Browser) -> None:
    """Input, hidden, output, rates and potentials show the same stretch of time."""
    before = opened.evaluate(TIME_PLOTS)
    assert before == [[0, 50]] * 5
    opened.evaluate("checks.plot('output: ').el.scrollIntoView()")
    left, top, width, height = opened.evaluate("checks.frame('output: ')")
    opened.drag((left + 0.2 * width, top + height / 2), (left + 0.6 * width, top + height / 2 + 5))
    opened.wait(f"({TIME_PLOTS})[0][0] > 0")
    first, *others = opened.evaluate(TIME_PLOTS)
    assert first == pytest.approx([10, 30], abs=1)  # a pixel of a telephone is a quarter of a millisecond
    assert others == [first] * 4
    assert opened.problems == []


@pytest.mark.parametrize(
    ("plot", "place", "told"),
    [
        ("BNS: 3 (right)", (0.35, 0.97), r"class: 3 value: \d+\.000"),
        ("filters: ", (0.5, 0.5), r"spikes: \d+ units: 1[45]\d to 15\d time: 2[45].* to 2[56].* ms"),
        ("Population rates", (0.5, 0.5), r"input: [\d.]+ Hz filters: [\d.]+ Hz output: [\d.]+ Hz time: 2.* to 2.* ms"),
        (
            "output: potential",
            (0.5, 0.5),
            r"unit: \d, class (\d|<b>9</b>) potential: -[56]\d\.\d\d mV time: 2[45].* ms",
        ),
    ],
)
def test_pointing_tells_unit_and_time(opened: Browser, plot: str, place: tuple[float, float], told: str) -> None:
    assert re.fullmatch(told, told_at(opened, plot, place))
    assert opened.problems == []


def told_at(browser: Browser, plot: str, place: tuple[float, float]) -> str:
    """What the page says where the pointer is at these shares of a plot's width and height."""
    browser.evaluate(f"checks.plot({json.dumps(plot)}).el.scrollIntoView()")
    left, top, width, height = browser.evaluate(f"checks.frame({json.dumps(plot)})")
    browser.point(left + place[0] * width, top + place[1] * height)
    browser.wait("checks.told() !== ''")
    return browser.evaluate("checks.told()")


def test_another_image_is_picked_with_the_keyboard(opened: Browser) -> None:
    shown = "[...document.querySelectorAll('[data-network=\"0\"] [data-image]')].map((text) => text.offsetHeight > 0)"
    titles = "Bokeh.documents.flatMap((drawn) => drawn.roots()).flatMap((root) => [...root.references()])"
    titles = f"{titles}.filter((model) => model.type === 'Title').map((title) => title.text.text)"
    titles = f"{titles}.filter((text) => text?.includes('('))"
    assert opened.evaluate(shown) == [True, False, False]
    assert opened.evaluate(titles) == ["BNS: 3 (right)", "ANN: 3 (right)"]
    opened.evaluate("document.getElementById('picked-image').focus()")
    opened.press("ArrowDown", 40)
    opened.wait(f"({titles})[1] === 'ANN: 5 (right)'")
    assert opened.evaluate(shown) == [False, True, False]
    assert opened.evaluate(titles) == ["BNS: <b>9</b> (wrong)", "ANN: 5 (right)"]
    opened.wait(DRAWN.format(number=2))
    opened.wait("checks.plots().length === 0")  # Bokeh lays out after it is idle
    assert re.fullmatch(r"class: <b>9</b> value: \d+\.000", told_at(opened, "BNS: <b>9</b> (wrong)", (0.95, 0.97)))
    assert opened.problems == []


def test_another_network_is_picked(opened: Browser) -> None:
    blocks = "[...document.querySelectorAll('[data-network]')].map((block) => block.offsetHeight > 300)"
    assert opened.evaluate(blocks) == [True, False]
    opened.evaluate("document.getElementById('picked-image').focus()")
    opened.press("ArrowDown", 40)
    opened.evaluate("document.getElementById('picked-network').focus()")
    for key, code, visible in (("ArrowDown", 40, [False, True]), ("ArrowUp", 38, [True, False])):
        opened.press(key, code)
        opened.wait(DRAWN.format(number=4))
        assert opened.evaluate(blocks) == visible
        opened.wait("checks.plots().length === 0")  # Bokeh lays out after it is idle
    assert opened.problems == []


def test_the_page_fits_on_paper(opened: Browser) -> None:
    """The width of A4 between the margins; a narrow page is not taken for a telephone."""
    opened.call("Emulation.setEmulatedMedia", media="print")
    opened.call("Emulation.setDeviceMetricsOverride", width=680, height=1000, deviceScaleFactor=1, mobile=False)
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.evaluate("getComputedStyle(document.querySelector('.bns')).whiteSpace") == "nowrap"
    assert opened.evaluate("getComputedStyle(document.querySelector('main a')).textDecorationLine") == "none"
    opened.call("Emulation.setEmulatedMedia", media="")


def test_paper_and_readers_without_script_get_still_pictures(opened: Browser) -> None:
    visible = "['.viewer', '.stills', 'nav'].map((part) => document.querySelector(part).checkVisibility())"
    assert opened.evaluate(visible) == [True, False, True]
    opened.call("Emulation.setEmulatedMedia", media="print")
    assert opened.evaluate(visible) == [False, True, False]
    opened.call("Emulation.setEmulatedMedia", media="")
    opened.evaluate("document.documentElement.classList.remove('scripted')")
    assert opened.evaluate(visible) == [False, True, True]
