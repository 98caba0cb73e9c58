"""Register the exhibits of a chapter: checked against what the study declared, frozen, and handed to the build."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from migration_effects.errors import SpecificationError, StudyError, nearest
from migration_effects.report.context import Context
from migration_effects.report.exhibit import Exhibit
from migration_effects.report.figure import Figure
from migration_effects.report.published import FILE, PublishedFigure, parse_published
from migration_effects.report.remarks import NO_WEIGHTS, UNKNOWN_SAMPLING
from migration_effects.report.table import Table
from migration_effects.report.texts import read_texts
from migration_effects.study.locate import project_root

if TYPE_CHECKING:
    import pandas as pd

    from migration_effects.report.render.facts import StudyFacts
    from migration_effects.study.definition import Exhibit as Declared
    from migration_effects.study.study import Study

# Set by the executor alone: interactive work shows exhibits and never touches the build.
BUILD_VARIABLE = "MIGRATION_EFFECTS_BUILD"


@dataclass(frozen=True)
class Report:
    """The exhibits of one chapter of a study's report.

    Parameters
    ----------
    study : Study
        Declares the exhibits.
    chapter : int
        Number of the chapter.

    Raises
    ------
    SpecificationError
        When the study declares no exhibit for the chapter.
    """

    study: Study
    chapter: int

    def __post_init__(self) -> None:
        chapters = sorted({exhibit.chapter for exhibit in self.study.exhibits})
        if self.chapter not in chapters:
            raise SpecificationError(
                f"Study {self.study.id} declares no exhibit for chapter {self.chapter}; it has chapters "
                f"{', '.join(map(str, chapters)) or 'none'}. Declare one in study.toml, or correct the number."
            )

    def __repr__(self) -> str:
        declared = [e.id for e in self.study.exhibits if e.chapter == self.chapter]
        return f"Report({self.study.id}, chapter {self.chapter}: {', '.join(declared)})"

    def table(self, exhibit_id: str, table: Table) -> Table:
        """Register a table.

        Parameters
        ----------
        exhibit_id : str
            Declared id, for example ``"T7.1"``.
        table : Table
            The specification.

        Returns
        -------
        Table
            The same with title and footer, to be displayed by the notebook.

        Raises
        ------
        SpecificationError
            When the id is not declared, belongs to another chapter or to a figure, or when the table has no
            population line.
        """
        declared = self._declared(exhibit_id, table, "table", Table)
        table = replace(table, remarks=_with_gaps(table, self.study))
        return replace(table, context=self._keep(declared, table))

    def figure(self, exhibit_id: str, figure: Figure) -> Figure:
        """Register a chart.

        Parameters
        ----------
        exhibit_id : str
            Declared id, for example ``"F7.4"``.
        figure : Figure
            The specification.

        Returns
        -------
        Figure
            The same with title and footer, to be displayed by the notebook.

        Raises
        ------
        SpecificationError
            When the id is not declared, belongs to another chapter or to a table, or when the chart has no
            population line or no alternative text.
        """
        declared = self._declared(exhibit_id, figure, "figure", Figure)
        if not figure.alt.strip():
            raise SpecificationError(
                f"{exhibit_id} has no alternative text. Give `alt`, or leave the usual one."
            )
        figure = replace(figure, remarks=_with_gaps(figure, self.study))
        return replace(figure, context=self._keep(declared, figure))

    def compare_published(self, build: Path | None = None) -> pd.DataFrame:
        """Compare the figures entered in ``reference/published.csv`` with those of the exhibits already built.

        Parameters
        ----------
        build : Path, optional
            Build folder of the study; by default that of the running build, else ``build/<study>`` of the project.

        Returns
        -------
        DataFrame
            One row per figure: ``published, reproduced, conf_low, conf_high, difference`` (reproduced minus
            published), ``inside`` (whether the published figure lies in the reproduced 95% interval) and both
            numbers of cases; without a row when no figure is entered.

        Raises
        ------
        StudyError
            With every fault of the file, exhibits that are not built, and unknown keys with the nearest allowed.
        """
        from migration_effects.report.published_compare import (
            built_exhibits,
            compare_published,
            comparison_frame,
        )

        path, folder = self.study.folder / FILE, os.environ.get(BUILD_VARIABLE)
        here = Path(folder) if folder else (project_root() or Path()) / "build" / self.study.id
        found = built_exhibits(path, (build or here) / "exhibits")
        return comparison_frame(compare_published(path, found, [e.id for e in self.study.exhibits]))

    def _declared(self, exhibit_id: str, spec: object, kind: str, expected: type) -> Declared:
        """Return the declaration of an exhibit, or raise for every way in which it does not fit."""
        known = {exhibit.id: exhibit for exhibit in self.study.exhibits}
        if exhibit_id not in known:
            own = [name for name, exhibit in known.items() if exhibit.chapter == self.chapter]
            raise SpecificationError(
                f"{exhibit_id!r} is not declared in study.toml of {self.study.id}.{nearest(exhibit_id, known)} "
                f"Chapter {self.chapter} declares: {', '.join(own) or 'none'}. A new exhibit needs an [[exhibit]] "
                "with id, chapter and title there."
            )
        declared = known[exhibit_id]
        faults = []
        if declared.chapter != self.chapter:
            faults.append(f"it belongs to chapter {declared.chapter}, this is chapter {self.chapter}")
        if declared.kind != kind:
            faults.append(f"it is declared as a {declared.kind}; use report.{declared.kind}")
        if not isinstance(spec, expected):
            faults.append(f"a {type(spec).__name__} was given where a {expected.__name__} is expected")
        elif not str(getattr(spec, "population", "")).strip():
            faults.append("it has no population line; give `population`")
        if faults:
            raise SpecificationError(f"{exhibit_id} cannot be registered: {'; '.join(faults)}.")
        return declared

    def _keep(self, declared: Declared, spec: Exhibit) -> Context:
        """Write the exhibit where the build wants it, and return its context."""
        folder = os.environ.get(BUILD_VARIABLE)
        build = Path(folder) if folder else None
        if build is not None and build.parent.name == "build" and build.name != self.study.id:
            raise StudyError(
                f"This notebook loads the study {self.study.id!r}, and the report being built is of {build.name!r}. "
                "Name its folder in me.load_study(…), and the folder of its notebooks in study.toml."
            )
        return keep_exhibit(self.study, declared, spec, build)


def keep_exhibit(study: Study, declared: Declared, spec: Exhibit, build: Path | None) -> Context:
    """Write an exhibit into a build folder.

    Parameters
    ----------
    study : Study
        Declares it.
    declared : Exhibit
        Its declaration.
    spec : Table or Figure
        The exhibit.
    build : Path or None
        Build folder of the study; None writes nothing.

    Returns
    -------
    Context
        What is declared about it, for rendering.
    """
    context = declared_context(study, declared, synthetic=study.synthetic)
    if build is not None:
        content = {"id": declared.id, "synthetic": study.synthetic, "spec": json.loads(spec.to_json())}
        text = json.dumps(content, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
        target = build / "exhibits" / f"{declared.id}.json"
        _write_changed(target, text)
        _write_changed(target.with_suffix(".csv"), replace(spec, context=context).to_csv())
    return context


def declared_context(
    study: Study | StudyFacts,
    declared: Declared,
    *,
    synthetic: bool,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    published: Sequence[PublishedFigure] | None = None,
) -> Context:
    """Return what is declared about an exhibit.

    Parameters
    ----------
    study : Study or StudyFacts
        Has ``title``, ``codebook`` and ``folder``.
    declared : Exhibit
        From ``study.exhibits``.
    synthetic : bool
        Whether its figures come from synthetic data.
    texts : mapping of str to mapping, optional
        The study's own translations; by default read from its folder.
    published : sequence of PublishedFigure, optional
        All figures entered from published sources; by default read from the study's folder.

    Returns
    -------
    Context
        For rendering.
    """
    path = study.folder / FILE
    figures = parse_published(path)[0] if published is None else published
    entered = tuple(figure for figure in figures if figure.exhibit_id == declared.id)
    return Context(
        id=declared.id,
        titles=declared.title,
        basis=declared.basis,
        calibration=declared.calibration,
        prespecified=declared.prespecified,
        synthetic=synthetic,
        codebook=study.codebook,
        study_titles=study.title,
        texts=read_texts(study.folder) if texts is None else texts,
        published=entered if path.is_file() else None,
    )


def _with_gaps(spec: Exhibit, study: Study) -> tuple[str, ...]:
    """Return the remarks of an exhibit, and what its weights and its sample lack in the data of the study."""
    if not study.unavailable:
        return spec.remarks
    weights = {name.strip() for name in spec.weight.split(",")}
    designs = {unit: d for unit, d in study.definition.design.items() if d.weights in weights}
    gaps = [NO_WEIGHTS] if any(d.weights in study.unavailable for d in designs.values()) else []
    gaps += [UNKNOWN_SAMPLING] if any(study.unknown_sampling(unit) for unit in designs) else []
    return tuple(dict.fromkeys((*spec.remarks, *gaps)))


def _write_changed(path: Path, text: str) -> None:
    """Write a file only if its content differs."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
