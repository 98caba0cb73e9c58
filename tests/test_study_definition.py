"""study.toml: every fault at once, each with a next step."""

import pytest

import migration_effects as me
from migration_effects.study.definition import chapter_of
from migration_effects.study.locate import SHIPPED, shipped_studies
from migration_effects.study.parse import read_definition
from study_folder import TOML, write_study


def faults_of(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_definition(tmp_path)[1]


def test_the_small_study_has_no_fault(tmp_path):
    assert faults_of(tmp_path, TOML) == []


@pytest.mark.parametrize("study", shipped_studies())
def test_shipped_studies_declare_exhibits_in_three_languages(study):
    definition, faults = read_definition(SHIPPED / study)
    assert faults == []
    assert definition.id == study
    for exhibit in definition.exhibits:
        assert set(exhibit.title) >= {"en", "ru", "uz"}
        assert exhibit.chapter == chapter_of(exhibit.id)


def test_all_faults_come_at_once_with_the_nearest_name(tmp_path):
    text = TOML.replace("seed = 7", "sead = 7").replace('title.uz = "Namuna"', 'title.uz = ""')
    text = text.replace('direction = "harmful"', 'direction = "harmfull"').replace(
        "chapter = 1", "chapter = 2"
    )
    text += '[[exhibit]]\nid = "T1.1"\nchapter = 1\ntitle.en = "Again"\nbasis = "I"\ncalibration = "Z"\n'
    text += '[ethics]\nreviw_reference = ""\n[design.roster]\nweigths = "w"\n'
    found = faults_of(tmp_path, text)
    for part in (
        "unknown key 'sead'. Did you mean 'seed'?", "lacks seed", "title uz is empty",
        "'harmfull' must be one of harmful, beneficial, neutral. Did you mean 'harmful'?",
        "T1.1 has chapter 2, but its id belongs to chapter 1", "T1.1 is declared twice", "title lacks ru",
        "'Z' must be one of A, B, C", "unknown key 'reviw_reference'. Did you mean 'review_reference'?",
        "[design.roster] has the unknown key 'weigths'. Did you mean 'weights'?",
    ):  # fmt: skip
        assert any(part in fault for fault in found), part


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("seed = 1\nseed = 2\n", "not valid TOML"),
        ("seed = 012\n", "not valid TOML"),
        (b"\xef\xbb\xbfid = 'toy'\n", "byte-order mark"),
        ("title.ru = 'Пример'\n".encode("cp1251"), "not UTF-8"),
        ("id = " + "[" * 5000, "nests brackets too deeply"),
        ("", "empty"),
        ("id = 'a'\n" + "#" * 1_000_001, "at most 1,000,000"),
    ],
)
def test_damaged_files_are_named(tmp_path, text, part):
    assert part in " ".join(faults_of(tmp_path, text))


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("seed = nan", "finite number"),
        ("seed = 2019-06-20", "bare date"),
        ("seed = -1", "at least 0"),
        ("seed = true", "whole number"),
        ('seed = "seven"', "whole number"),
    ],
)
def test_wrong_values_are_named(tmp_path, line, part):
    assert part in " ".join(faults_of(tmp_path, TOML.replace("seed = 7", line)))


def test_hidden_characters_are_refused(tmp_path):
    assert "direction-changing" in " ".join(
        faults_of(tmp_path, TOML.replace("Sad children", "Sad \u202echildren"))
    )


def test_paths_stay_inside_the_project(tmp_path):
    text = TOML.replace('notebooks = "notebooks"', 'notebooks = "../elsewhere"')
    text = text.replace('children = "children.csv"', 'children = "/etc/children.csv"')
    found = " ".join(faults_of(tmp_path, text))
    assert "inside the project" in found
    assert "without a folder" in found


def test_names_are_compared_with_the_codebook(tmp_path, monkeypatch):
    folder = write_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    text = TOML.replace('core = ["sex", "age"]', 'core = ["sex", "agee"]').replace(
        "[outcomes.sad]", "[outcomes.sadd]"
    )
    (folder / "study.toml").write_text(
        text.replace('strata = "stratum"', 'strata = "strata"'), encoding="utf-8"
    )
    book = (folder / "codebook.csv").read_text(encoding="utf-8")
    (folder / "codebook.csv").write_text(
        book.replace("categorical,sex", "categorical,sexx"), encoding="utf-8"
    )
    with pytest.raises(me.StudyError) as caught:
        me.load_study(folder)
    assert "unknown set of values 'sexx'. Did you mean 'sex'?" in str(caught.value)
    (folder / "codebook.csv").write_text(book, encoding="utf-8")
    with pytest.raises(me.StudyError) as caught:
        me.load_study(folder)
    for name in ("'agee'", "'sadd'", "'strata'"):
        assert name in str(caught.value)
    assert "has 3 faults" in str(caught.value)
