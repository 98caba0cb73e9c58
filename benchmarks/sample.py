"""The sample every contestant works on: 30 strata, PSUs of unequal size, unequal weights, 8 coefficients."""

import json
from pathlib import Path

import numpy as np

STRATA = 30
PSUS = {10_000: 600, 100_000: 1_800, 1_000_000: 6_000}
REPLICATES = 200
SEED = 20260
MARGINS = {"domain": 10, "group": 3, "age": 5}


def columns(n):
    """Return the columns of a sample of n rows; every PSU has rows, the effects are those of a made-up model."""
    rng = np.random.default_rng(SEED)
    psus = PSUS[n]
    psu = np.sort(np.concatenate([np.arange(psus), rng.integers(0, psus, n - psus)]))
    order = rng.permutation(n)
    psu = psu[order]
    found = {"stratum": psu % STRATA, "psu": psu // STRATA}
    found["weight"] = np.exp(rng.normal(3, 0.5, n))
    for j in range(1, 6):
        found[f"x{j}"] = rng.normal(size=n)
    for name, size in MARGINS.items():
        found[name] = rng.integers(0, size, n)
    shock = rng.normal(0, 0.4, psus)[psu]
    index = 0.3 * found["x1"] - 0.2 * found["x2"] + 0.1 * found["group"] + shock
    found["y"] = index + rng.normal(size=n)
    found["z"] = (rng.random(n) < 1 / (1 + np.exp(0.5 - index))).astype(np.int64)
    return found


def margins(found):
    """Return population totals that differ from the sample's by a few per cent, all of the same sum."""
    total = float(found["weight"].sum())
    targets = {}
    for name, size in MARGINS.items():
        share = np.bincount(found[name], weights=found["weight"], minlength=size)
        share = share * np.linspace(0.95, 1.05, size)
        targets[name] = (share / share.sum() * total).tolist()
    return targets


def write(folder, n):
    """Write each column as raw numbers that every language reads, with their names in sample.json."""
    folder = Path(folder)
    found = columns(n)
    kinds = {}
    for name, values in found.items():
        kinds[name] = "double" if values.dtype.kind == "f" else "integer"
        values.astype("<f8" if kinds[name] == "double" else "<i4").tofile(folder / f"{name}.bin")
    facts = {"n": n, "columns": kinds, "margins": margins(found), "replicates": REPLICATES, "seed": SEED}
    (folder / "sample.json").write_text(json.dumps(facts), encoding="utf-8")


def read(folder):
    """Return facts and columns as written."""
    folder = Path(folder)
    facts = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    kinds = {"double": "<f8", "integer": "<i4"}
    arrays = {
        name: np.fromfile(folder / f"{name}.bin", kinds[kind]) for name, kind in facts["columns"].items()
    }
    return facts, {name: a if a.dtype.kind == "f" else a.astype(np.int64) for name, a in arrays.items()}
