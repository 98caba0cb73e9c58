"""What rests on variables that real files do not hold is empty; what does not is untouched."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import migration_effects as me
from migration_effects.studies.uzbekistan_2019 import prepare, synthetic
from migration_effects.study.delivered import mapped_study
from migration_effects.study.load import read_folder
from migration_effects.study.mapping import Entry, RawMapping
from migration_effects.study.preparing import prepared_frames
from migration_effects.study.unavailable import read_derivations

FOLDER = Path(prepare.__file__).parent
FINAL_WEIGHTS = ("w_hh", "w_child")


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    """Return the study, its files, and its frames where nothing is lacking."""
    definition, book, faults = read_folder(FOLDER)
    assert not faults
    folder = tmp_path_factory.mktemp("twin")
    synthetic.write_twin(folder)
    surveys = me.read_surveys([folder / raw.name for raw in definition.files.values()])
    files = dict(zip(definition.files, surveys, strict=True))
    study = me.Study(FOLDER, definition, book, synthetic=True, code=prepare)
    return study, files, prepared_frames(study, files).frames


def lacking(twin, *names):
    """Return the study and its frames where the files lack some variables."""
    study, files, _ = twin
    entries = []
    for unit in files:
        for v in study.codebook.of(unit):
            place = ("", "") if v.source in names else ("file", v.source)
            entries.append(Entry(unit, v, *place, check_digit=v.kind == "id"))
    study = mapped_study(study, RawMapping(tuple(entries)))
    weights = [name for name in names if study.codebook[name].kind == "weight"]
    empty = {name: 1.0 if name in weights else np.nan for name in names}
    less = {
        unit: replace(s, frame=s.frame.assign(**{n: v for n, v in empty.items() if n in s.frame}))
        for unit, s in files.items()
    }
    return study, prepared_frames(study, less).frames


BUNDLES = {
    "assets": ("as_car", "as_net"),
    "discipline": ("d_a", "d_c"),
    "scores": ("emo_1", "cnd_2", "dis_3", "fies_4"),
    "migrants": ("m_status", "m_rel", "m_months"),
    "relations": ("p_rel", "p_carer", "c_rel"),
    "place": ("region", "resid", "psu", "list_str", "result"),
    "health": ("k_health", "ac_km", "ac_unmet", "p_care"),
    "school": ("k_missed", "k_mark", "k_asp", "p_drop"),
}


@pytest.mark.parametrize("bundle", list(BUNDLES))
def test_exactly_what_rests_on_a_variable_is_empty(twin, bundle):
    study, frames = lacking(twin, *BUNDLES[bundle])
    assert set(BUNDLES[bundle]) <= set(study.unavailable)
    for unit, frame in frames.items():
        expected = twin[2][unit]
        assert list(frame) == list(expected)
        assert len(frame) == len(expected)
        for name in frame:
            if name in study.unavailable:
                assert frame[name].isna().all(), name
                assert frame[name].dtype == expected[name].dtype or frame[name].dtype == float, name
            else:
                assert frame[name].equals(expected[name]), (unit, name)


def test_the_audit_counts_what_is_not_available(twin):
    files = twin[1]
    mapped, _ = lacking(twin, "as_car", "w_hh")
    prepared = prepared_frames(mapped, files)
    lines = prepared.audit[prepared.audit["check"] == "not available"].set_index("variable")
    rows = len(files["caregivers"].frame)
    assert lines.loc["as_car", ["file", "count", "action"]].tolist() == ["caregivers", rows, "left empty"]
    assert lines.loc["as_car", "detail"].startswith("and with it wealth, wealth_q, flag_1")
    assert lines.loc["w_hh", "action"] == "every record counts once"
    assert set(lines.index) == {"as_car", "w_hh"}


def test_every_derived_variable_says_what_it_rests_on(twin):
    study, _, _ = twin
    needs, faults = read_derivations(FOLDER, study.codebook)
    assert not faults
    derived = {v.name for v in study.codebook.of("derived")}
    # The number of persons rests on the rows of the roster alone.
    assert derived - set(needs) == {"hh_size"}


def test_who_was_asked_is_not_judged_by_what_nobody_knows(twin):
    study, frames = lacking(twin, "p_mwhere", "p_fwhere")
    assert {"clb", "hhtype", "parent_away", "parent_abroad"} <= set(study.unavailable)
    # Asked of children with a parent abroad: every answer of the file is kept, as nobody can be said to be at home.
    raw = twin[1]["children"].frame["k_freq"]
    answered = int(raw.between(1, 6).sum())
    kept = int(frames["children"]["k_freq"].notna().sum())
    assert answered - 3 <= kept <= answered
    assert kept > int(twin[2]["children"]["k_freq"].notna().sum())


def test_final_weights_count_as_given_where_a_step_of_their_chain_cannot_be_made(twin):
    study, frames = lacking(twin, "list_str")
    assert "weight_steps" in study.unavailable
    assert not study.unknown_sampling("caregivers")
    assert prepare.design("caregivers", frames, study) is None
    assert prepare.design("children", frames, study) is None
    assert frames["caregivers"]["w_hh"].equals(twin[2]["caregivers"]["w_hh"])


def test_without_weights_the_index_of_wealth_is_that_of_the_sample(twin):
    study, frames = lacking(twin, *FINAL_WEIGHTS)
    assert all(study.unknown_sampling(unit) for unit in ("caregivers", "children", "roster", "discipline"))
    assert "wealth" not in study.unavailable
    wealth = frames["caregivers"]["wealth"]
    assert abs(wealth.mean()) < 1e-12
    assert frames["roster"]["w_roster"].eq(1).all()
    homes = frames["discipline"]
    assert homes["w_disc"].equals(homes["n_0114"])


def test_without_the_discipline_questions_their_frame_is_empty(twin):
    study, frames = lacking(twin, "d_line")
    assert {"discipline", "viol", "flag_5"} <= set(study.unavailable)
    assert frames["discipline"].empty
    assert frames["children"]["age"].equals(twin[2]["children"]["age"])
    assert not {"viol", "phys", "severe"} & set(study.outcomes)


def test_a_table_of_derivations_with_an_unknown_name_is_a_fault(twin, tmp_path):
    (tmp_path / "derivations.csv").write_text("variable,needs\nwealth,as_car as_netz\n", encoding="utf-8")
    _, faults = read_derivations(tmp_path, twin[0].codebook)
    assert faults == [
        "derivations.csv: wealth rests on 'as_netz', which codebook.csv does not have. Did you mean 'as_net'?"
    ]
