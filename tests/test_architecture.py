"""Who may import whom. Two wings meet only in study, disclosure and report; each heavy library has one door."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "migration_effects"
ROOT = {"errors", "__init__"}
PREPARATION = ["io", "cleaning", "indicators"]
INFERENCE = ["numerics", "design", "weighting", "estimation", "regression", "causal"]
ROOMS = [
    *PREPARATION,
    *INFERENCE,
    *("disclosure", "certification", "study", "report", "studies", "cli", "__main__"),
]

ALLOWED = {
    **{room: set(PREPARATION[:i]) for i, room in enumerate(PREPARATION)},
    **{room: set(INFERENCE[:i]) for i, room in enumerate(INFERENCE)},
    "disclosure": {*PREPARATION, *INFERENCE},
    "certification": {*PREPARATION, *INFERENCE, "disclosure"},
    "study": {*PREPARATION, *INFERENCE, "disclosure", "report"},
    "report": {*PREPARATION, *INFERENCE, "disclosure", "study"},
    "studies": set(),  # public names only: `import migration_effects as me`
    "cli": set(ROOMS),
    "__main__": {"cli"},
}

DOORS = {
    "pyreadstat": {"io"},
    "formulaic": {"regression"},
    "matplotlib": {"report"},
    "typst": {"report"},
    "docx": {"report"},
    "xlsxwriter": {"report"},
    "nbclient": {"report"},
    "nbformat": {"report"},
    "jinja2": {"report"},
    "babel": {"report"},
    "markdown_it": {"report"},
    "fontTools": {"report"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported(path: Path) -> list[tuple[int, str]]:
    """Return (line, dotted name) of every import, relative ones made absolute."""
    relative = path.relative_to(PACKAGE.parent).with_suffix("").parts
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(relative[: len(relative) - node.level]) if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            found += [(node.lineno, stem)]
            if stem == "migration_effects":
                found += [(node.lineno, f"{stem}.{alias.name}") for alias in node.names]
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_follow_the_plan(path):
    room = room_of(path)
    faults = []
    for line, name in imported(path):
        parts = name.split(".")
        if parts[0] == "migration_effects" and len(parts) > 1:
            target = parts[1]
            if room in ROOT or target in ROOT or target == room or target not in ROOMS:
                continue
            if target not in ALLOWED[room]:
                faults.append(f"{path.name}:{line}: {room} imports {name}")
        elif parts[0] in DOORS and room not in DOORS[parts[0]]:
            faults.append(f"{path.name}:{line}: only {sorted(DOORS[parts[0]])} may import {parts[0]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_has_a_known_room(path):
    assert room_of(path) in {*ROOMS, *ROOT}
    assert path.stem not in {"utils", "helpers", "common"}


def test_truth_is_read_by_tests_and_the_twin_only():
    for path in modules():
        if "synthetic" in path.relative_to(PACKAGE).parts or path.stem == "synthetic":
            continue
        assert "data/truth" not in path.read_text(encoding="utf-8"), f"{path} mentions the truth files"
