"""How `make docs` builds the pages of this folder and the reference of every public name."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
os.environ["COLUMNS"] = "88"  # width of the help texts, whatever the terminal
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from numpydoc import xref  # noqa: E402 - after the path, as the next

import migration_effects  # noqa: E402 - found by the path above

# They would point at the pages of other projects, which are not fetched.
xref.DEFAULT_LINKS.clear()

project = "migration_effects"
author = "The migration_effects authors"
version = release = migration_effects.__version__
language = "en"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "public_names",
]
exclude_patterns: list[str] = []
# A name in single backticks of a docstring links to its entry where it has one.
default_role = "py:obj"

add_module_names = False
autosummary_generate = False
autodoc_typehints = "none"  # types and shapes stand in the descriptions
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_use_plots = False
# Types that are names of ours link to their entry; everything else stays plain.
numpydoc_xref_param_type = True
numpydoc_xref_aliases = {
    name: f"migration_effects.{name}" for name in migration_effects.__all__ if name[0].isupper()
}
numpydoc_xref_ignore = "all"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"migration_effects {version}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_last_updated_fmt = None
html_static_path = ["static"]
html_css_files = ["wide_tables.css"]
