"""The twin on disk: five SPSS files with their manifest, and the truth aside."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pandas as pd

import migration_effects as me

from .build import FILE_NAMES, MARK, Twin, build_twin, make_settings
from .files import study_codebook
from .labels import damaged_labels
from .settings import PARAMS
from .truth import truth_summary, unit_truth


def write_twin(
    folder: Path | str,
    *,
    truth: Path | str | None = None,
    params: Path | str | None = None,
    seed: int | None = None,
    scale: int = 1,
    dirt: bool = True,
    item_missing: bool = True,
    effect_multiplier: float = 1.0,
    hidden_u: float = 0.0,
    psu_confounding: float = 0.0,
    rural_surkhandarya: float = 0.65,
    label_lang: str = "en",
) -> Twin:
    """Generate the twin and write its five SPSS files with their manifest.

    SYNTHETIC DATA — not findings. The same arguments give the same bytes.

    Parameters
    ----------
    folder : path-like
        Where ``00_sample.sav`` … ``04_children.sav`` and ``manifest.toml`` go; made when absent.
    truth : path-like, optional
        Where the planted truth goes, for tests only; not written when left out.
    params : path-like, optional
        Another parameter file.
    seed : int, optional
        Master seed; that of the parameters when left out.
    scale, dirt, item_missing, effect_multiplier, hidden_u, psu_confounding, rural_surkhandarya, label_lang
        Knobs; see :class:`~.settings.Settings`.

    Returns
    -------
    Twin
        What was written.
    """
    settings = make_settings(
        params=params,
        seed=seed,
        scale=scale,
        dirt=dirt,
        item_missing=item_missing,
        effect_multiplier=effect_multiplier,
        hidden_u=hidden_u,
        psu_confounding=psu_confounding,
        rural_surkhandarya=rural_surkhandarya,
        label_lang=label_lang,
    )
    twin = build_twin(settings)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    _write_files(twin, target)
    if truth is not None:
        _write_truth(twin, Path(truth), PARAMS if params is None else Path(params))
    return twin


def _write_files(twin: Twin, folder: Path) -> None:
    """Write the SPSS files and the manifest."""
    settings = twin.settings
    label = f"SYNTHETIC DATA - Uzbekistan migration twin v{settings.params['version']} seed {settings.seed}"
    codebook = study_codebook()
    if settings.dirt:
        codebook = damaged_labels(codebook, settings.label_lang)
    entries = [f'notice = "{MARK}"', f"seed = {settings.seed}", f"scale = {settings.scale}"]
    for unit, name in FILE_NAMES.items():
        path, frame = folder / name, twin.raw[unit]
        me.write_survey(frame, path, codebook.of(unit), file_label=label, language=settings.label_lang)
        content = path.read_bytes()
        entries += [
            f'\n[files."{name}"]',
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
            f"bytes = {len(content)}",
            f"rows = {len(frame)}",
            f"columns = {frame.shape[1]}",
            f'source = "Generated, no real household or child: {MARK}"',
            'licence = "MIT"',
        ]
    (folder / "manifest.toml").write_text("\n".join(entries) + "\n", encoding="utf-8", newline="\n")


def _write_truth(twin: Twin, folder: Path, params: Path) -> None:
    """Write the parameters, the effects and the log of faults."""
    folder.mkdir(parents=True, exist_ok=True)
    header = f"# {MARK}. Master seed used: {twin.settings.seed}.\n"
    (folder / "params.toml").write_text(
        header + params.read_text(encoding="utf-8"), encoding="utf-8", newline="\n"
    )
    summary = json.dumps(
        truth_summary(twin.sample, twin.settings), ensure_ascii=False, indent=1, sort_keys=True
    )
    (folder / "truth.json").write_text(summary + "\n", encoding="utf-8", newline="\n")
    _write_csv_gz(unit_truth(twin.sample, twin.contexts), folder / "unit_truth.csv.gz")
    log = twin.dirt_log.to_csv(index=False, lineterminator="\n")
    (folder / "dirt_log.csv").write_text(log, encoding="utf-8", newline="\n")


def _write_csv_gz(frame: pd.DataFrame, path: Path) -> None:
    """Write compressed CSV without a clock in it."""
    text = frame.to_csv(index=False, lineterminator="\n").encode("utf-8")
    path.write_bytes(gzip.compress(text, mtime=0))
