"""Weights, derived variables of the producer, and the SPSS files. SYNTHETIC DATA — not findings."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import migration_effects as me

from .answers import COMPLETED, children, under_fives, women
from .people import Sizes, households, members

FILE_NAMES = {"hh": "hh.sav", "hl": "hl.sav", "fs": "fs.sav", "ch": "ch.sav", "wm": "wm.sav"}
MARK = "SYNTHETIC DATA - not findings"
STUDY = Path(__file__).parents[1]
KEYS = ["HH1", "HH2"]
# Labels of codes that are a country's own.
REGIONS = {1: "North", 2: "South"}
LEVELS = {0: "None or pre-primary", 1: "Primary", 2: "Secondary", 3: "Higher", 9: "Missing"}


def build_files(sizes: Sizes | None = None) -> dict[str, pd.DataFrame]:
    """Return the five files as frames of raw codes.

    Parameters
    ----------
    sizes : Sizes, optional
        Numbers of clusters and households, and the seed.

    Returns
    -------
    dict of str to DataFrame
        hh, hl, fs, ch, wm.
    """
    sizes = sizes or Sizes()
    rng = np.random.default_rng(sizes.seed)
    hh = households(sizes, rng)
    hl = members(hh, rng)
    home = pd.MultiIndex.from_frame(hl[KEYS])
    keys = pd.MultiIndex.from_frame(hh[KEYS])
    hh["HH48"] = home.value_counts().reindex(keys).to_numpy(float)
    five = pd.MultiIndex.from_frame(hl.loc[hl["HL6"].between(5, 17), KEYS]).value_counts()
    hh["HH52"] = five.reindex(keys, fill_value=0).where(hh["HH46"].eq(1).to_numpy()).to_numpy(float)
    by_cluster = rng.uniform(0.5, 1.5, sizes.clusters)
    hh["hhweight"] = _normalised(by_cluster, hh["HH1"], hh["HH46"].eq(1))
    hh["windex5"] = _quintiles(hh, rng)
    facts = hh.set_index(KEYS)
    hl["hhweight"] = facts["hhweight"].reindex(home).to_numpy()
    fs, ch, wm = children(hl, rng), under_fives(hl, rng), women(hl, rng)
    fs["fshweight"] = _normalised(by_cluster, fs["HH1"], fs["FS17"].eq(COMPLETED))
    fs["fsweight"] = fs["fshweight"] * facts["HH52"].reindex(pd.MultiIndex.from_frame(fs[KEYS])).to_numpy()
    ch["chweight"] = _normalised(by_cluster, ch["HH1"], ch["UF17"].eq(COMPLETED))
    wm["wmweight"] = _normalised(by_cluster, wm["HH1"], wm["WM17"].eq(COMPLETED))
    return {"hh": hh, "hl": hl, "fs": fs, "ch": ch, "wm": wm}


def _normalised(by_cluster: np.ndarray, cluster: pd.Series, complete: pd.Series) -> pd.Series:
    """Return weights by cluster: 0 where the interview is not complete, mean 1 over the others."""
    weight = pd.Series(by_cluster[cluster.to_numpy() - 1], index=cluster.index).where(complete, 0.0)
    return weight / weight[complete].mean()


def _quintiles(hh: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Return fifths of the household population; 0 where there was no interview."""
    people = (hh["hhweight"] * hh["HH48"]).fillna(0.0)
    score = hh["HH6"].eq(1) * 0.8 + pd.Series(rng.normal(size=len(hh)), index=hh.index)
    order = score.where(people.gt(0)).rank(method="first").fillna(0).argsort()
    share = people.iloc[order].cumsum() / people.sum()
    fifth = np.ceil(5 * share - 1e-9).clip(1, 5)
    return fifth.reindex(hh.index).where(people.gt(0), 0.0)


def write_twin(
    folder: Path | str, *, truth: Path | str | None = None, files: dict[str, pd.DataFrame] | None = None
) -> None:
    """Write the files and their manifest.

    Parameters
    ----------
    folder : path-like
        Where they go; made when absent.
    truth : path-like, optional
        Not used: what is planted stands in the code.
    files : dict of str to DataFrame, optional
        Other files than those of `build_files`.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    entries = [f'notice = "{MARK}"']
    for unit, frame in (files or build_files()).items():
        path = target / FILE_NAMES[unit]
        me.write_survey(_labelled(frame), path, _file_codebook(unit, frame), file_label=MARK)
        content = path.read_bytes()
        entries += [
            f'\n[files."{path.name}"]',
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
            f"bytes = {len(content)}",
            f"rows = {len(frame)}",
            f"columns = {frame.shape[1]}",
            f'source = "Generated, no real household or child: {MARK}"',
            'licence = "MIT"',
        ]
    (target / "manifest.toml").write_text("\n".join(entries) + "\n", encoding="utf-8", newline="\n")


def _file_codebook(unit: str, frame: pd.DataFrame) -> me.Codebook:
    """Return the codebook as released files show it: the country's own labels, no declared missing codes."""
    own = {"HH7": REGIONS, "melevel": LEVELS}
    columns = {str(column).casefold(): str(column) for column in frame.columns}
    variables = []
    for variable in me.Codebook.read(STUDY).of(unit):
        words = own.get(variable.source)
        values = {code: {"en": text} for code, text in words.items()} if words else variable.values
        column = columns.get(variable.source.casefold(), variable.source)
        variables.append(replace(variable, name=column, source=column, values=values, missing={}))
    return me.Codebook(tuple(variables))


def _labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of numbers and text, as released files hold them."""
    return frame.astype({name: float for name in frame.columns if frame[name].dtype.kind in "iub"})
