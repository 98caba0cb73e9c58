"""Reading codebook.csv, values.csv and ranges.csv, with every fault reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from migration_effects.errors import CodebookError, counted, nearest
from migration_effects.io.codebook import Codebook
from migration_effects.io.tables import TableRow, read_rows
from migration_effects.io.variable import KINDS, Code, Variable

LANGUAGES = ("en", "ru", "uz")
OPTIONAL_LANGUAGES = ("uz_Cyrl",)
LABELS = tuple(f"label_{language}" for language in LANGUAGES)
OPTIONAL_LABELS = tuple(f"label_{language}" for language in OPTIONAL_LANGUAGES)
CODEBOOK_COLUMNS = ("name", "file", "source", "kind", "values", "missing", "asked_of", *LABELS, "status")
VALUES_COLUMNS = ("set", "code", *LABELS, "status")
RANGES_COLUMNS = ("file", "name", "low", "high")
STATUSES = ("draft", "reviewed")
# The set that holds the labels of the reasons for missing values, and the set behind `yesno`.
REASON_SET = "missing"
YESNO_SET = "YN"

Labels = dict[str, str]
Sets = dict[str, dict[Code, Labels]]
Bounds = dict[tuple[str, str], tuple[float, float]]


def read_codebook(folder: Path) -> Codebook:
    """Read the tables of a study folder; see ``Codebook.read``."""
    sets, faults = read_value_sets(folder / "values.csv")
    rows, more = read_rows(folder / "codebook.csv", required=CODEBOOK_COLUMNS, optional=OPTIONAL_LABELS)
    faults += more
    bounds, more = _read_ranges(folder / "ranges.csv")
    faults += more
    variables = []
    for row in rows:
        variable, more = _variable(row, sets, bounds)
        variables.append(variable)
        faults += [f"codebook.csv, line {row.line} ({variable.name or 'no name'}): {f}" for f in more]
    faults += _duplicates(variables, rows)
    known = {(v.file, v.name) for v in variables}
    strangers = [key for key in bounds if key not in known]
    faults += [f"ranges.csv: {name} of {file} is not in the codebook." for file, name in strangers]
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise CodebookError(f"The codebook in {folder.name} has {counted(len(faults), 'fault')}:\n{lines}")
    return Codebook(tuple(variables), _reasons(sets))


def read_value_sets(path: Path) -> tuple[Sets, list[str]]:
    """Read values.csv.

    Parameters
    ----------
    path : Path
        The table with columns ``set, code, label_en, label_ru, label_uz, status``.

    Returns
    -------
    sets : dict
        Set name → code → language → label, codes in the order of the file.
    faults : list of str
        What is wrong.
    """
    rows, faults = read_rows(path, required=VALUES_COLUMNS, optional=OPTIONAL_LABELS)
    sets: Sets = {}
    for row in rows:
        where = f"{path.name}, line {row.line}"
        name, code = row.cells["set"].strip(), parse_code(row.cells["code"])
        if not name or code == "":
            faults.append(f"{where}: a set and a code are needed.")
            continue
        codes = sets.setdefault(name, {})
        if code in codes:
            faults.append(f"{where}: code {code} occurs twice in set {name!r}.")
        codes[code] = _labels(row)
        faults += [f"{where}: {f}" for f in _label_faults(row)]
    for name, codes in sets.items():
        texts = [labels.get("en", "") for labels in codes.values()]
        twice = sorted({t for t in texts if t and texts.count(t) > 1})
        faults += [f"{path.name}: set {name!r} gives two codes the label {t!r}." for t in twice]
    return sets, faults


def parse_code(text: str) -> Code:
    """Return a code as int where it is whole, float where it is a number, else the text.

    Parameters
    ----------
    text : str
        Cell of a table.

    Returns
    -------
    int, float or str
        The code.

    Examples
    --------
    >>> parse_code("98"), parse_code("1.5"), parse_code("urban")
    (98, 1.5, 'urban')
    """
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        return text
    if number != number or number in (float("inf"), float("-inf")):
        return text
    return int(number) if number == int(number) else number


def _variable(row: TableRow, sets: Sets, bounds: Bounds) -> tuple[Variable, list[str]]:
    """Return the variable of one codebook line with the faults of that line."""
    cells = {key: cell.strip() for key, cell in row.cells.items()}
    faults = _label_faults(row)
    if not cells["name"].isidentifier():
        faults.append(f"the name {cells['name']!r} must be letters, digits and underscores, no digit first.")
    if not cells["file"]:
        faults.append("the file (unit) is empty.")
    if cells["kind"] not in KINDS:
        close = nearest(cells["kind"], KINDS)
        faults.append(f"unknown kind {cells['kind']!r}; allowed: {', '.join(KINDS)}.{close}")
    if bool(cells["source"]) == (cells["file"] == "derived"):
        faults.append("a raw variable needs a source column, a derived one has none.")
    missing, more = _missing(cells["missing"])
    faults += more
    value_set, values, more = _values(cells, sets)
    faults += more
    both = sorted(str(code) for code in missing if code in values)
    if both:
        faults.append(f"codes {', '.join(both)} are both values and missing.")
    faults += _expression_faults(cells["asked_of"])
    variable = Variable(
        cells["name"], cells["file"], cells["source"], cells["kind"], values, missing, cells["asked_of"],
        _labels(row), cells["status"], value_set, bounds.get((cells["file"], cells["name"])),
    )  # fmt: skip
    return variable, faults


def _values(cells: Mapping[str, str], sets: Sets) -> tuple[str, dict[Code, Labels], list[str]]:
    """Return the value set of a codebook line."""
    name = cells["values"] or (YESNO_SET if cells["kind"] == "yesno" and YESNO_SET in sets else "")
    if not name:
        coded = cells["kind"] in ("categorical", "yesno")
        return "", {}, [f"kind {cells['kind']} needs a set of values."] if coded else []
    if name not in sets:
        return name, {}, [f"unknown set of values {name!r}.{nearest(name, sets)}"]
    return name, sets[name], []


def _missing(text: str) -> tuple[dict[Code, str], list[str]]:
    """Parse ``97=refused;98=dont_know``."""
    codes: dict[Code, str] = {}
    faults = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        code, sign, reason = part.partition("=")
        if not sign or not reason.strip().isidentifier():
            faults.append(f"missing codes are written 97=refused;98=dont_know, not {part!r}.")
        elif parse_code(code) in codes:
            faults.append(f"missing code {code.strip()} occurs twice.")
        else:
            codes[parse_code(code)] = reason.strip()
    return codes, faults


def _expression_faults(expression: str) -> list[str]:
    """Return whether an ``asked_of`` expression fails to parse."""
    try:
        compile(expression or "True", "asked_of", "eval")
    except SyntaxError as error:
        return [f"asked_of {expression!r} is not an expression ({error.msg})."]
    return []


def _labels(row: TableRow) -> Labels:
    """Return the non-empty labels of a row by language."""
    languages = (*LANGUAGES, *OPTIONAL_LANGUAGES)
    found = {language: row.cells.get(f"label_{language}", "").strip() for language in languages}
    return {language: text for language, text in found.items() if text}


def _label_faults(row: TableRow) -> list[str]:
    """Return the faults of a row's labels and status."""
    faults = [] if row.cells["label_en"].strip() else ["label_en is empty."]
    status = row.cells["status"].strip()
    if status not in STATUSES:
        faults.append(f"status {status!r} must be one of {', '.join(STATUSES)}.")
    return faults


