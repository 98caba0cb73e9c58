"""Execute one notebook into the build folder; an error, or anything written to stderr, fails.

Warnings are how a silently different report begins, so stderr must stay empty; only the package's own typed warnings
are kept off it, since their text stands in ``Estimate.notes`` and is printed under the exhibit.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from migration_effects.errors import MigrationEffectsError
from migration_effects.report.absent import Plan, placeholder, plan
from migration_effects.report.completeness import registrations
from migration_effects.report.register import BUILD_VARIABLE

_TIMEOUT = 600
_QUIET = (
    "import warnings; from migration_effects.errors import MigrationEffectsWarning; "
    "warnings.simplefilter('ignore', MigrationEffectsWarning)"
)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}")


class NotebookError(MigrationEffectsError):
    """A notebook failed, wrote to stderr, or did not register what it promises."""


def execute(source: Path, build: Path, *, root: Path) -> Path:
    """Execute a notebook.

    Parameters
    ----------
    source : Path
        The notebook; never written to.
    build : Path
        Build folder of the study: exhibits go to ``exhibits``, the executed copy to ``notebooks``.
    root : Path
        Working directory of the kernel.

    Returns
    -------
    Path
        The executed copy.

    Raises
    ------
    NotebookError
        Naming the notebook and the cell.
    """
    expected = [build / "exhibits" / f"{r.id}.json" for r in registrations(source)]
    for path in expected:
        path.unlink(missing_ok=True)
    partial = plan(source)
    book = _run(source, build, root, partial)
    if partial is not None:
        _fill_in(partial, build)
    _check(book, source)
    missing = [path.stem for path in expected if not path.exists()]
    if missing:
        raise NotebookError(
            f"{source.name} ran without registering {', '.join(missing)}. Call report.table or report.figure "
            "outside of any condition."
        )
    book.metadata.pop("widgets", None)
    target = build / "notebooks" / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(nbformat.writes(book) + "\n", encoding="utf-8")
    return target


def _fill_in(partial: Plan, build: Path) -> None:
    """Write what stands in the place of exhibits that the data cannot fill."""
    from migration_effects.report.register import keep_exhibit

    for lost in partial.lost:
        keep_exhibit(partial.study, partial.study.exhibit(lost.id), placeholder(lost), build)


def _run(source: Path, build: Path, root: Path, partial: Plan | None) -> NotebookNode:
    """Run all cells; a kernel that dies before the first cell is started once more."""
    for attempt in (1, 2):
        book = nbformat.read(source, as_version=4)
        if partial is not None:
            code = (cell for cell in book.cells if cell.cell_type == "code")
            for cell, kept in zip(code, partial.cells, strict=True):
                cell.source = kept
        client = _client(book, root)
        try:
            client.execute(env=_environment(build))
        except CellExecutionError as error:
            raise NotebookError(f"{source.name}{_where(book)}: {error.ename}: {error.evalue}") from error
        except (DeadKernelError, RuntimeError) as error:
            if attempt == 2 or client.code_cells_executed:
                raise NotebookError(f"{source.name}: the kernel stopped: {error}") from error
        else:
            return book
    raise AssertionError


def _client(book: NotebookNode, root: Path) -> NotebookClient:
    """Return a client that leaves no timestamps and starts quietly in the working directory."""
    return NotebookClient(
        book,
        timeout=_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR", f"--IPKernelApp.exec_lines={_QUIET}"],
        resources={"metadata": {"path": str(root)}},
    )


def _environment(build: Path) -> dict[str, str]:
    """Return the kernel's environment: fixed hashing, one BLAS thread, no screen, the build folder."""
    fixed = {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**os.environ, **fixed, BUILD_VARIABLE: str(build.resolve())}


def _where(book: NotebookNode) -> str:
    """Return the number and first line of the cell that failed."""
    for number, cell in enumerate(book.cells, start=1):
        if any(out.output_type == "error" for out in cell.get("outputs", ())):
            return f", cell {number} ({cell.source.strip().splitlines()[0]})"
    return ""


def _check(book: NotebookNode, source: Path) -> None:
    """Raise for text on stderr and for outputs that differ from run to run."""
    outputs = [
        (number, out) for number, cell in enumerate(book.cells, start=1) for out in cell.get("outputs", ())
    ]
    faults = [
        f"cell {number} wrote to stderr: {out.text.strip()}"
        for number, out in outputs
        if out.output_type == "stream" and out.name == "stderr"
    ]
    faults += [
        f"cell {number} shows a memory address, which differs on every run"
        for number, out in outputs
        if _ADDRESS.search(str(out.get("text", "")) + str(out.get("data", {}).get("text/plain", "")))
    ]
    if faults:
        raise NotebookError(f"{source.name}:\n" + "\n".join(f"  - {fault}" for fault in faults))
