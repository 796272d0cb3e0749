"""A stranger's run is text, whatever it says: on the page, in its tooltips and pictures, and on the terminal."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from experiments import report
from experiments.run_directory import Run, read_run
from experiments.tables import print_run
from tests.browser import Browser
from tests.experiments.here import empty_pictures
from tests.experiments.report.hostile import NAME, TEXT, hostile
from tests.experiments.report.test_page_in_browser import CHECKS, DRAWN, told_at
from tests.experiments.test_run_directory import write_run

ELEMENTS = """
html head meta title style script body a header h1 h2 h3 p code nav ul li main section div table caption span thead
tbody tr th td br small strong figure img figcaption details summary pre dl dt dd form label select option input
"""
"""All that the template is made of."""
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")
"""Control characters but tabs and ends of lines, and the one that turns the direction of writing."""


class Page(HTMLParser):
    """Elements with their attributes, and what scripts and other elements hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[str | None, str]] = []
        self.text = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append((dict(attrs).get("type"), ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            kind, text = self.scripts[-1]
            self.scripts[-1] = kind, text + data
        else:
            self.text += data


@pytest.fixture(scope="module")
def written(accuracy_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the hostile run; the folder's name is a payload, too."""
    with empty_pictures():
        return report.write(write_run(tmp_path_factory.mktemp("runs"), NAME, hostile(accuracy_run)))


@pytest.fixture(scope="module")
def page(written: Path) -> Page:
    return Page(written.read_text(encoding="utf-8"))


def test_nothing_of_the_run_becomes_an_element(page: Page) -> None:
    assert {tag for tag, _ in page.elements} <= set(ELEMENTS.split())
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    sources = [attributes["src"] or "" for _, attributes in page.elements if "src" in attributes]
    assert all(source.startswith("data:image/") for source in sources)
    assert page.text.count("<img src=x onerror=hacked=1>") > 30
    assert page.text.count("</title><script>hacked=1</script>") > 30
    assert "{{ 7 * 7 }}" in page.text


def test_nothing_on_the_page_turns_the_direction_of_writing(written: Path) -> None:
    html = written.read_text(encoding="utf-8")
    template = re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)
    assert not OBEYED.search(template)
    assert r"\x1b[31m\u202e" in template


def test_the_policy_allows_these_scripts_and_nothing_from_elsewhere(page: Page) -> None:
    (policy,) = (
        attributes["content"] or ""
        for tag, attributes in page.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    nothing = "'none'"
    assert rules.pop("script-src").split() == [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for kind, text in page.scripts
        if kind is None
    ]
    assert rules == {
        "default-src": nothing,
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": nothing,
        "form-action": nothing,
    }
    tags = [tag for tag, _ in page.elements]
    assert tags[:4] == ["html", "head", "meta", "meta"]  # before whatever it is to rule


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """All objects within a JSON document."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(inner)


def test_tooltips_and_titles_take_no_notation_from_the_run(page: Page) -> None:
    plots = [json.loads(text) for kind, text in page.scripts if kind == "application/json"]
    assert len(plots) == 2
    found = [each for plot in plots for each in objects(plot)]
    tooltips = [each["attributes"]["tooltips"] for each in found if each.get("name") == "HoverTool"]
    assert len(tooltips) > 5
    assert sum("onerror" in tooltip for tooltip in tooltips) >= 2
    for tooltip in tooltips:
        parsed = Page(tooltip)
        assert {tag for tag, _ in parsed.elements} == {"div", "strong"}
        assert all(attributes.keys() <= {"style"} for _, attributes in parsed.elements)
        columns = re.findall(r"[@$]\{?(\w+)", tooltip)
        assert all(re.fullmatch(r"rate_\d|name|value|unit|time|from|to|snap_[xy]|spikes|x|y", name) for name in columns)
        assert "{safe}" not in re.sub(r"&#64;\{unit\}\{safe\}", "", tooltip)
    assert not {each["name"] for each in found if each.get("type") == "object"} & {"CustomJS", "TeX", "MathML"}
    texts = [each["attributes"]["text"] for each in found if each.get("name") == "Title"]
    assert texts
    assert all(text["name"] == "PlainText" for text in texts)


def test_the_terminal_shows_it_escaped(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_run(read_run(written.parent))
    printed = capsys.readouterr().out
    assert not OBEYED.search(printed)
    assert f"/{NAME}/report.html".replace("\x1b", r"\x1b").replace("\u202e", r"\u202e") in printed


@pytest.mark.slow
def test_nothing_runs_in_a_browser(written: Path, browser: Browser) -> None:
    """All plots work, pointing at them tells the names as they are, and nothing is against the page's policy."""
    browser.open(written, width=1280)
    browser.wait(DRAWN.format(number=2))
    browser.evaluate(CHECKS)
    assert f"filters {NAME}: " in told_at(browser, "Population rates", (0.5, 0.5))
    potential = told_at(browser, f"output {NAME}: {NAME}", (0.5, 0.5))
    assert re.match(
        rf"unit: \d, class .*{re.escape(TEXT)} {re.escape(NAME)}: -?[\d.]+ {re.escape(TEXT)} time: ", potential
    )
    assert TEXT in told_at(browser, "BNS: ", (0.35, 0.97))
    browser.evaluate("document.getElementById('picked-image').focus()")
    browser.press("ArrowDown", 40)
    browser.wait("checks.plot('BNS: ').model.title.text.text.includes('(wrong)')")
    browser.wait("checks.plots().length === 0")  # Bokeh lays out after it is idle
    assert browser.evaluate("typeof hacked") == "undefined"
    sources = "everywhere(document, 'img').filter((image) => !image.src.startsWith('data:')).length"
    assert browser.evaluate(sources) == 0
    assert browser.problems == []


@pytest.mark.slow
def test_the_policy_holds_where_escaping_fails(written: Path, browser: Browser) -> None:
    browser.open(written, width=1280)
    browser.wait(DRAWN.format(number=2))
    browser.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=hacked=1>')")
    browser.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'hacked = 1'}))")
    browser.evaluate("new Promise((resolve) => setTimeout(resolve, 200))")
    assert browser.evaluate("typeof hacked") == "undefined"
    refused = "\n".join(browser.problems)
    browser.problems.clear()
    assert "img-src data:" in refused
    assert "script-src" in refused
