"""Encodings: the table of known damage, the detector, and the comparison key."""

import struct

import pandas as pd
import pytest

import migration_effects as me
from migration_effects.io.encodings import comparison_key, lost_letters, undo_cp1251, wrong_encoding

UZBEK = [
    "Уй хўжалиги", "Ёши", "Жинси", "Онаси қаерда", "Отаси қаерда", "Боғча", "Ҳамма вақт", "Йўқ", "Ғамгин",
]  # fmt: skip
CLEAN = [
    "Россия", "Санкт-Петербург", "Сургут", "Рязань", "Ростов", "Область", "Республика Корея", "Қозоғистон",
    "Oʻzbekiston", "oʻgʻil bola", "Farg‘ona", "taʼlim", "Île-de-France", "São Paulo", "Zürich", "Seoul",
    "Region", "Yes", "Don't know", "Other (specify)",
]  # fmt: skip
# Letters cp1251 has; қ, ғ and ҳ are already lost in such a file.
RUSSIAN = ["Вопрос", "Область", "Пол"]


@pytest.mark.parametrize("text", [*UZBEK, *CLEAN])
def test_single_texts_are_never_taken_for_misread_ones(text):
    assert undo_cp1251(text) is None


@pytest.mark.parametrize("text", UZBEK)
def test_utf8_read_as_cp1251_is_undone(text):
    misread = "".join("\x98" if b == 0x98 else bytes([b]).decode("cp1251") for b in text.encode())
    assert undo_cp1251(misread) == text


def test_detector_finds_the_four_confusions():
    assert "windows-1252" in wrong_encoding([t.encode("cp1251").decode("cp1252") for t in RUSSIAN])
    misread = [
        "".join("\x98" if b == 0x98 else bytes([b]).decode("cp1251") for b in t.encode()) for t in UZBEK
    ]
    assert "UTF-8 text was read as cp1251" in wrong_encoding(misread)
    assert "UTF-8 text was read as cp1251" in wrong_encoding([*CLEAN, *misread[:3]])
    assert "code page 866" in wrong_encoding([t.encode("cp1251").decode("cp866") for t in RUSSIAN])
    assert lost_letters(["Бо?ча", "Йў?", "What? No"]) == 1


def test_detector_is_quiet_on_clean_text_and_on_dirt_in_a_few_answers():
    assert wrong_encoding([*UZBEK, *CLEAN], CLEAN) == ""
    dirt = [t.encode().decode("cp1251") for t in ("Польша", "Литва")]
    assert wrong_encoding(CLEAN, [*UZBEK, *dirt]) == ""
    assert "read as cp1251" in wrong_encoding(CLEAN, dirt)
    assert wrong_encoding([]) == ""


def test_apostrophe_key():
    spellings = ["oʻgʻil", "o‘g‘il", "o’g’il", "o'g'il", "o`g`il", " O´G´IL "]
    assert {comparison_key(text) for text in spellings} == {"o'g'il"}


def cp1251_file(path, *, page, record):
    """An SPSS file whose bytes are cp1251, with a given code page and with or without encoding record."""
    places = ["@" * len(text) for text in RUSSIAN]
    variables = tuple(
        me.Variable(f"q{i}", "f", f"q{i}", "count", label={"en": f"{i}{place}"})
        for i, place in enumerate(places)
    )
    me.write_survey(pd.DataFrame({v.name: [1.0, 2.0] for v in variables}), path, me.Codebook(variables))
    content = path.read_bytes()
    for i, (text, place) in enumerate(zip(RUSSIAN, places, strict=True)):
        content = content.replace(f"{i}{place}".encode(), str(i).encode() + text.encode("cp1251"))
    info = content.find(struct.pack("<4i", 7, 3, 4, 8))
    content = content[: info + 16 + 28] + struct.pack("<i", page) + content[info + 16 + 32 :]
    if not record:
        at = content.find(struct.pack("<3i", 7, 20, 1))
        length = struct.unpack_from("<i", content, at + 12)[0]
        content = content[:at] + content[at + 16 + length :]
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("page", "record"), [(65001, True), (1252, False), (2, False), (866, False)], ids=lambda v: str(v)
)
def test_cp1251_files_that_do_not_say_so_stop_with_a_hint(tmp_path, page, record):
    path = tmp_path / "old.sav"
    cp1251_file(path, page=page, record=record)
    with pytest.raises(me.DataFileError) as caught:
        me.read_survey(path)
    assert caught.value.reason == "encoding"
    assert 'encoding="cp1251"' in str(caught.value)


def test_cp1251_files_are_read_where_declared_or_told(tmp_path):
    path = tmp_path / "old.sav"
    cp1251_file(path, page=1251, record=False)
    assert me.read_survey(path).codebook.label("q0") == "0Вопрос"
    cp1251_file(path, page=1252, record=False)
    assert me.read_survey(path, encoding="cp1251").codebook.label("q1") == "1Область"


def test_a_utf8_file_read_as_cp1251_stops(tmp_path):
    path = tmp_path / "new.sav"
    names = {f"q{i}": text for i, text in enumerate(UZBEK)}
    book = me.Codebook(tuple(me.Variable(n, "f", n, "count", label={"en": t}) for n, t in names.items()))
    me.write_survey(pd.DataFrame({v.name: [1.0] for v in book}), path, book)
    assert me.read_survey(path).codebook.label("q5") == "Боғча"
    with pytest.raises(me.DataFileError, match="UTF-8 text was read as cp1251"):
        me.read_survey(path, encoding="cp1251")


def test_lost_characters_warn(tmp_path):
    path = tmp_path / "lost.sav"
    me.write_survey(pd.DataFrame({"t": ["Бо?ча", "Мактаб"]}), path)
    with pytest.warns(me.MigrationEffectsWarning, match="question mark between letters"):
        me.read_survey(path)


def test_a_cp1251_csv_file_names_the_remedy(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("савол\nҳа\n".encode("cp1251", errors="replace"))
    with pytest.raises(me.DataFileError) as caught:
        me.read_survey(path)
    assert caught.value.reason == "encoding"
    assert list(me.read_survey(path, encoding="cp1251").frame) == ["савол"]
