"""The lab in a real browser: it draws, knobs change the picture, digits are read, what is copied does the same."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest

from experiments.lab import networks
from experiments.lab.server import Lab
from experiments.lab.simulation import SimulationRun
from tests.browser import Browser
from tests.experiments.report.test_page_in_browser import CHECKS

from .learning import FIELDS, READING, small_networks
from .small import EXPERIMENT, setting

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::bnsim.errors.DegenerateNetworkWarning")]

STATUS = "document.querySelectorAll('[role=status]')[{place}].textContent"
# Seven spikes of each cell: 20 ms ln(20 / 5) from reset to threshold, 7 times in 200 ms.
SHOWN = "Bokeh.documents[{place}].roots()[0].tags[0][0].get_length()"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab with small experiments, in a thread of its own."""
    with pytest.MonkeyPatch.context() as patch:
        small = {each.name: each for each in (EXPERIMENT, FIELDS, READING)}
        patch.setattr(networks, "experiments", lambda: MappingProxyType(small))
        small_networks(patch, tmp_path_factory.mktemp("models"))
        patch.setattr(SimulationRun, "backend", "numpy")
        opened = Lab(setting(), tmp_path_factory.mktemp("runs"), "127.0.0.1", 0)
        loop = asyncio.new_event_loop()
        task = loop.create_task(opened.serve())

        def serve() -> None:
            with pytest.raises(asyncio.CancelledError):
                loop.run_until_complete(task)

        thread = threading.Thread(target=serve)
        thread.start()
        yield opened
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        opened.pool.shutdown()
        loop.close()


@pytest.fixture
def opened(browser: Browser, lab: Lab) -> Browser:
    """The page after its first run."""
    browser.problems.clear()
    browser.open(lab.address, width=1280)
    ended(browser)
    return browser


def ended(browser: Browser, place: int = 0) -> None:
    browser.wait(f"{STATUS.format(place=place)}.startsWith('Simulated')")


def chosen(browser: Browser, name: str) -> None:
    """Choose an experiment in the menu, and wait for what its run comes to."""
    browser.evaluate(f"menu = document.getElementById('experiment'); menu.value = '{name}'")
    browser.evaluate("menu.dispatchEvent(new Event('change'))")
    said = {"fields": "startsWith('Learned')", "reading": "startsWith('receptive-field: ')"}[name]
    browser.wait(f"{STATUS.format(place=0)}.{said} && {STATUS.format(place=0)}.endsWith(' s.')")


def sound(browser: Browser) -> None:
    browser.evaluate(CHECKS)
    assert browser.problems == []
    assert browser.evaluate("document.querySelector('progress').value") == 1
    browser.evaluate("checks.unfold()")
    for check in ("headings", "controls", "contrast", "contrastInPlots", "plots"):
        assert browser.evaluate(f"checks.{check}()") == [], check


def test_page_draws_and_is_sound(opened: Browser) -> None:
    sound(opened)
    assert opened.evaluate(SHOWN.format(place=0)) == 42
    opened.open(opened.evaluate("location.href"), width=390)
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_a_knob_changes_the_picture_by_keys(opened: Browser) -> None:
    knob = "document.querySelector('input[name=current]')"
    opened.evaluate(f"{knob}.focus()")
    opened.press("End", 35)
    opened.wait(f"{SHOWN.format(place=0)} > 60")
    ended(opened)
    assert opened.evaluate(f"{knob}.getAttribute('aria-valuetext')") == "40 mV"
    assert opened.evaluate("document.querySelector('output').textContent") == "40 mV"
    assert opened.problems == []


def test_what_is_copied_gives_the_same_spikes(opened: Browser) -> None:
    script = opened.evaluate("document.querySelector('[data-text=script]').textContent")
    assert opened.evaluate("document.querySelector('[data-text=command]').textContent").startswith("bnsim lab small")
    made: dict[str, Any] = {}
    drawing = script.index("bnsim.plotting")
    exec(script[:drawing].replace(".compile(", ".compile(backend='numpy', "), made)
    times = sorted(round(1e3 * t, 2) for name in ("cells", "others") for t in made["recording"].spike_times(name).time)
    assert sorted(opened.evaluate("[...Bokeh.documents[0].roots()[0].tags[0][0].get_column('time')]")) == times


def test_two_settings_stand_beside_each_other(opened: Browser) -> None:
    opened.evaluate("document.getElementById('beside').click()")
    ended(opened, 1)
    assert opened.evaluate("document.querySelectorAll('section')[1].ariaLabel") == "Setting B"
    opened.evaluate("document.querySelectorAll('input[name=current]')[1].focus()")
    opened.press("Home", 36)
    opened.wait(f"{SHOWN.format(place=1)} === 0")
    assert opened.evaluate(SHOWN.format(place=0)) == 42
    opened.evaluate("Bokeh.documents[1].roots()[0].tags[1].setv({start: 50, end: 100})")
    assert opened.evaluate("Bokeh.documents[0].roots()[0].tags[1].start") == 50
    assert opened.problems == []


