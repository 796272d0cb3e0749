"""How Sphinx builds the site: `sphinx-build -W --keep-going docs docs/_build/html`.

Nothing is fetched. Names of Brian2, NumPy, Elephant and others are links where BNSIM_SITE_ONLINE is set, since Sphinx
needs their inventories for it.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl

HERE = Path(__file__).parent
# First, so that the site is that of this tree, whichever version is installed.
sys.path[:0] = [str(HERE), str(HERE.parent)]

mpl.use("Agg")

project = "bnsim"
author = "The bnsim authors"
copyright = author  # what Sphinx calls it
version = release = version_of("bnsim")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "numpydoc",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "extension",
]
templates_path = ["templates"]
exclude_patterns = ["_build", "gallery", "tutorials", "extension", "templates", "results"]
default_role = "py:obj"

autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 88
numpydoc_show_class_members = False
numpydoc_validation_checks: set[str] = set()

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
copybutton_prompt_text = r"\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": ["gallery", "tutorials"],
    "gallery_dirs": ["auto_gallery", "auto_tutorials"],
    "within_subsection_order": "FileNameSortKey",
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"__init__\.py" if find_spec("nest") else r"from_nest\.py|__init__\.py",  # no wheel everywhere
    "reset_modules": ("matplotlib", "extension.gallery.without_pictures", "extension.gallery.only_its_own"),
    "reset_modules_order": "both",
    "download_all_examples": False,
    "show_memory": False,
    "min_reported_time": 1e9,  # times differ from build to build
    "write_computation_times": False,
    "show_signature": False,
    "remove_config_comments": True,
}

intersphinx_mapping = (
    {
        "python": ("https://docs.python.org/3", None),
        "brian2": ("https://brian2.readthedocs.io/en/stable", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "elephant": ("https://elephant.readthedocs.io/en/latest", None),
        "neo": ("https://neo.readthedocs.io/en/latest", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
        "pandas": ("https://pandas.pydata.org/docs", None),
        "matplotlib": ("https://matplotlib.org/stable", None),
    }
    if os.environ.get("BNSIM_SITE_ONLINE")
    else {}
)

html_theme = "pydata_sphinx_theme"
html_title = "bnsim"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_theme_options = {
    "logo": {"text": "bnsim"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
html_sidebars = {"index": [], "results": []}
