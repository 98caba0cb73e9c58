"""The reference holds every public name once, and what builds it changes no package the report is made with."""

import re
import tomllib

import migration_effects as me
from conftest import ROOT

PAGES = sorted((ROOT / "docs" / "reference").glob("*.md"))
ROOMS = ("cleaning", "disclosure", "indicators")


def listed():
    """Return the names of all `public` directives."""
    blocks = [
        block
        for page in PAGES
        for block in re.findall(r"\.\. public::\n\n((?:   \S+\n)+)", page.read_text(encoding="utf-8"))
    ]
    return [name for block in blocks for name in block.split()]


def test_every_public_name_stands_in_the_reference_once():
    wanted = {name for name in me.__all__ if name != "__version__" and name not in ROOMS}
    wanted |= {f"{room}.{name}" for room in ROOMS for name in getattr(me, room).__all__}
    names = listed()
    assert len(names) == len(set(names))
    missing, unknown = sorted(wanted - set(names)), sorted(set(names) - wanted)
    assert not missing, f"add to a page of docs/reference: {', '.join(missing)}"
    assert not unknown, f"no public names: {', '.join(unknown)}"


def test_every_page_is_reached_from_the_index():
    docs = ROOT / "docs"
    reached = set()
    for index in (docs / "index.md", docs / "reference" / "index.md"):
        for block in re.findall(r"```\{toctree\}\n(.*?)```", index.read_text(encoding="utf-8"), re.S):
            lines = [line for line in block.splitlines() if line and not line.startswith(":")]
            reached |= {index.parent / f"{line}.md" for line in lines}
    assert reached == set(docs.rglob("*.md")) - {docs / "index.md"}


def test_the_lock_of_the_pages_adds_packages_and_changes_none():
    names = [
        set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(encoding="utf-8"), re.M))
        for lock in ("requirements.lock", "requirements-docs.lock")
    ]
    assert not names[0] & names[1]
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split("[><=]", p)[0] for p in extra["project"]["optional-dependencies"]["docs"]}
    assert wanted <= names[1]
