"""Reading: nothing lost, nothing guessed, and no damaged file harms the calling process."""

import gzip
import json
import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import migration_effects as me
from migration_effects.io.guard import Job, Limits, parse_guarded
from migration_effects.io.header import check_sav

YN = {1: {"en": "yes", "ru": "да"}, 2: {"en": "no", "ru": "нет"}}
MISSING = {97: "refused", 98: "dont_know", 99: "no_answer"}
BOOK = me.Codebook(
    (
        me.Variable("hh_id", "hh", "hh_id", "id", label={"en": "Household"}),
        me.Variable("car", "hh", "car", "yesno", YN, MISSING, label={"en": "Car", "ru": "Машина"}),
        me.Variable("km", "hh", "km", "continuous", missing={997: "refused"}, label={"en": "Distance"}),
        me.Variable("w", "hh", "w", "weight", label={"en": "Weight"}),
        me.Variable("place", "hh", "place", "text", label={"en": "Place"}),
    )
)
FRAME = pd.DataFrame(
    {
        "hh_id": ["00123455", "10000001", "2"],
        "car": [1.0, 98.0, np.nan],
        "km": [1.5, 997.0, 0.3],
        "w": [1.23456789012345, 1e4, 3.0],
        "place": ["Oʻzbekiston қғҳ", None, "Seoul"],
    }
)
FORMATS = [".sav", ".zsav", ".dta", ".csv", ".csv.gz"]


@pytest.fixture
def sav(tmp_path):
    path = tmp_path / "hl.sav"
    me.write_survey(FRAME, path, BOOK, file_label="SYNTHETIC DATA")
    return path


def reason_of(path, **options):
    with pytest.raises(me.DataFileError) as caught:
        me.read_survey(path, **options)
    return caught.value.reason, str(caught.value)


@pytest.mark.parametrize("suffix", FORMATS)
def test_round_trip_keeps_every_value(tmp_path, suffix):
    path = tmp_path / f"hl{suffix}"
    me.write_survey(FRAME, path, BOOK)
    frame = me.read_survey(path).frame
    assert list(frame) == list(FRAME)
    for name in ("car", "km", "w"):
        np.testing.assert_array_equal(frame[name].to_numpy(), FRAME[name].to_numpy())
    assert frame["hh_id"].tolist() == ["00123455", "10000001", "2"]
    assert frame["place"].isna().tolist() == [False, True, False]
    assert frame["place"][0] == "Oʻzbekiston қғҳ"


def test_same_content_has_one_hash_in_every_format(tmp_path):
    hashes = set()
    for suffix in FORMATS:
        me.write_survey(FRAME, tmp_path / f"hl{suffix}", BOOK)
        hashes.add(me.read_survey(tmp_path / f"hl{suffix}").content_hash)
    assert len(hashes) == 1
    changed = FRAME.assign(car=[1.0, 97.0, np.nan])
    me.write_survey(changed, tmp_path / "other.sav", BOOK)
    assert me.read_survey(tmp_path / "other.sav").content_hash not in hashes


def test_equal_content_gives_equal_bytes_whatever_the_clock(tmp_path):
    for suffix in FORMATS:
        me.write_survey(FRAME, tmp_path / f"first{suffix}", BOOK)
    time.sleep(1.1)
    for suffix in FORMATS:
        me.write_survey(FRAME, tmp_path / f"second{suffix}", BOOK)
        assert (tmp_path / f"first{suffix}").read_bytes() == (tmp_path / f"second{suffix}").read_bytes(), (
            suffix
        )


def test_declared_missing_codes_are_kept_with_their_reasons(sav):
    survey = me.read_survey(sav)
    assert survey.frame["car"].tolist()[:2] == [1.0, 98.0]
    assert survey.codebook["car"].missing == MISSING
    assert survey.codebook["car"].values == {1: {"file": "yes"}, 2: {"file": "no"}}
    assert survey.codebook["km"].missing == {997: "refused"}
    assert survey.codebook["car"].kind == "categorical"
    assert survey.codebook.label("car", "ru") == "Car"
    assert survey.file_label == "SYNTHETIC DATA"
    assert survey.path_name == "hl.sav"