def _duplicates(variables: list[Variable], rows: list[TableRow]) -> list[str]:
    """Return (file, name) and (file, source) pairs that occur more than once."""
    faults = []
    for what in ("name", "source"):
        lines: dict[tuple[str, str], list[str]] = {}
        for variable, row in zip(variables, rows, strict=True):
            if getattr(variable, what):
                lines.setdefault((variable.file, getattr(variable, what)), []).append(str(row.line))
        faults += [
            f"codebook.csv, lines {', '.join(at)}: {what} {text!r} of file {file!r} occurs {len(at)} times."
            for (file, text), at in lines.items()
            if len(at) > 1
        ]
    return faults


def _read_ranges(path: Path) -> tuple[Bounds, list[str]]:
    """Read the optional table of plausible ranges."""
    if not path.exists():
        return {}, []
    rows, faults = read_rows(path, required=RANGES_COLUMNS)
    bounds: Bounds = {}
    for row in rows:
        key = (row.cells["file"].strip(), row.cells["name"].strip())
        low, high = parse_code(row.cells["low"]), parse_code(row.cells["high"])
        if isinstance(low, str) or isinstance(high, str) or low > high:
            faults.append(f"{path.name}, line {row.line}: low and high must be numbers, low not above high.")
        elif key in bounds:
            faults.append(f"{path.name}, line {row.line}: {key[1]} of {key[0]} occurs twice.")
        else:
            bounds[key] = (float(low), float(high))
    return bounds, faults


def _reasons(sets: Sets) -> dict[str, Labels]:
    """Return the labels of missing reasons; set ``missing`` has the reason, or its usual code, as code."""
    usual: dict[Code, str] = {97: "refused", 98: "dont_know", 99: "no_answer"}
    return {str(usual.get(code, code)): labels for code, labels in sets.get(REASON_SET, {}).items()}
