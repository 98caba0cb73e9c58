"""The prose of a chapter: restricted Markdown whose numbers all come from exhibits.

Allowed are paragraphs, headings, bullet lists, tables of words, ``*emphasis*`` and ``**strong**``. A number is
written ``{{ value("T7.1", row="…", column="…") }}``, with ``part="interval"`` for its interval, ``part="n"`` for its
base or ``part="detectable"`` for the smallest difference it could have found; an exhibit is placed by a paragraph
``{{ exhibit("T7.1") }}``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from migration_effects.errors import StudyError, counted

_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_KEPT = re.compile("\ue000(\\d+)\ue001")
_PARTS = ("value", "interval", "n", "detectable")
# Digits that are no results: years, the confidence level, references to exhibits and sections, age bands, numbers
# of list items and table rows.
_ALLOWED = re.compile(
    r"\b(?:1[89]|20|21)\d\d\b|\b95[\s\u00a0]?%|\b[TF][BMP]?\d+(?:\.\d+)?\b"
    r"|\b(?:chapter|section|recommendation|table|figure)s?\s\d+(?:\.\d+)*"
    r"|\bage[ds]?\s\d+(?:[–-]\d+)?|\b\d+(?:[–-]\d+)?\s(?:лет|года|yosh)|^\d+\.\s|^\|\s\d+\s\|",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Run:
    """A piece of text in one style.

    Parameters
    ----------
    text : str
        Plain text.
    strong, emphasis : bool
        Style.
    """

    text: str
    strong: bool = False
    emphasis: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, list, table of words or exhibit.

    Parameters
    ----------
    kind : {"paragraph", "heading", "list", "table", "exhibit"}
        Which.
    runs : tuple of Run
        Text of a paragraph or heading.
    items : tuple of tuple of Run
        Items of a list.
    exhibit : str
        Id of an exhibit.
    head : tuple of str
        Column headers of a table.
    rows : tuple of tuple of str
        Its rows, each as long as the headers.
    """

    kind: str
    runs: tuple[Run, ...] = ()
    items: tuple[tuple[Run, ...], ...] = ()
    exhibit: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


Value = Callable[[str, str, str, str], str]


def parse_prose(text: str, value: Value, *, where: str) -> tuple[str, tuple[Block, ...]]:
    """Return the title and the blocks of a chapter.

    Parameters
    ----------
    text : str
        Markdown.
    value : callable
        From exhibit id, row, column and part to the printed number.
    where : str
        File name for messages.

    Returns
    -------
    title : str
        The first-level heading.
    blocks : tuple of Block
        In order.

    Raises
    ------
    StudyError
        Listing bare digits, unknown placeholders and markup that is not allowed.
    """
    kept: list[tuple[str, dict[str, str]]] = []
    faults: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(_call(match[1], faults))
        return f"\ue000{len(kept) - 1}\ue001"

    source = _PLACEHOLDER.sub(keep, text)
    bare = sorted(set(re.findall(r"\S*\d\S*", _ALLOWED.sub("", _KEPT.sub("", source)))))
    if bare:
        faults.append(
            f"bare digits {', '.join(bare)}: numbers come from exhibits, write "
            '{{ value("T1.1", row="…", column="…") }}'
        )
    filled = [_fill(name, arguments, value, faults) for name, arguments in kept]
    title, blocks = _blocks(source, kept, filled, faults)
    if not title:
        faults.append("no title: the file begins with '# Title'")
    if faults:
        raise StudyError(
            f"{where} has {counted(len(faults), 'fault')}:\n" + "\n".join(f"  - {f}" for f in faults)
        )
    return title, blocks


def _call(text: str, faults: list[str]) -> tuple[str, dict[str, str]]:
    """Return name and arguments of a placeholder; only literal strings are accepted."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        node = None
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("value", "exhibit")
    ):
        names = ["id"] if len(node.args) == 1 else []
        pairs = [*zip(names, node.args, strict=False), *((k.arg or "", k.value) for k in node.keywords)]
        arguments = {
            name: n.value for name, n in pairs if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        wanted = {"id", "row", "column"} if node.func.id == "value" else {"id"}
        if len(arguments) == len(pairs) and wanted <= set(arguments) <= wanted | {"part"}:
            return node.func.id, arguments
    faults.append(f"{{{{{text}}}}} is neither value(id, row=, column=) nor exhibit(id)")
    return "", {}


def _fill(name: str, arguments: dict[str, str], value: Value, faults: list[str]) -> str:
    """Return the printed number of a placeholder."""
    if name != "value":
        return ""
    part = arguments.get("part", "value")
    if part not in _PARTS:
        faults.append(f"unknown part {part!r}; allowed: {', '.join(_PARTS)}")
        return ""
    try:
        return value(arguments["id"], arguments["row"], arguments["column"], part)
    except Exception as error:  # every unknown key is reported together with the other faults
        faults.append(str(error))
        return ""


def _blocks(
    source: str, kept: list[tuple[str, dict[str, str]]], filled: list[str], faults: list[str]
) -> tuple[str, tuple[Block, ...]]:
    """Return title and blocks of Markdown whose placeholders are kept aside."""
    parser = MarkdownIt("zero").enable(["heading", "list", "table", "emphasis", "escape"])
    tokens = parser.parse(source)
    title, in_list = "", False
    blocks: list[Block] = []
    items: list[tuple[Run, ...]] = []
    cells: list[str] = []
    lines: list[tuple[str, ...]] = []
    for i, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            in_list, items = True, []
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            in_list = False
            blocks.append(Block("list", items=tuple(items)))
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            lines.append(tuple(cells))
        elif token.type == "table_close":
            blocks.append(Block("table", head=lines[0], rows=tuple(lines[1:])))
            lines = []
        elif token.type == "inline":
            runs = _runs(token, filled)
            if tokens[i - 1].type in ("th_open", "td_open"):
                cells.append("".join(run.text for run in runs))
                continue
            heading = tokens[i - 1].tag if tokens[i - 1].type == "heading_open" else ""
            alone = _KEPT.fullmatch(token.content.strip())
            if heading == "h1" and not title:
                title = "".join(run.text for run in runs)
            elif heading:
                blocks.append(Block("heading", runs=runs))
            elif alone and kept[int(alone[1])][0] == "exhibit":
                blocks.append(Block("exhibit", exhibit=kept[int(alone[1])][1].get("id", "")))
            elif in_list:
                items.append(runs)
            else:
                blocks.append(Block("paragraph", runs=runs))
            faults += _misplaced(token.content, kept, alone is not None)
    return title, tuple(blocks)


def _misplaced(content: str, kept: list[tuple[str, dict[str, str]]], alone: bool) -> list[str]:
    """Return a fault for each exhibit that shares its paragraph with text."""
    names = [kept[int(number)] for number in _KEPT.findall(content)]
    return [
        f"exhibit({arguments['id']!r}) must be a paragraph of its own"
        for name, arguments in names
        if name == "exhibit" and not alone
    ]


def _runs(token: Token, filled: list[str]) -> tuple[Run, ...]:
    """Return the runs of an inline token, placeholders filled."""
    runs: list[Run] = []
    strong = emphasis = False
    for child in token.children or []:
        if child.type in ("strong_open", "strong_close"):
            strong = child.type == "strong_open"
        elif child.type in ("em_open", "em_close"):
            emphasis = child.type == "em_open"
        else:
            text = "\n" if child.type == "softbreak" else child.content
            runs.append(
                Run(_KEPT.sub(lambda m: filled[int(m[1])], text).replace("\n", " "), strong, emphasis)
            )
    return tuple(runs)
