"""Exhibits that the data cannot fill: which they are, and what stands in their place."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migration_effects.report.cells import Cell
from migration_effects.report.completeness import code_cells
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure, Point
from migration_effects.report.left_out import Lost, leave_out
from migration_effects.report.mentions import COMMUNITIES
from migration_effects.report.remarks import LACKING
from migration_effects.report.rendered import NOT_AVAILABLE
from migration_effects.report.table import Column, Row, Table
from migration_effects.study.locate import RAW_VARIABLE, raw_home, study_folder
from migration_effects.study.mapping import has_mapping

if TYPE_CHECKING:
    from migration_effects.study.study import Study


@dataclass(frozen=True)
class Plan:
    """How a notebook runs on data that lack variables.

    Parameters
    ----------
    study : Study
        Loaded by the notebook.
    cells : tuple of str
        Its code cells without the statements that cannot run.
    lost : tuple of Lost
        Its exhibits that cannot be made; ``needs`` are the variables of the questionnaire that are missing.
    """

    study: Study
    cells: tuple[str, ...]
    lost: tuple[Lost, ...]


def plan(notebook: Path) -> Plan | None:
    """Return how a notebook runs where its data lack variables.

    Parameters
    ----------
    notebook : Path
        It loads its study by a literal id.

    Returns
    -------
    Plan or None
        None where the data lack nothing: the notebook then runs as it stands.
    """
    cells = code_cells(notebook)
    name = loaded_study(cells)
    if name is None or not _mapped(name):
        return None
    # Only here, because loading a study brings in everything that reads data.
    from migration_effects.study.load import load_study

    study = load_study(name)
    if not study.unavailable:
        return None
    kept, lost = study_losses(study, cells)
    return Plan(study, tuple(kept), tuple(lost))


def study_losses(study: Study, cells: Sequence[str]) -> tuple[list[str], list[Lost]]:
    """Return the code cells of a notebook without what a study lacks, and the exhibits lost.

    Parameters
    ----------
    study : Study
        With ``unavailable``; weights do not count, since every record then counts once.
    cells : sequence of str
        Code cells.

    Returns
    -------
    cells : list of str
        As many.
    lost : list of Lost
        With the variables of the questionnaire they need.
    """
    weights = {v.name for v in study.codebook if v.kind == "weight"}
    needs = {name: study.lacking(name) for name in study.unavailable if name not in weights}
    columns = [
        c for unit, d in study.definition.design.items() if study.unknown_sampling(unit) for c in d.columns
    ]
    if columns:
        needs[COMMUNITIES] = tuple(source for column in columns for source in study.lacking(column))
    kept, lost = leave_out(cells, needs, study.definition.covariates)
    sources = {e.id: sorted({s for need in e.needs for s in needs[need]}) for e in lost}
    return kept, [Lost(e.id, e.kind, tuple(sources[e.id]), e.population) for e in lost]


def loaded_study(cells: Sequence[str]) -> str | None:
    """Return the study that a notebook loads.

    Parameters
    ----------
    cells : sequence of str
        Code cells.

    Returns
    -------
    str or None
        The literal argument of ``load_study``.

    Examples
    --------
    >>> loaded_study(['import migration_effects as me', 'study = me.load_study("nhis_2003")'])
    'nhis_2003'
    """
    for node in (part for cell in cells for part in ast.walk(ast.parse(cell))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = node.args[0] if node.args else None
            if node.func.attr == "load_study" and isinstance(first, ast.Constant):
                return str(first.value)
    return None


def _mapped(name: str) -> bool:
    """Whether the raw folder of a study holds a mapping."""
    from migration_effects.study.parse import read_definition

    definition, _ = read_definition(study_folder(name))
    named = os.environ.get(RAW_VARIABLE)
    return definition is not None and has_mapping(Path(named) if named else raw_home(definition.id))


def placeholder(lost: Lost) -> Exhibit:
    """Return what stands in the place of an exhibit that cannot be made.

    Parameters
    ----------
    lost : Lost
        The exhibit.

    Returns
    -------
    Table or Figure
        One figure that is not available, and a remark that names the variables.

    Examples
    --------
    >>> placeholder(Lost("T1.1", "table", ("as_car", "as_net"), "Households")).remarks
    ('Not available in the real data: as_car or as_net.',)
    """
    population = lost.population or NOT_AVAILABLE
    remarks = (LACKING.format(name=" or ".join(lost.needs)),)
    cell = Cell(symbol="not_available")
    if lost.kind == "table":
        column, row = Column("estimate", "Estimate"), Row(NOT_AVAILABLE, NOT_AVAILABLE)
        return Table((column,), (row,), ((cell,),), population, remarks=remarks, n_place="none")
    point = Point(NOT_AVAILABLE, "", "", "", "", cell)
    return Figure("bars", (point,), population, remarks=remarks, alt=NOT_AVAILABLE)


def exhibits_lost(study: Study, notebooks: Sequence[Path]) -> Mapping[str, tuple[str, ...]]:
    """Return the exhibits that the data of a study cannot fill.

    Parameters
    ----------
    study : Study
        With ``unavailable``.
    notebooks : sequence of Path
        All notebooks of the study.

    Returns
    -------
    mapping of str to tuple of str
        Variables that are not available, by exhibit.
    """
    found = [lost for path in notebooks for lost in study_losses(study, code_cells(path))[1]]
    return {lost.id: lost.needs for lost in found}
