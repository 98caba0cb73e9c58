"""Cleaning of the raw twin gives the clean twin: every planted fault ends as its log line says, nothing else moves."""

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.studies.uzbekistan_2019.preparation.cleaning import clean_files
from migration_effects.studies.uzbekistan_2019.synthetic import write_twin
from migration_effects.studies.uzbekistan_2019.synthetic.build import FILE_NAMES
from migration_effects.studies.uzbekistan_2019.synthetic.files import study_codebook

KEYS = {
    "sample": ["hh_id"],
    "roster": ["hh_id", "p_line"],
    "caregivers": ["hh_id"],
    "migrants": ["hh_id", "m_line"],
    "children": ["hh_id"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("twin")


@pytest.fixture(scope="module")
def twin(folder):
    return write_twin(folder)


@pytest.fixture(scope="module")
def cleaned(twin, folder):
    files = {unit: me.read_survey(folder / name) for unit, name in FILE_NAMES.items()}
    return clean_files(files, study_codebook())


def keyed(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    frame = frame.assign(m_desttxt=frame["m_desttxt"].fillna("")) if unit == "migrants" else frame
    names = frame[KEYS[unit]].astype(dict.fromkeys(KEYS[unit][1:], int)).astype(str)
    return frame.set_axis(names.agg(":".join, axis=1)).drop(columns=KEYS[unit]).sort_index()


@pytest.mark.parametrize("unit", KEYS)
def test_every_fault_is_resolved_and_nothing_else_changes(unit, twin, cleaned):
    clean, found = (
        keyed(twin.clean[unit], unit),
        keyed(cleaned.frames[unit], unit)[twin.clean[unit].columns.drop(KEYS[unit])],
    )
    assert found.index.equals(clean.index)
    log = twin.dirt_log
    log = log[
        (log["file"] == unit)
        & ~log["variable"].isin(["", "hh_id", "m_line"])
        & ~log["id"].isin(["D10", "D11"])
    ]
    expected = clean.copy()
    for line in log.itertuples():
        key = line.key if unit in ("roster", "migrants") else line.key.split(":")[0]
        text = line.variable == "m_desttxt"
        value = line.resolved if text else float(line.resolved) if line.resolved else np.nan
        expected.loc[key, line.variable] = value
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_the_audit_counts_what_was_planted(twin, cleaned):
    audit = cleaned.audit.table
    counts = audit.groupby("check")["count"].sum()
    planted = twin.dirt_log.groupby("id").size()
    assert counts["exact duplicate"] == planted["D1"]
    assert counts["near duplicate"] == planted["D2"]
    assert counts["answered though not asked"] == planted["D4"]
    assert counts["undeclared missing code"] == planted["D8"]
    assert counts["text damage"] == planted["D9"]


def test_the_weight_chain_gives_the_delivered_weights(twin, folder):
    study = me.load_study("uzbekistan_2019", data=folder)
    for unit, weight in (("caregivers", "w_hh"), ("children", "w_child")):
        design = study.design(unit)
        own = pd.Series(design.weights.to_numpy(), index=design.data["hh_id"].to_numpy())
        delivered = twin.clean[unit].set_index("hh_id")[weight]
        found = own[own > 0].reindex(delivered.index)
        np.testing.assert_allclose(found, delivered, rtol=1e-6)
