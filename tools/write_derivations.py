"""Find out which raw variables every derived variable of uzbekistan_2019 rests on, and write derivations.csv.

One raw variable at a time is emptied, then shuffled, in the cleaned files of the twin; the derived columns that change
rest on it. Takes some twenty minutes; run it after a change of a derivation. `--only a b` prints those variables alone.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

import migration_effects as me
from migration_effects.studies.uzbekistan_2019 import prepare
from migration_effects.studies.uzbekistan_2019.preparation.cleaning import REQUIRED, clean_files
from migration_effects.studies.uzbekistan_2019.preparation.frames import analysis_frames
from migration_effects.study.load import read_study

FOLDER = Path(prepare.__file__).parent
TWIN = Path("data/raw/uzbekistan_2019/synthetic")
SEED = 20190620
# Chooses the rows of the discipline frame: only what stands in no other frame rests on it, and what is said below.
CHOOSER, CHOSEN = "d_line", "discipline"
CHOOSES = ["flag_5", "nflags", "flags_missing", "risk_group", "tier"]
CARER = ["p_age", "p_rel", "p_sex", "p_carer", "p_mwhere", "p_fwhere", "c_rel"]
CHAIN = ["w_base", "psu", "region", "resid", "list_str", "result", "k_result", "k_sex", "p_sex", "p_age"]
# What the twin need not show: every source of the carer's type; facts that conditions of the codebook use though no
# frame has them; and what notebooks name that is no column of a frame: the steps of the weights with the cells they
# make, and the rows of a frame.
KNOWN = {
    "carer_type": CARER,
    "carer_not_parent": CARER,
    "has_1_14": ["p_age"],
    "parent_abroad": ["p_age", "p_mwhere", "p_fwhere"],
    "parent_ever_abroad": ["p_age", "p_where", "p_mwhere", "p_fwhere", "m_status", "m_rel"],
    "weight_steps": CHAIN,
    "region_age": CHAIN,
    "region_sex": CHAIN,
    "discipline": [CHOOSER],
}


def cleaned_twin():
    """Return the cleaned files of the twin and the codebook."""
    definition, book = read_study("uzbekistan_2019")
    names = [raw.name for raw in definition.files.values()]
    files = dict(zip(definition.files, me.read_surveys([TWIN / name for name in names]), strict=True))
    return clean_files(files, book).frames, book


def changes(raw, book, unit, source, base):
    """Return the derived columns that change when one raw column is emptied or shuffled."""
    column = raw[unit][source]
    random = np.random.default_rng(SEED)
    shuffled = column.copy()
    shuffled[column.notna()] = random.permutation(column[column.notna()].to_numpy())
    empty = column.mask(column.notna())
    found = set()
    for changed in (empty, shuffled):
        with np.errstate(all="ignore"):
            try:
                frames, _ = analysis_frames({**raw, unit: raw[unit].assign(**{source: changed})}, book)
            except Exception as error:
                sys.stderr.write(f"{unit}.{source}: {type(error).__name__}: {error}\n")
                continue
        for name, frame in frames.items():
            for derived in book.of("derived"):
                if derived.name in frame and not frame[derived.name].equals(base[name][derived.name]):
                    found.add(derived.name)
    return found


def main(only):
    raw, book = cleaned_twin()
    base, _ = analysis_frames(raw, book)
    needs = {}
    for unit in REQUIRED:
        for variable in book.of(unit):
            fixed = variable.source in REQUIRED[unit] or variable.kind == "weight"
            if fixed or (only and variable.source not in only):
                continue
            for name in changes(raw, book, unit, variable.source, base):
                needs.setdefault(name, []).append(variable.source)
    # A weight that is not available counts every record once, so only weights rest on weights.
    needs.setdefault("w_roster", []).append("w_hh")
    needs.setdefault("w_disc", []).append("w_hh")
    own = {n for n in needs if not any(n in frame for unit, frame in base.items() if unit != CHOSEN)}
    for name in set(needs) - own - set(CHOOSES):
        needs[name] = [source for source in needs[name] if source != CHOOSER]
    for name in (n for n in CHOOSES if n in needs and n != "flag_5"):
        needs[name] = list(dict.fromkeys(s for n in needs if n.startswith("flag_") for s in needs[n]))
    if not only:
        for name, sources in KNOWN.items():
            needs[name] = list(dict.fromkeys([*needs.get(name, []), *sources]))
    order = [v.name for v in book.of("derived") if needs.get(v.name)]
    order += [name for name in needs if needs[name] and name not in order]
    target = sys.stdout if only else (FOLDER / "derivations.csv").open("w", encoding="utf-8", newline="")
    table = csv.writer(target, lineterminator="\n")
    table.writerow(["variable", "needs"])
    table.writerows([name, " ".join(needs[name])] for name in order)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", default=[])
    main(parser.parse_args().only)
