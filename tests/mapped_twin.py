"""The twin's files as another institute might deliver them, with the mapping that leads back."""

import csv
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

import migration_effects as me
from migration_effects.io.codebook_check import undeclared
from migration_effects.io.variable import Variable
from migration_effects.study.mapping import COLUMNS, MAPPING, NOT_AVAILABLE

NAMES = {
    "sample": "selected.sav",
    "roster": "persons.dta",
    "caregivers": "adults.sav",
    "migrants": "migrants_final.sav",
    "children": "adolescents.sav",
}
REAL_MISSING = {"refused": -7, "dont_know": -8, "no_answer": -9}
# Codes the twin holds although no list has them: field staff meant "no answer".
STRAY = -1
FIRST_CODE = 50
Name = tuple[str, str]


def deliver(
    files: Mapping[str, me.SurveyFile], book: me.Codebook, folder: Path, *, without: Collection[Name] = ()
) -> list[dict[str, str]]:
    """Write files of other names, columns and codes; return the lines of their mapping."""
    lines = []
    for unit, survey in files.items():
        columns, number = {}, 0
        for variable in book.of(unit):
            line = dict.fromkeys(COLUMNS, "") | {"unit": unit, "variable": variable.source}
            lines.append(line)
            if (unit, variable.source) in without:
                line |= {"column": NOT_AVAILABLE, "note": "not asked"}
                continue
            number += 1
            column = f"Q{number:03d}"
            columns[column], codes, missing = _delivered(variable, survey.frame[variable.source])
            line |= {"file": NAMES[unit], "column": column, "codes": codes, "missing": missing}
        me.write_survey(pd.DataFrame(columns), folder / NAMES[unit])
    return lines


def write_mapping(folder: Path, lines: list[dict[str, str]]) -> None:
    """Write the mapping beside the files."""
    with (folder / MAPPING).open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(lines)


def line_of(lines: list[dict[str, str]], unit: str, variable: str) -> dict[str, str]:
    """Return one line of a mapping."""
    return next(line for line in lines if (line["unit"], line["variable"]) == (unit, variable))


def _delivered(variable: Variable, column: pd.Series) -> tuple[pd.Series, str, str]:
    """Return a column in the codes of the institute, and what the mapping says about them."""
    if variable.kind == "id":
        return column, "check digit", ""
    if variable.is_text:
        return column, "", ""
    missing = {code: REAL_MISSING[reason] for code, reason in variable.missing.items()}
    stray = set(undeclared(variable, column).index) if variable.is_coded else {STRAY} & set(column.unique())
    codes = {code: FIRST_CODE - place for place, code in enumerate(variable.values)}
    table = {**codes, **missing, **dict.fromkeys(stray, STRAY)}
    reasons = {real: variable.missing[code] for code, real in missing.items()}
    reasons |= dict.fromkeys([STRAY] if stray else [], "no_answer" if missing else "blank")
    return (
        column.replace({float(code): float(real) for code, real in table.items()}),
        ";".join(f"{real}={code}" for code, real in codes.items()),
        ";".join(f"{real}={reason}" for real, reason in reasons.items()),
    )
