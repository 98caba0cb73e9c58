"""The Python a study brings along: prepare.py and, where there is one, the writer of its synthetic twin."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType

from migration_effects.errors import StudyError
from migration_effects.study.locate import SHIPPED, SYNTHETIC_FOLDER

PREPARE = "prepare"
REFERRALS = "referrals"
PREPARE_ARGUMENTS = 2
DESIGN_ARGUMENTS = 3


def has_twin(folder: Path) -> bool:
    """Return whether a study can write a synthetic twin.

    Parameters
    ----------
    folder : Path
        The study folder.

    Returns
    -------
    bool
        True when it has a package ``synthetic`` or a module ``synthetic.py``.
    """
    return _source(folder, SYNTHETIC_FOLDER) is not None


def prepare_module(folder: Path) -> ModuleType:
    """Return the module prepare.py of a study.

    Parameters
    ----------
    folder : Path
        The study folder.

    Returns
    -------
    module
        With a function ``prepare(files, study)`` and perhaps ``design(unit, frames, study)``.

    Raises
    ------
    StudyError
        When it is missing, cannot be imported, or its functions take other arguments.
    """
    module = _load(folder, PREPARE)
    faults = _signature_faults(module)
    if faults:
        raise StudyError(f"{folder.name}/prepare.py: {' '.join(faults)}")
    return module


def key_variables(code: ModuleType | None) -> Mapping[str, Sequence[str]]:
    """Return the variables without which a study cannot prepare its files.

    Parameters
    ----------
    code : module or None
        prepare.py; its ``REQUIRED`` names columns by unit.

    Returns
    -------
    mapping of str to sequence of str
        Empty where the study names none; identifiers are keys everywhere.
    """
    return getattr(code, "REQUIRED", {})


def twin_module(folder: Path) -> ModuleType:
    """Return the package that writes the synthetic twin of a study.

    Parameters
    ----------
    folder : Path
        The study folder.

    Returns
    -------
    module
        With a function ``write_twin(folder, …)``.

    Raises
    ------
    StudyError
        When it cannot be imported or has no such function.
    """
    module = _load(folder, SYNTHETIC_FOLDER)
    if not callable(getattr(module, "write_twin", None)):
        raise StudyError(f"{folder.name}/{SYNTHETIC_FOLDER} has no function write_twin(folder).")
    return module


def referral_module(folder: Path) -> ModuleType:
    """Return the module of a study that says whom the screening refers.

    Parameters
    ----------
    folder : Path
        The study folder.

    Returns
    -------
    module
        With a function ``referrals(frames)``.

    Raises
    ------
    StudyError
        When there is none, it cannot be imported, or its function takes other arguments.
    """
    if _source(folder, REFERRALS) is None:
        raise StudyError(f"Study {folder.name} has no rules for referral: no {REFERRALS}.py in its folder.")
    module = _load(folder, REFERRALS)
    if _positional(getattr(module, REFERRALS, None)) != 1:
        raise StudyError(f"{folder.name}/{REFERRALS}.py has no function {REFERRALS}(frames).")
    return module


def _signature_faults(module: ModuleType) -> list[str]:
    """Return what is wrong with the functions of prepare.py."""
    faults = []
    if not callable(getattr(module, "prepare", None)):
        return ["it has no function prepare(files, study)."]
    if _positional(module.prepare) != PREPARE_ARGUMENTS:
        faults.append("prepare must take (files, study).")
    if hasattr(module, "design") and _positional(module.design) != DESIGN_ARGUMENTS:
        faults.append("design must take (unit, frames, study).")
    return faults


def _positional(function: object) -> int:
    """Return how many arguments a function needs."""
    if not callable(function):
        return -1
    parameters = inspect.signature(function).parameters.values()
    return sum(
        p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters
    )


def _source(folder: Path, name: str) -> Path | None:
    """Return the file that defines a module or package of a study folder."""
    return next((p for p in (folder / name / "__init__.py", folder / f"{name}.py") if p.is_file()), None)


def _load(folder: Path, name: str) -> ModuleType:
    """Import a module of a study folder; shipped studies under their package name."""
    source = _source(folder, name)
    if source is None:
        next_step = "Copy one of a shipped study."
        if name == "synthetic":
            next_step = (
                "The raw files in place are those of a synthetic twin: put the study's own files there."
            )
        raise StudyError(f"The study folder {folder.name} has no {name}.py. {next_step}")
    if folder.parent == SHIPPED:
        return _guarded(
            lambda: importlib.import_module(f"migration_effects.studies.{folder.name}.{name}"), source
        )
    return _guarded(lambda: _load_file(source, folder, name), source)


class _FreshLoader(importlib.machinery.SourceFileLoader):
    """Compile from the source each time: bytecode of a file edited twice within a second would be stale."""

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.get_data(self.path), self.path, "exec", dont_inherit=True)


def _load_file(source: Path, folder: Path, name: str) -> ModuleType:
    """Import a file afresh, as a member of a package of its own: it may import what lies beside it."""
    package = f"_study_{folder.name.replace('.', '_')}"
    for stale in [loaded for loaded in sys.modules if loaded.split(".")[0] == package]:
        del sys.modules[stale]
    parent = ModuleType(package)
    parent.__path__ = [str(folder)]
    sys.modules[package] = parent
    full = f"{package}.{name}"
    search = [str(source.parent)] if source.name == "__init__.py" else None
    loader = _FreshLoader(full, str(source))
    spec = importlib.util.spec_from_file_location(
        full, source, loader=loader, submodule_search_locations=search
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {source.name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    spec.loader.exec_module(module)
    return module


def _guarded(load: Callable[[], ModuleType], source: Path) -> ModuleType:
    """Turn whatever a study's code raises on import into a StudyError that names file and line."""
    try:
        return load()
    except StudyError:
        raise
    except Exception as error:
        line = next(
            (f" (line {f.lineno})" for f in reversed(inspect.trace()) if Path(f.filename) == source),
            f" (line {error.lineno})" if isinstance(error, SyntaxError) else "",
        )
        raise StudyError(
            f"{source.parent.name}/{source.name} cannot be imported{line}: {type(error).__name__}: {error}"
        ) from error
