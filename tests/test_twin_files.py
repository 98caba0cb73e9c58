"""The twin as delivered: structure, margins, links, labels, faults, bytes."""

import hashlib
import json
import tomllib

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.studies.uzbekistan_2019.synthetic import (
    build_twin,
    clean_twin,
    make_settings,
    write_twin,
)
from migration_effects.studies.uzbekistan_2019.synthetic.build import FILE_NAMES, MARK
from migration_effects.studies.uzbekistan_2019.synthetic.files import UNITS, study_codebook
from migration_effects.studies.uzbekistan_2019.synthetic.sampling import luhn_digit
from migration_effects.studies.uzbekistan_2019.synthetic.settings import PARAMS, load_params
from migration_effects.studies.uzbekistan_2019.synthetic.variables import read_rules

# id: cases by file, as documented.
DIRT = {
    "D1": {"caregivers": 4, "children": 2},
    "D2": {"caregivers": 2, "children": 1},
    "D3": {"children": 10, "roster": 2, "migrants": 2, "sample": 2},
    "D4": {"caregivers": 10, "children": 8, "roster": 6},
    "D5": {"caregivers": 4, "children": 4},
    "D6": {"caregivers": 2, "children": 11},
    "D7": {"migrants": 3, "children": 1},
    "D8": {"caregivers": 6, "children": 6},
    "D9": {"migrants": 18},
    "D10": {"roster": 1, "migrants": 1},
    "D11": {"children": 1},
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    twin = write_twin(folder / "raw", truth=folder / "truth")
    return folder, twin


@pytest.fixture(scope="module")
def twin(written):
    return written[1]


@pytest.fixture(scope="module")
def margins():
    return pd.read_csv(PARAMS.parents[1] / "reference" / "margins.csv")


def test_size_of_the_survey(twin):
    assert [twin.raw[u].shape for u in ("caregivers", "children")] == [(1022, 85), (705, 67)]
    assert [len(twin.clean[u]) for u in ("caregivers", "children")] == [1016, 702]
    sample = twin.clean["sample"]
    assert sample["psu"].nunique() == 48
    assert sample.groupby(["region", "resid"])["psu"].nunique().tolist() == [4, 8, 7, 5, 4, 8, 4, 8]
    assert sum(frame.shape[1] for frame in twin.raw.values()) == 203


def test_expected_composition(twin):
    """Unweighted sizes near the means the design gives; the sample is one draw."""
    sample, roster = twin.clean["sample"], twin.clean["roster"]
    complete = sample[sample["result"] == 1]
    group = complete["list_str"].map({1: "left", 2: "left", 3: "other", 4: "other", 5: "none", 6: "none"})
    found = group.value_counts()
    assert found["left"] == pytest.approx(510, abs=25)
    assert found["other"] == pytest.approx(127, abs=20)
    assert found["none"] == pytest.approx(379, abs=25)
    assert len(sample) == pytest.approx(1150, abs=12)
    assert (complete["k_result"] > 0).sum() == pytest.approx(761, abs=12)
    assert complete["region"].value_counts().between(230, 275).all()
    assert len(roster) == pytest.approx(6000, rel=0.1)
    assert len(twin.clean["migrants"]) == pytest.approx(720, abs=40)
    assert twin.clean["caregivers"]["d_line"].notna().sum() == pytest.approx(932, abs=25)


def test_weights_meet_the_official_margins(twin, margins):
    sample = twin.clean["sample"].set_index("hh_id")
    names = {1: "Bukhara", 2: "Ferghana", 3: "Khorezm", 4: "Surkhandarya"}
    caregivers = twin.clean["caregivers"].join(sample[["region", "resid"]], on="hh_id")
    place = [caregivers["region"].map(names), caregivers["resid"].map({1: "urban", 2: "rural"})]
    families = caregivers.groupby(place)["w_hh"].sum()
    official = margins[margins["table"] == "families_with_children_by_residence"]
    for row in official.itertuples():
        assert families[row.region, row.residence] == pytest.approx(row.value, rel=1e-6)
    children = twin.clean["children"].join(sample[["region"]], on="hh_id")
    region = children["region"].map(names)
    band = pd.cut(children["k_age"], [10, 13, 15, 17], labels=["11-13", "14-15", "16-17"]).astype(str)
    by_age = children.groupby([region, band])["w_child"].sum()
    by_sex = children.groupby([region, children["k_sex"].map({1: "boy", 2: "girl"})])["w_child"].sum()
    for row in margins[margins["table"] == "children_by_age"].itertuples():
        if row.age in ("11-13", "14-15", "16-17"):
            assert by_age[row.region, row.age] == pytest.approx(float(row.value), rel=1e-6)
    for row in margins[margins["table"] == "children_by_sex"].itertuples():
        assert by_sex[row.region, row.sex] == pytest.approx(float(row.value), rel=1e-6)


def test_design_weights_are_inverse_selection_probabilities(twin):
    """Weighted listing totals come back to the frame: within sampling error of 48 PSUs."""
    sample = twin.clean["sample"]
    assert sample["w_base"].sum() == pytest.approx(1_521_353, rel=0.05)
    take = np.array(load_params()["sample"]["take"])[sample["list_str"].astype(int) - 1]
    selected = sample.groupby(["psu", "list_str"])["hh_id"].transform("size")
    assert (selected == np.minimum(take, sample["list_n"])).all()


def test_weight_variation(twin):
    w = twin.clean["caregivers"]["w_hh"]
    assert len(w) * (w**2).sum() / w.sum() ** 2 == pytest.approx(2.3, abs=0.35)
    left = twin.contexts["caregivers"]["left"].to_numpy() == 1
    assert left.sum() * (w[left] ** 2).sum() / w[left].sum() ** 2 == pytest.approx(1.5, abs=0.3)


def test_files_hold_exactly_the_codebook(twin):
    for unit in UNITS:
        assert list(twin.raw[unit]) == [v.name for v in study_codebook().of(unit)]
        study_codebook().check(twin.clean[unit], file=unit)


def test_clean_values_are_inside_their_ranges(twin):
    for unit in UNITS:
        for v in study_codebook().of(unit):
            if v.bounds:
                values = twin.clean[unit][v.name]
                valid = values[~values.isin(list(v.missing))].dropna()
                assert valid.between(*v.bounds).all(), v.name


def test_every_variable_is_generated_once():
    tabled = {name for table in read_rules().values() for name in table}
    names = [v.name for unit in UNITS for v in study_codebook().of(unit) if v.name != "hh_id"]
    assert len(names) == len(set(names))
    assert tabled <= set(names)


def test_identifiers(twin):
    for unit in UNITS:
        ids = twin.clean[unit]["hh_id"]
        assert ids.str.fullmatch(r"\d{8}").all()
        assert all(text[-1] == str(luhn_digit(text[:-1])) for text in ids.unique())
    assert all(twin.clean[u]["hh_id"].is_unique for u in ("sample", "caregivers", "children"))


def test_links_and_consistency(twin):
    clean = twin.clean
    people = clean["roster"].set_index(["hh_id", "p_line"])
    assert people.index.is_unique
    for unit, line in (
        ("caregivers", "c_line"),
        ("caregivers", "a_line"),
        ("caregivers", "d_line"),
        ("migrants", "m_line"),
        ("children", "k_line"),
    ):
        links = clean[unit][["hh_id", line]].dropna()
        assert pd.MultiIndex.from_frame(links).isin(people.index).all(), line
    child = people.loc[pd.MultiIndex.from_frame(clean["children"][["hh_id", "k_line"]])]
    assert (child["p_age"].to_numpy() == clean["children"]["k_age"]).all()
    assert (child["p_sex"].to_numpy() == clean["children"]["k_sex"]).all()
    carer = people.loc[pd.MultiIndex.from_frame(clean["caregivers"][["hh_id", "c_line"]])]
    assert (carer["p_where"] == 1).all()
    assert (carer["p_age"] >= 18).all()
    female = clean["caregivers"]["c_rel"].isin([1, 3]).to_numpy()
    assert (carer["p_sex"].to_numpy()[female] == 2).all()
    abroad = clean["roster"]["p_where"] == 3
    now = clean["migrants"]["m_status"] == 1
    assert abroad.sum() == now.sum()
    assert clean["roster"].groupby("hh_id")["p_line"].min().eq(1).all()
    assert clean["roster"].loc[clean["roster"]["p_line"] == 1, "p_rel"].eq(1).all()


def test_parents_are_older_than_their_children(twin):
    people = twin.contexts["roster"]
    oldest = people[people["role"] == "child"].groupby("hh")["p_age"].max()
    for parent in ("father", "mother"):
        age = people[people["role"] == parent].set_index("hh")["p_age"]
        # Recorded ages are heaped to multiples of five, by two years at most.
        assert (age - oldest.reindex(age.index)).min() >= 15


def test_nobody_answers_what_was_not_asked(twin):
    caregivers, roster = twin.clean["caregivers"], twin.clean["roster"]
    assert (
        caregivers.loc[caregivers["rem_any"] != 1, ["rem_freq", "rem_band", "use_food"]].isna().all(axis=None)
    )
    assert (
        caregivers.loc[caregivers["d_line"].isna(), [f"d_{x}" for x in "abcdefghijk"]].isna().all(axis=None)
    )
    assert roster.loc[roster["p_age"] > 17, ["p_mwhere", "p_attend", "p_health"]].isna().all(axis=None)
    assert roster.loc[roster["p_attend"] == 1, "p_noatt"].isna().all()


def test_discipline_items_agree_with_the_planted_indicators(twin):
    twin = build_twin(make_settings(item_missing=False, dirt=False))
    answers = twin.clean["caregivers"].dropna(subset=["d_line"])
    yes = answers[[f"d_{x}" for x in "abcdefghijk"]] == 1
    severe = yes[["d_i", "d_k"]].any(axis=1)
    physical = yes[["d_c", "d_f", "d_g", "d_i", "d_j", "d_k"]].any(axis=1)
    violent = physical | yes["d_d"] | yes["d_h"]
    outcome = twin.sample.units.outcomes["O14"].observed
    rows = {row: k for k, row in enumerate(twin.sample.units.rows["discipline"])}
    chosen = twin.sample.disciplined[twin.sample.complete]
    places = [rows[row] for row in chosen[chosen >= 0]]
    for name, found in (("severe", severe), ("physical", physical), ("violent", violent)):
        assert (outcome[name][places] == found.to_numpy()).all()


def test_scores_in_the_files_are_the_planted_outcomes():
    twin = build_twin(make_settings(item_missing=False, dirt=False))
    rows = {row: k for k, row in enumerate(twin.sample.units.rows["adolescent"])}
    chosen = twin.sample.adolescent[twin.sample.adolescent >= 0]
    places = [rows[row] for row in chosen]
    children, outcomes = twin.clean["children"], twin.sample.units.outcomes
    emotional = children[[f"emo_{k}" for k in range(1, 6)]].sum(axis=1)
    assert (emotional == outcomes["O2"].measures["emotional"][1][places]).all()
    conduct = children[[f"cnd_{k}" for k in range(1, 5)]].sum(axis=1)
    assert (conduct == outcomes["O10"].measures["conduct"][1][places]).all()
    groups = (children[[f"fg_{k}" for k in range(1, 8)]] == 1).sum(axis=1)
    assert (groups == outcomes["O19"].measures["food_groups"][1][places]).all()
    assert ((children["k_trust"] == 9) == (outcomes["O21"].measures["nobody"][1][places] == 1)).all()
    insecure = (twin.clean["caregivers"][[f"fies_{k}" for k in range(1, 9)]] == 1).sum(axis=1) >= 4
    assert (insecure == outcomes["O3"].measures["food_insecurity"][1][twin.sample.complete]).all()


def test_item_missing_rates(twin):
    book, counts = study_codebook(), {"ordinary": [0, 0], "sensitive": [0, 0]}
    sensitive = set(load_params()["item_missing"]["sensitive_variables"])
    for unit in UNITS:
        for name in twin.clean[unit]:
            codes = list(book.variable(name, unit).missing)
            values = twin.clean[unit][name].dropna()
            if name in load_params()["item_missing"]["exempt"]:
                assert not values.isin(codes).any(), name
            elif codes and name not in ("rem_band", "att_comm"):
                kind = counts["sensitive" if name in sensitive else "ordinary"]
                kind[0] += values.isin(codes).sum()
                kind[1] += len(values)
    assert counts["ordinary"][0] / counts["ordinary"][1] == pytest.approx(0.016, abs=0.001)
    assert counts["sensitive"][0] / counts["sensitive"][1] == pytest.approx(0.045, abs=0.003)


def test_planted_faults(twin):
    log = twin.dirt_log
    found = log.groupby(["id", "file"]).size()
    assert {i: found[i].to_dict() for i in DIRT} == DIRT
    assert len(log) == sum(sum(cases.values()) for cases in DIRT.values())
    assert twin.raw["migrants"].shape[0] == twin.clean["migrants"].shape[0] + 3


def test_raw_and_clean_differ_only_where_the_log_says(twin):
    log = twin.dirt_log
    for unit, key in (("caregivers", "hh_id"), ("children", "hh_id"), ("sample", "hh_id")):
        raw, clean = twin.raw[unit].copy(), twin.clean[unit].set_index(key)
        repaired = log[(log["id"] == "D7") & (log["variable"] == "hh_id") & (log["file"] == unit)]
        raw[key] = raw[key].replace(dict(zip(repaired["raw"], repaired["clean"], strict=True)))
        raw = raw.drop_duplicates(key, keep="last").set_index(key)
        differs = raw.ne(clean) & ~(raw.isna() & clean.isna())
        found = {(differs.index[i], differs.columns[j]) for i, j in zip(*np.nonzero(differs), strict=True)}
        changed = log[(log["file"] == unit) & log["id"].isin(["D3", "D4", "D5", "D6", "D8"])]
        assert found == {
            (k.split(":")[0], v) for k, v in zip(changed["key"], changed["variable"], strict=True)
        }


def test_files_read_back(written):
    folder, twin = written
    for unit, name in FILE_NAMES.items():
        survey = me.read_survey(folder / "raw" / name)
        assert survey.file_label.startswith("SYNTHETIC DATA - Uzbekistan migration twin")
        assert len(survey.file_label.encode()) <= 64
        frame = twin.raw[unit]
        for column in frame:
            if column == "m_desttxt":
                # SPSS cuts blanks at the end of text; blank text is missing.
                assert survey.frame[column].fillna("").tolist() == frame[column].str.rstrip().tolist()
            elif column == "hh_id":
                assert survey.frame[column].tolist() == frame[column].tolist()
            else:
                np.testing.assert_array_equal(survey.frame[column], frame[column])
        declared = {v.name: set(v.missing) for v in survey.codebook}
        expected = {v.name: set(v.missing) for v in study_codebook().of(unit)}
        if unit == "migrants":
            expected["m_trips"] -= {97}  # planted
        assert declared == expected


def test_manifest(written):
    folder, twin = written
    manifest = tomllib.loads((folder / "raw" / "manifest.toml").read_text(encoding="utf-8"))
    assert manifest["notice"] == MARK
    for unit, name in FILE_NAMES.items():
        entry = manifest["files"][name]
        assert entry["sha256"] == hashlib.sha256((folder / "raw" / name).read_bytes()).hexdigest()
        assert (entry["rows"], entry["columns"]) == twin.raw[unit].shape


def test_two_builds_have_equal_bytes(written, tmp_path):
    folder, _ = written
    write_twin(tmp_path / "raw", truth=tmp_path / "truth")
    for part in ("raw", "truth"):
        names = sorted(p.name for p in (folder / part).iterdir())
        assert names == sorted(p.name for p in (tmp_path / part).iterdir())
        for name in names:
            assert (folder / part / name).read_bytes() == (tmp_path / part / name).read_bytes(), name


def test_truth_files(written):
    folder, twin = written
    truth = json.loads((folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert truth["notice"] == MARK
    assert truth["nulls"] == ["any_work", "ill", "mark", "vaccinated", "wants_higher"]
    units = pd.read_csv(folder / "truth" / "unit_truth.csv.gz", dtype={"hh_id": str})
    assert set(units["hh_id"]) == set(twin.clean["caregivers"]["hh_id"])
    left = units["type"].isin([1, 2, 3])
    assert (units["tau"].notna() == left).all()
    assert (units.loc[~left, "y0"] == units.loc[~left, "y1"]).all()
    emotional = units[units["measure"] == "emotional"]
    assert len(emotional) == 702
    weights = twin.clean["children"].set_index("hh_id")["w_child"].reindex(emotional["hh_id"]).to_numpy()
    gone = emotional["tau"].notna().to_numpy()
    att = np.average(emotional["tau"][gone], weights=weights[gone]) / 2.12
    assert truth["outcomes"]["emotional"]["sample"]["att"] == pytest.approx(att, abs=1e-5)
    assert truth["outcomes"]["emotional"]["population"]["att"] == 0.235


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_labels_in_every_language_fit_the_format(language, tmp_path):
    """Labels are never cut: the writer stops at the first byte too many."""
    twin = write_twin(tmp_path, label_lang=language, dirt=False)
    read = me.read_survey(tmp_path / "04_children.sav")
    book = study_codebook().of("children")
    assert [v.label["file"] for v in read.codebook] == [v.label[language] for v in book]
    np.testing.assert_array_equal(read.frame["emo_1"], twin.raw["children"]["emo_1"])


def test_clean_twin_is_the_layer_before_dirt(twin):
    for unit, frame in clean_twin().items():
        pd.testing.assert_frame_equal(frame, twin.clean[unit])


def test_a_new_variable_leaves_the_others_alone(monkeypatch, twin):
    """Streams are keyed by name: without one variable the rest stays as it was."""
    from migration_effects.studies.uzbekistan_2019.synthetic import variables

    rules = {file: dict(table) for file, table in read_rules().items()}
    del rules["caregivers"]["h_change"]
    monkeypatch.setattr(variables, "read_rules", lambda: rules)
    from migration_effects.studies.uzbekistan_2019.synthetic import files, sample

    settings = make_settings()
    contexts = files.build_contexts(sample.draw_sample(settings), settings)
    for name in ("h_dwell", "ac_km", "a_perf", "att_comm"):
        pd.testing.assert_series_equal(contexts["caregivers"][name], twin.contexts["caregivers"][name])


def test_knobs(twin):
    rural = build_twin(make_settings(rural_surkhandarya=0.8, dirt=False))
    sample = rural.clean["sample"]
    assert sample[(sample["region"] == 4) & (sample["resid"] == 2)]["psu"].nunique() == 10
    plain = build_twin(make_settings(dirt=False))
    for unit in UNITS:
        pd.testing.assert_frame_equal(plain.raw[unit], plain.clean[unit])
        pd.testing.assert_frame_equal(plain.clean[unit], twin.clean[unit])
    other = build_twin(make_settings(seed=5))
    assert len(other.clean["caregivers"]) == 1016
    assert not other.clean["caregivers"]["c_work"].equals(twin.clean["caregivers"]["c_work"])


def test_wrong_arguments_are_all_named():
    with pytest.raises(me.SpecificationError) as caught:
        make_settings(scale=0, psu_confounding=2, rural_surkhandarya=1.5, label_lang="fr")
    for word in ("scale", "psu_confounding", "rural_surkhandarya", "label_lang"):
        assert word in str(caught.value)


def test_correlated_mahalla_effects():
    from migration_effects.studies.uzbekistan_2019.synthetic.frame import build_frame

    for rho in (0.0, 0.6):
        frame = build_frame(make_settings(psu_confounding=rho))
        assert np.corrcoef(frame["u"], frame["v"])[0, 1] == pytest.approx(rho, abs=0.05)
        assert frame["v"].std() == pytest.approx(1, abs=0.05)
    totals = build_frame(make_settings()).groupby("region")["size"].sum()
    assert totals.tolist() == load_params()["regions"]["families"]