def test_fields_form_and_the_page_is_sound(opened: Browser) -> None:
    chosen(opened, "fields")
    sound(opened)
    assert opened.evaluate(SHOWN.format(place=0)) == 4
    assert opened.evaluate("Bokeh.documents[0].roots()[0].tags[0][0].get_column('image')[3].shape.join()") == "8,8"
    assert opened.evaluate("document.querySelector('.duration').checkVisibility()") is False
    assert opened.evaluate("document.querySelector('canvas').checkVisibility()") is False


def test_a_digit_is_drawn_and_read(opened: Browser, lab: Lab) -> None:
    chosen(opened, "reading")
    sound(opened)
    assert "label: " in opened.evaluate(STATUS.format(place=0))
    left, top, side = opened.evaluate(
        "(({left, top, width}) => [left, top, width])(document.querySelector('canvas').getBoundingClientRect())"
    )
    for begin, end in (((0.3, 0.15), (0.7, 0.15)), ((0.7, 0.15), (0.45, 0.9))):
        one, other = ((left + x * side, top + y * side) for x, y in (begin, end))
        opened.drag(one, other)
    opened.wait(f"!{STATUS.format(place=0)}.includes('label') && {STATUS.format(place=0)}.endsWith(' s.')")
    drawing = opened.evaluate("document.querySelector('[data-text=command]').textContent").split("'")[1]
    assert [len(stroke.split()) for stroke in drawing.split(";")] == [5, 5]
    script, made = opened.evaluate("document.querySelector('[data-text=script]').textContent"), dict[str, Any]()
    exec(script[: script.index("bnsim.plotting")], made)
    times = sorted(round(1e3 * t, 2) for name in READING.layers for t in made["recording"].spike_times(name).time)
    assert sorted(opened.evaluate("[...Bokeh.documents[0].roots()[0].tags[0][2].get_column('time')]")) == times
    said = "; ".join(f"{model.name}: {model.predict(made['image'])[0]}" for model in made["models"])
    assert opened.evaluate(STATUS.format(place=0)).startswith(said)

    opened.evaluate("document.getElementById('beside').click()")
    opened.wait(f"{STATUS.format(place=1)}.startsWith('{said}') && {STATUS.format(place=1)}.endsWith(' s.')")
    opened.evaluate("document.querySelectorAll('[name=clear]')[1].click()")
    for place in (0, 1):
        opened.wait(f"{STATUS.format(place=place)}.includes('label: ')")
    assert opened.problems == []


def test_digits_are_read_by_keys(opened: Browser) -> None:
    chosen(opened, "reading")
    opened.evaluate("document.querySelector('canvas').focus()")
    opened.press("ArrowRight", 39)
    opened.press("ArrowRight", 39)
    opened.press("ArrowLeft", 37)
    assert opened.evaluate("document.querySelector('input[name=sample]').value") == "1"
    opened.wait("document.querySelector('[data-text=command]').textContent.includes('--set sample=1 ')")
    assert opened.problems == []


def test_what_is_shown_is_copied(opened: Browser, lab: Lab) -> None:
    origin = lab.address.rsplit("/", 2)[0]
    opened.allow(["clipboardReadWrite"], origin)
    opened.evaluate("document.querySelector('[name=copy-command]').click()")
    opened.wait(f"{STATUS.format(place=0)} === 'The command is in the clipboard.'")
    assert opened.evaluate("navigator.clipboard.readText()") == opened.evaluate(
        "document.querySelector('[data-text=command]').textContent"
    )


def test_a_run_is_saved(opened: Browser, lab: Lab) -> None:
    opened.evaluate("document.querySelector('[name=save]').click()")
    opened.wait(f"{STATUS.format(place=0)}.startsWith('Saved in')")
    (folder,) = lab.out.glob("*-lab-small")
    assert sorted(path.name for path in folder.iterdir()) == ["recording.npz", "script.py", "setting.json"]


def test_who_leaves_stops_the_run(opened: Browser, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    advance, begun = SimulationRun.advance, list[float]()

    def slow(run: SimulationRun) -> object:
        begun.append(time.monotonic())
        time.sleep(0.2)
        return advance(run)

    monkeypatch.setattr(SimulationRun, "advance", slow)
    opened.evaluate("document.querySelector('[name=seconds]').value = 60")
    opened.evaluate("document.querySelector('form').requestSubmit()")
    opened.wait(f"{STATUS.format(place=0)}.includes('first picture')")
    opened.open("about:blank", width=1280)
    end = time.monotonic() + 5
    while lab.conversations and time.monotonic() < end:
        time.sleep(0.01)
    assert not lab.conversations
    time.sleep(0.3)
    so_far = len(begun)
    time.sleep(0.5)
    assert len(begun) == so_far


def test_without_the_token_there_is_no_page(browser: Browser, lab: Lab) -> None:
    browser.open(lab.address[:-2] + "x/", width=1280)
    assert "ends with its token" in browser.evaluate("document.body.textContent")
    assert browser.evaluate("document.querySelector('main')") is None
