"""The site is built with warnings as errors, its links lead somewhere, and what its pages say can be carried out."""

from __future__ import annotations

import html
import json
import os
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest
import typer
from filelock import FileLock
from sphinx.search.en import SearchEnglish

from tests.scripts import carry_out

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts), ROOT / "README.md"]
COMMAND = re.compile(r"^(?: {4}|\$ )(?:\S*/)?bnsim ([^\n]+)", re.MULTILINE)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
WITH_PYTHON = [page for page in PAGES[:-1] if BLOCK.search(page.read_text())]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, once for all processes of the tests.

    Pages that Sphinx makes and what galleries drew lie below `docs`, where git ignores them.
    """
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder, built = shared / "site", shared / "site-is-built"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", str(DOCS), str(folder)]
    with FileLock(shared / "site.lock"):
        if not built.exists():
            done = subprocess.run(
                command,
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            assert done.returncode == 0, done.stderr
            built.touch()
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Links]:
    found = (path for path in site.rglob("*.html") if "_static" not in path.parts)  # the theme's template is no page
    return {path: Links(path.read_text(encoding="utf-8")) for path in found}


@pytest.mark.slow
def test_links_inside_lead_somewhere(pages: dict[Path, Links]) -> None:
    assert len(pages) > 200
    broken = [
        f"{path}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not leads_somewhere(path, link, pages)
    ]
    assert not broken, "\n".join(broken)


@pytest.mark.slow
def test_nothing_is_fetched_to_read_it(pages: dict[Path, Links]) -> None:
    assert not [source for page in pages.values() for source in page.sources if re.match(r"(?:https?:)?//", source)]


@pytest.mark.slow
@pytest.mark.parametrize("script", sorted(path.stem for path in DOCS.glob("gallery/*.py")))
def test_every_script_draws_its_picture(script: str, site: Path) -> None:
    """The build carries out all scripts; one that fails is an error there."""
    assert (site / "_images" / f"sphx_glr_{script}_001.png").stat().st_size > 5000


@pytest.mark.slow
def test_every_command_and_metric_has_its_place(site: Path) -> None:
    from experiments.classics import CLASSICS
    from experiments.studies import STUDIES

    commands = (site / "reference/generated/commands.html").read_text()
    for name, command in application().commands.items():
        for parameter in command.params:
            assert all(option in commands for option in parameter.opts if option.startswith("--")), (
                name,
                parameter.name,
            )
    for room, held in (("studies", STUDIES), ("classics", CLASSICS)):
        for name, study in held.items():
            text = (site / f"reference/generated/{room}/{name}.html").read_text()
            assert all(f">{metric.name}<" in text for metric in study.metrics), name


@pytest.mark.slow
def test_code_between_single_backticks_is_shown_whole(site: Path) -> None:
    """As a reference, `name_<part>` would be shown as "name_", and `.source` as "source"."""
    names = site / "reference/generated/names"
    for name, code in {
        "bnsim.Network": ("population_<name>", "projection_<name>"),
        "bnsim.State": ("<projection>.source", ", .target, .delay", "<population>.<variable>"),
    }.items():
        shown = html.unescape(re.sub(r"<[^>]+>", "", (names / f"{name}.html").read_text(encoding="utf-8")))
        assert all(text in shown for text in code), name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("ISI", "names/bnsim.measures.interspike_intervals"),
        ("CV", "names/bnsim.measures.coefficient_of_variation"),
        ("external noise", "names/bnsim.PoissonDrive"),
        ("fixed in-degree", "names/bnsim.FixedInDegree"),
        ("multapses", "names/bnsim.FixedInDegree"),
    ],
)
def test_the_search_finds_words_of_the_field(query: str, page: str, site: Path) -> None:
    """As the site's script does: pages that hold all words, and the list of words by its entries."""
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    language = SearchEnglish({})
    words = [word for word in re.findall(r"\w+", query.lower()) if language.word_filter(word)]
    found = set.intersection(*(of_word(index["terms"].get(language.stem(word), [])) for word in words))
    pages = {index["docnames"][number] for number in found}
    assert {f"reference/generated/{page}", "reference/words"} <= pages
    entry = query.lower().removesuffix("s")
    assert index["docnames"].index("reference/words") in {place[0] for place in index["indexentries"][entry]}


def of_word(pages: int | list[int]) -> set[int]:
    """Numbers of the pages that hold a word, of which the index writes a single one without a list."""
    return {pages} if isinstance(pages, int) else set(pages)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_exist(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of a page is understood as it stands; what it would do is not done."""
    monkeypatch.setattr("experiments.studies.find", lambda folder: None)
    group = application()
    for line in COMMAND.findall(re.sub(r"\\\n *", "", page.read_text())):
        for command in line.split("; bnsim "):
            name, *arguments = [part for part in shlex.split(command, comments=True) if part != "..."]
            if name.startswith("-"):
                continue
            assert name in group.commands, f"{command}: bnsim has no {name}"
            group.commands[name].make_context(name, arguments)


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_PYTHON, ids=name_of)
def test_scripts_of_a_page_run(page: Path, tmp_path: Path) -> None:
    """The blocks of a page are one script."""
    carry_out("\n".join(BLOCK.findall(page.read_text())), tmp_path)


def application() -> Any:
    from experiments.command_line.application import app

    return typer.main.get_command(app)


class Links(HTMLParser):
    """What a page refers to, and what of it can be referred to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sources: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value for name, value in attrs if value}
        if "id" in held:
            self.names.add(held["id"])
        if tag == "a" and "href" in held:
            self.links.append(held["href"])
        if "src" in held:
            self.sources.append(held["src"])
            self.links.append(held["src"])
        if tag == "link" and held.get("rel") in ("stylesheet", "preload", "modulepreload"):
            self.sources.append(held.get("href", ""))


def leads_somewhere(path: Path, link: str, pages: dict[Path, Links]) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    target, name = urldefrag(unquote(link))
    file = (path.parent / target.partition("?")[0]).resolve() if target else path
    if file not in pages:
        return file.is_file()
    return not name or name in pages[file].names


@pytest.mark.parametrize(
    ("link", "leads"),
    [("b.html#here", True), ("b.html#there", False), ("c.html", False), ("#a", True), ("https://example.org", True)],
)
def test_what_counts_as_a_link_that_leads_somewhere(link: str, leads: bool, tmp_path: Path) -> None:
    pages = {tmp_path / "a.html": Links('<p id="a">'), tmp_path / "b.html": Links('<h1 id="here">')}
    assert leads_somewhere(tmp_path / "a.html", link, pages) is leads


def test_pages_hold_commands_and_scripts() -> None:
    assert sum(len(COMMAND.findall(page.read_text())) for page in PAGES) > 15
    assert WITH_PYTHON
