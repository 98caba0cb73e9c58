"""Codebooks: every fault at once, labels by language, frames against definitions."""

import pandas as pd
import pytest

import migration_effects as me

HEADER = "name,file,source,kind,values,missing,asked_of,label_en,label_ru,label_uz,status"
VALUES = "set,code,label_en,label_ru,label_uz,status"
YN = "YN,1,yes,да,ha,draft\nYN,2,no,нет,yoʻq,draft"


def folder_with(tmp_path, codebook, values=YN, ranges=None, encoding="utf-8"):
    (tmp_path / "codebook.csv").write_text(f"{HEADER}\n{codebook}\n", encoding=encoding)
    (tmp_path / "values.csv").write_text(f"{VALUES}\n{values}\n", encoding="utf-8")
    if ranges is not None:
        (tmp_path / "ranges.csv").write_text(f"file,name,low,high\n{ranges}\n", encoding="utf-8")
    return tmp_path


def faults_of(folder):
    with pytest.raises(me.CodebookError) as caught:
        me.Codebook.read(folder)
    return str(caught.value)


def test_reads_labels_codes_missing_and_ranges(tmp_path):
    lines = (
        "car,hh,q1,yesno,YN,97=refused;98=dont_know,,Car,Машина,Avtomobil,reviewed\n"
        "age,hh,q2,count,,,car == 1,Age,Возраст,Yosh,draft"
    )
    book = me.Codebook.read(folder_with(tmp_path, lines, ranges="hh,age,0,95"))
    assert book["car"].missing == {97: "refused", 98: "dont_know"}
    assert book["car"].values[2.0]["ru"] == "нет"
    assert book["age"].bounds == (0, 95)
    assert book["age"].asked_of == "car == 1"
    assert book.label("car", "uz") == "Avtomobil"
    assert book.value_label("car", 1, "uz") == book.value_label("car", "yes", "uz") == "ha"


def test_labels_that_look_like_missing_values_and_codes_with_zeros_stay_text(tmp_path):
    values = YN + "\nkind,01,NA,нет данных,None,draft\nkind,2,null,null,null,draft"
    book = me.Codebook.read(folder_with(tmp_path, "k,hh,k,categorical,kind,,,NA,None,null,draft", values))
    assert book["k"].categories() == ["NA", "null"]
    assert book.label("k", "ru") == "None"


def test_every_fault_is_reported_at_once(tmp_path):
    lines = (
        "car,hh,q1,yesnoo,YN,97;98=dont_know,car ==,Car,,,reviewed\n"
        "car,hh,q1,categorical,YNN,,,,,,wrong\n"
        "age,hh,,count,,,,Age,,,draft\n"
        "d1,derived,x,count,,,,D,,,draft"
    )
    text = faults_of(
        folder_with(
            tmp_path, lines, YN + "\nYN,2,no,,,draft\nYN,3,no,,,draft", ranges="hh,agee,9,1\nhh,w,0,1"
        )
    )
    for part in (
        "unknown kind 'yesnoo'", "Did you mean 'yesno'", "not '97'", "is not an expression",
        "unknown set of values 'YNN'. Did you mean 'YN'", "label_en is empty", "status 'wrong'",
        "name 'car' of file 'hh' occurs 2 times", "source 'q1'", "a raw variable needs a source column",
        "code 2 occurs twice", "gives two codes the label 'no'", "low not above high",
        "w of hh is not in the codebook",
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda t: t.replace("label_ru", "label_rus"),
            "unknown column 'label_rus'. Did you mean 'label_ru'?",
        ),
        (lambda t: t.replace("kind,values", "kind,kind"), "column 'kind' occurs 2 times"),
        (lambda t: t + "x,hh,x,count,,,,X,,,draft,surplus\n", "12 cells where the header has 11"),
        (lambda t: t.replace("Age", "A\u202ege"), "bidirectional character"),
        (lambda t: t.replace("Age", '"A"ge"'), "not readable as CSV"),
    ],
)
def test_damaged_tables(tmp_path, change, expected):
    folder = folder_with(tmp_path, "age,hh,q2,count,,,,Age,Возраст,Yosh,draft")
    path = folder / "codebook.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert expected in faults_of(folder)


def test_cp1251_table_missing_file_and_byte_order_mark(tmp_path):
    line = "age,hh,q2,count,,,,Age,Возраст,Yosh,draft"
    assert "not UTF-8" in faults_of(folder_with(tmp_path, line, encoding="cp1251"))
    assert me.Codebook.read(folder_with(tmp_path, line, encoding="utf-8-sig"))["age"].kind == "count"
    (tmp_path / "values.csv").unlink()
    assert "values.csv: the file is missing" in faults_of(tmp_path)


def test_check_lists_columns_types_and_undeclared_codes(tmp_path):
    lines = (
        "hh_id,hh,hh_id,id,,,,Id,,,draft\ncar,hh,q1,yesno,YN,98=dont_know,,Car,,,draft\n"
        "age,hh,q2,count,,,,Age,,,draft"
    )
    book = me.Codebook.read(folder_with(tmp_path, lines))
    good = pd.DataFrame({"hh_id": ["1"], "q1": [98.0], "q2": [3.0]})
    book.check(good, file="hh")
    bad = pd.DataFrame({"hh_id": [1.5, 2.0, 3.0], "q1": [7.0, 7.0, -1.0], "Q2": [1.0, 2.0, 3.0]})
    with pytest.raises(me.CodebookError) as caught:
        book.check(bad, file="hh")
    text = str(caught.value)
    assert "q1 holds undeclared codes -1 (1), 7 (2) (value, count); declared: 1, 2, 98" in text
    assert "hh_id is an id, but 1 values are not whole numbers below 2^53" in text
    assert "column 'q2' (age) is missing" in text
    assert "column 'Q2' is not in the codebook" in text


def test_unknown_names_get_the_nearest(tmp_path):
    book = me.Codebook.read(folder_with(tmp_path, "age,hh,q2,count,,,,Age,,,draft"))
    with pytest.raises(me.CodebookError, match="Did you mean 'age'"):
        book["agee"]
    with pytest.raises(me.CodebookError, match="has no file 'hhh'"):
        book.of("hhh")
    with pytest.raises(me.CodebookError, match="No 'ru' label for variable age"):
        book.label("age", "ru")


def test_shipped_codebook_is_sound_and_fits_the_spss_limits():
    from pathlib import Path

    studies = Path(me.__file__).parent / "studies"
    book = me.Codebook.read(studies / "uzbekistan_2019")
    raw = [v for v in book if v.source]
    assert len(raw) == 203
    for v in raw:
        assert len(v.missing) <= 3, v.name
        for language in ("en", "ru", "uz"):
            assert len(v.label[language].encode()) <= 256, v.name
            assert all(len(labels[language].encode()) <= 120 for labels in v.values.values()), v.name