def test_a_declared_range_gives_the_codes_that_occur(tmp_path):
    import pyreadstat

    path = tmp_path / "range.sav"
    frame = pd.DataFrame({"q": [1.0, 95.0, 97.0, 2.0]})
    pyreadstat.write_sav(frame, str(path), missing_ranges={"q": [{"lo": 95, "hi": 99}]})
    assert me.read_survey(path).codebook["q"].missing == {95: "missing", 97: "refused"}


def test_categories_are_written_as_codes_and_labels_in_the_language_asked(tmp_path):
    frame = pd.DataFrame(
        {"car": pd.Categorical(["no", "yes", None], ["yes", "no"]), "b": [True, False, True]}
    )
    me.write_survey(frame, tmp_path / "a.sav", BOOK, language="en")
    back = me.read_survey(tmp_path / "a.sav")
    np.testing.assert_array_equal(back.frame["car"], [2, 1, np.nan])
    me.write_survey(FRAME[["car"]], tmp_path / "ru.sav", BOOK, language="ru")
    book = me.read_survey(tmp_path / "ru.sav").codebook
    assert book.label("car") == "Машина"
    assert book.value_label("car", 2) == "нет"


def test_analysis_frames_go_back_to_the_codes_of_the_codebook(tmp_path):
    me.write_survey(pd.DataFrame({"car": [1.0, 0.0, np.nan]}), tmp_path / "a.sav", BOOK)
    np.testing.assert_array_equal(me.read_survey(tmp_path / "a.sav").frame["car"], [1.0, 2.0, np.nan])


def test_labels_too_long_for_the_format_are_listed_not_cut(tmp_path):
    book = me.Codebook(
        (
            me.Variable("q", "f", "q", "categorical", {1: {"en": "ж" * 61}}, label={"en": "ж" * 129}),
            me.Variable(
                "r", "f", "r", "count", missing=dict.fromkeys((6, 7, 8, 9), "refused"), label={"en": "R"}
            ),
        )
    )
    with pytest.raises(me.CodebookError) as caught:
        me.write_survey(pd.DataFrame({"q": [1.0], "r": [2.0]}), tmp_path / "a.sav", book)
    text = str(caught.value)
    assert "label of q has 258 bytes, the format keeps 256" in text
    assert "label of q=1 has 122 bytes, the format keeps 120" in text
    assert "r declares 4 missing codes" in text
    assert not list(tmp_path.iterdir())


def test_writing_refuses_what_it_cannot_hold(tmp_path):
    with pytest.raises(me.DataFileError, match="no known suffix"):
        me.write_survey(FRAME, tmp_path / "a.xls")
    with pytest.raises(me.DataFileError, match="does not exist"):
        me.write_survey(FRAME, tmp_path / "none" / "a.sav")
    with pytest.raises(me.CodebookError, match="when"):
        me.write_survey(pd.DataFrame({"when": pd.to_datetime(["2019-01-01"])}), tmp_path / "a.sav")
    with pytest.raises(me.CodebookError, match="writes a DataFrame; got Series"):
        me.write_survey(FRAME.iloc[:, 0], tmp_path / "a.sav")
    for suffix in (".sav", ".zsav", ".dta"):
        with pytest.raises(me.CodebookError, match=f"\\{suffix} cannot hold this frame.*my age.*Rename"):
            me.write_survey(pd.DataFrame({"my age": [12.0]}), tmp_path / f"a{suffix}")
    assert not list(tmp_path.iterdir())


def test_parquet_without_its_engine_names_the_remedy(tmp_path, monkeypatch):
    def absent(*args, **options):
        raise ImportError("no engine")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", absent)
    with pytest.raises(me.DataFileError, match="Install pyarrow"):
        me.write_survey(FRAME, tmp_path / "a.parquet")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_csv_with_another_separator_is_not_one_column(tmp_path, separator):
    path = tmp_path / "a.csv"
    path.write_text(separator.join("ab") + "\n" + separator.join("12") + "\n", encoding="utf-8")
    with pytest.raises(me.DataFileError, match="cells are separated by"):
        me.read_survey(path)


