"""Bring the message catalogues up to date: `update_catalogues.py`. Translations stay, new messages come in empty.

A message is the first argument of a call of `text(…)` in the report room, or one of the constants below, which reach
such a call through a variable. `source_messages` is also what the tests compare the catalogues with.
"""

import ast
import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from migration_effects.report import (
    grid,
    labels,
    presentation,
    published,
    published_exhibits,
    published_marks,
    remarks,
)
from migration_effects.report.catalogue import catalogue_file
from migration_effects.report.cells import UNITS
from migration_effects.report.figure import ALT_TEXT
from migration_effects.report.formatting import LEGENDS, SYMBOLS
from migration_effects.report.messages import SYNTHETIC_MARK
from migration_effects.report.render import document
from migration_effects.report.render.published import TITLES
from migration_effects.report.rendered import NOT_AVAILABLE

REPORT = Path(__file__).parents[1] / "src" / "migration_effects" / "report"
LANGUAGES = ("ru", "uz")
# Words that the composing code gives tables and charts as label ids.
LABELS = (labels.TOTAL, "Estimate", "Unweighted n", "PSUs", "Degrees of freedom", "R²", "Intercept")


def called(path: Path) -> set[str]:
    """Return the literal messages of a module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if name == "text" and isinstance(first, ast.Constant) and isinstance(first.value, str):
            found.add(first.value)
    return found


def source_messages() -> list[str]:
    """Return every message of the package, sorted."""
    constants = [
        SYNTHETIC_MARK, *LABELS, *LEGENDS.values(), *SYMBOLS.values(), *UNITS, *ALT_TEXT.values(),
        presentation.PUBLIC_LEGEND, presentation.PUBLIC_REMARK,
        *presentation.CALIBRATION.values(), *presentation.HEADINGS.values(), *grid.REMARKS.values(),
        *grid.MEASURE_NAMES.values(), *grid.AXIS_NAMES.values(), *remarks.SENTENCES.values(),
        document.CHAPTER, *document.CHAPTERS.values(), *document.ETHICS.values(), *labels.YES_NO.values(),
        *TITLES.values(), *published_exhibits.WORDS.values(),
        *published.STATUS_WORDS.values(), published_marks.KEY, NOT_AVAILABLE,
    ]  # fmt: skip
    return sorted(set(constants).union(*(called(path) for path in REPORT.rglob("*.py"))))


def updated(language: str) -> str:
    """Return the catalogue of a language with exactly the messages of the package."""
    path = catalogue_file(language)
    known = {}
    if path.exists():
        known = {m.id: m for m in read_po(io.BytesIO(path.read_bytes()), locale=language) if m.id}
    catalogue = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for message in source_messages():
        old = known.get(message)
        catalogue.add(message, old.string if old else "", flags=old.flags - {"python-format"} if old else ())
    stream = io.BytesIO()
    write_po(stream, catalogue, width=0, omit_header=True, sort_output=True)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    )
    return header + stream.getvalue().decode()


if __name__ == "__main__":
    for name in LANGUAGES:
        target = catalogue_file(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(updated(name), encoding="utf-8")
