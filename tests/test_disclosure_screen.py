"""The screen for personal data: must-hit and must-not lists, values, shapes."""

import pandas as pd
import pytest

import migration_effects as me
from migration_effects.disclosure.patterns import matching_kinds, personal_tokens

HIT = [
    "FIO", "ФИО респондента", "Telefon raqami", "telRaqam", "Manzili (koʻcha, uy)", "ЖШШИР", "gps_lat", "GPSLatitude",
    "respName", "child_name1", "Исми ва фамилияси", "Изоҳ", "Mahalla nomi", "E-mail", "HH_Address", "Кўча номи",
]  # fmt: skip
MISS = [
    "filename", "phonecalls_week", "username", "latent_class", "platform", "longterm_abroad", "telling_lies", "isms",
    "latrine", "longest_stay", "nameplate", "Relationship to head", "Tashkent city",
]  # fmt: skip
VALUES = {
    "+998 90 123 45 67": "phone",
    "998901234567": "phone",
    "(90) 123-45-67": "phone",
    "30101901234567": "personal number",
    "AA 1234567": "passport",
    "a.b@mail.uz": "e-mail",
    "41.3111, 69.2797": "coordinates",
}
HARMLESS = ["1016", "2019-06-20", "1 247 400", "33,254.1", "12345678901234567", "0.123456789", "20190620"]


@pytest.mark.parametrize("text", HIT)
def test_words_of_personal_data_are_found(text):
    assert personal_tokens(text)
    assert me.disclosure.screen(pd.DataFrame({text: [1.0]}))["rule"].tolist()[0] == "word"
    assert len(me.disclosure.screen(pd.DataFrame({"q": [1.0]}), {"q": [text]})) == 1


@pytest.mark.parametrize("text", MISS)
def test_other_words_are_not(text):
    assert personal_tokens(text) == []


@pytest.mark.parametrize(("text", "kind"), VALUES.items())
def test_values_of_personal_data_are_found(text, kind):
    assert kind in matching_kinds(text)
    found = me.disclosure.screen(pd.DataFrame({"q": [text, "no", "no", "no", "no"]}))
    assert kind in found["detail"].tolist()
    assert text not in found.to_csv()


@pytest.mark.parametrize("text", HARMLESS)
def test_other_values_are_not(text):
    assert matching_kinds(text) == []


def test_numeric_columns_are_screened_too():
    frame = pd.DataFrame(
        {"a": [30101901234567.0, 5.0], "b": [998901234567.0, 1.0], "w": [1.23456789012345, 2.5]}
    )
    found = me.disclosure.screen(frame)
    assert found[["column", "detail"]].to_numpy().tolist() == [["a", "personal number"], ["b", "phone"]]


def test_nine_digits_are_a_phone_only_where_most_values_have_them():
    phones = pd.DataFrame({"q": [901234567.0 + i for i in range(9)] + [1.0]})
    assert me.disclosure.screen(phones)["count"].tolist() == [9]
    few = pd.DataFrame({"q": [901234567.0, *range(9)]})
    assert me.disclosure.screen(few).empty


def test_coordinates_in_two_columns():
    places = pd.DataFrame(
        {"y": [41.3111, 39.6542, 40.1234], "x": [69.2797, 66.9597, 71.6789], "z": [41.0, 42.0, 43.0]}
    )
    found = me.disclosure.screen(places)
    assert found["column"].tolist() == ["y"]
    assert found["detail"].tolist() == ["coordinates, with x"]


def test_shape_of_names_and_free_text():
    names = pd.DataFrame(
        {"q": ["Karimova Nodira", "Aliyev Botir", "Saidov Anvar"], "sex": ["girl", "boy", "boy"]}
    )
    assert me.disclosure.screen(names)["column"].tolist() == ["q"]
    long = pd.DataFrame({"q": ["no"] * 9 + ["She told us that her uncle left"]})
    assert me.disclosure.screen(long)["detail"].tolist() == ["text over 20 characters"]
    assert me.disclosure.screen(pd.DataFrame({"q": [None, None]})).empty


def test_result_never_holds_a_value():
    frame = pd.DataFrame({"phone": ["+998 90 123 45 67"], "note": ["Karimova Nodira, 5-uy, 12-xonadon"]})
    text = me.disclosure.screen(frame).to_csv()
    assert "998" not in text
    assert "Karimova" not in text