# --- damaged files -------------------------------------------------------------------------------------------


def crasher(path):
    """A value-label record applied to a string variable: the parser dereferences NULL."""
    import pyreadstat

    frame = pd.DataFrame({"s": ["\xffabc"], "q": [1.0]})
    pyreadstat.write_sav(frame, str(path), variable_value_labels={"q": {1.0: "yes", 98.0: "?"}})
    content = bytearray(path.read_bytes())
    at = content.find(struct.pack("<3i", 4, 1, 2))
    assert at > 0
    content[at : at + 12] = struct.pack("<3i", 4, 1, 1)
    start = content.find("\xffabc".encode())
    content[start : start + 2] = b"\xff\xfe"
    path.write_bytes(content)


def test_a_crashing_file_is_an_error_and_the_caller_lives(tmp_path):
    path = tmp_path / "crash.sav"
    crasher(path)
    reason, text = reason_of(path)
    assert reason == "corrupt"
    assert "crash.sav" in text
    assert me.__version__


def test_mutants_never_kill_the_caller(sav):
    """Thirty seeded mutants: one changed byte is the usual damage, truncation the next."""
    content = sav.read_bytes()
    generator = random.Random(20190620)
    seen = set()
    path = sav.with_name("mutant.sav")
    for _ in range(30):
        mutant = bytearray(content)
        for _ in range(generator.choice((1, 1, 2, 8))):
            mutant[generator.randrange(len(mutant))] = generator.randrange(256)
        if generator.random() < 0.15:
            mutant = mutant[: generator.randrange(len(mutant))]
        path.write_bytes(mutant)
        try:
            me.read_survey(path)
            seen.add("read")
        except me.DataFileError as error:
            seen.add(error.reason)
    assert "read" in seen
    assert "corrupt" in seen
    assert seen <= {"read", "corrupt", "too_large", "timeout", "encoding", "format"}


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda c: b"", "format"),
        (lambda c: c[:100], "format"),
        (lambda c: c[: len(c) // 2], "corrupt"),
        (lambda c: b"name;age\n" * 40, "format"),
        (lambda c: c[:64] + struct.pack("<i", 9) + c[68:], "corrupt"),
        (lambda c: c[:68] + struct.pack("<i", 0) + c[72:], "corrupt"),
        (lambda c: c[:80] + struct.pack("<i", 10**8) + c[84:], "corrupt"),
        (lambda c: c[:84] + struct.pack("<d", 101.0) + c[92:], "corrupt"),
    ],
)
def test_impossible_headers_are_refused(sav, damage, reason):
    sav.write_bytes(damage(sav.read_bytes()))
    found, text = reason_of(sav)
    assert found == reason
    assert "hl.sav" in text


def test_big_endian_headers_are_understood():
    head = bytearray(176)
    head[:4] = b"$FL2"
    struct.pack_into(">6i", head, 64, 2, 3, 0, 0, 10, 0)
    struct.pack_into(">d", head, 84, 100.0)
    header = check_sav(bytes(head), 1000, "big.sav")
    assert (header.byte_order, header.case_size, header.cases) == (">", 3, 10)


def test_unknown_suffix_absent_file_and_foreign_stata(tmp_path):
    assert reason_of(tmp_path / "none.sav")[0] == "missing"
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    assert reason_of(tmp_path / "a.xlsx")[0] == "format"
    (tmp_path / "a.dta").write_bytes(b"nothing of the kind" * 10)
    assert reason_of(tmp_path / "a.dta")[0] == "format"


def test_memory_and_time_limits(sav):
    with pytest.raises(me.DataFileError) as caught:
        parse_guarded([Job(sav, "0" * 64)], Limits(memory=2**26))
    assert caught.value.reason in {"too_large", "corrupt"}
    with pytest.raises(me.DataFileError, match=r"took more than 0\.01 s") as caught:
        parse_guarded([Job(sav, "0" * 64)], Limits(memory=2**31, wall_seconds=0.01))
    assert caught.value.reason == "timeout"


def test_names_that_differ_in_case_only_are_refused(tmp_path):
    path = tmp_path / "twice.sav"
    me.write_survey(pd.DataFrame({"abc": [1.0], "abd": [2.0]}), path)
    path.write_bytes(path.read_bytes().replace(b"ABD", b"ABC").replace(b"abd", b"abc"))
    assert reason_of(path)[0] == "corrupt"


def test_the_parser_is_never_loaded_by_the_caller_and_the_worker_has_no_pandas(sav):
    script = (
        "import sys, migration_effects as me; me.read_survey(sys.argv[1]); print('pyreadstat' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(sav)], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
    worker = Path(me.__file__).parent / "io" / "worker.py"
    script = (
        "import sys, runpy, atexit; atexit.register(lambda: print('pandas' in sys.modules));"
        "worker = sys.argv.pop(1); runpy.run_path(worker, run_name='__main__')"
    )
    arguments = [str(worker), str(2**31), "60", str(sav), str(sav.parent), "-"]
    ran = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == "False"
    assert json.loads((sav.parent / "meta.json").read_text())["rows"] == 3


def test_several_files_are_read_in_order(tmp_path):
    for name in "abc":
        me.write_survey(pd.DataFrame({name: [1.0]}), tmp_path / f"{name}.sav")
    assert [s.path_name for s in me.read_surveys([tmp_path / f"{n}.sav" for n in "cab"])] == [
        "c.sav", "a.sav", "b.sav",
    ]  # fmt: skip


def test_of_several_files_the_damaged_one_is_named(tmp_path, sav):
    crasher(tmp_path / "crash.sav")
    with pytest.raises(me.DataFileError, match=r"crashed \(SIGSEGV\) on crash\.sav"):
        me.read_surveys([sav, tmp_path / "crash.sav", sav])


def test_stata_letter_codes_are_counted(tmp_path):
    import pyreadstat

    path = tmp_path / "a.dta"
    pyreadstat.write_dta(
        pd.DataFrame({"q": [1, "a", "a", "b"]}), str(path), missing_user_values={"q": ["a", "b"]}
    )
    survey = me.read_survey(path)
    assert survey.frame["q"].isna().tolist() == [False, True, True, True]
    assert [note.split(" (")[0] for note in survey.notes] == ["q: 2 × .a", "q: 1 × .b"]


# --- CSV -----------------------------------------------------------------------------------------------------


def csv(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_csv_types(tmp_path):
    text = "id,zip,big,x,who\n1,01,9007199254740993,1.5,NA\n2,02,9007199254740992,NA,Ann\n3,03,1,,\n"
    survey = me.read_survey(csv(tmp_path, text))
    frame = survey.frame
    assert frame["id"].tolist() == [1.0, 2.0, 3.0]
    assert frame["zip"].tolist() == ["01", "02", "03"]
    assert frame["big"].tolist()[0] == "9007199254740993"
    assert frame["x"].isna().tolist() == [False, True, True]
    assert frame["who"].tolist()[:2] == ["NA", "Ann"]
    assert survey.notes == ("x: 1 × NA read as missing",)


@pytest.mark.parametrize(
    "text", ["a,b\n1,2,3\n", "a,b\n1\n", "a,A\n1,2\n", "a,a\n1,2\n", "", 'a,b\n"1,2\n'], ids=repr
)
def test_damaged_csv(tmp_path, text):
    assert reason_of(csv(tmp_path, text))[0] == "corrupt"


def test_damaged_gzip(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-20])
    assert reason_of(path)[0] == "corrupt"


def test_numbers_beyond_2_to_53_are_noted(tmp_path):
    path = tmp_path / "a.sav"
    me.write_survey(pd.DataFrame({"id": [2.0**53 + 2]}), path)
    assert "have lost digits" in me.read_survey(path).notes[0]
