"""A small study written into a folder, for the tests of loader and command line."""

from pathlib import Path

TOML = """\
id = "toy"
title.en = "Toy"
title.ru = "Пример"
title.uz = "Namuna"
seed = 7
notebooks = "notebooks"
[files]
children = "children.csv"
[counts]
children = 8
[design.children]
weights = "w"
psu = "psu"
strata = "stratum"
[covariates]
core = ["sex", "age"]
[outcomes.sad]
frame = "children"
label.en = "Sad"
label.ru = "Грусть"
label.uz = "Gʻamgin"
unit = "percentage points"
direction = "harmful"
family = "emotional"
domain = "children"
[[exhibit]]
id = "T1.1"
chapter = 1
title.en = "Sad children"
title.ru = "Грустные дети"
title.uz = "Gʻamgin bolalar"
basis = "I"
"""
CODEBOOK = """\
name,file,source,kind,values,missing,asked_of,label_en,label_ru,label_uz,status
hh_id,children,hh_id,id,,,,Id,Номер,Raqam,draft
stratum,children,stratum,count,,,,Stratum,Страта,Qatlam,draft
psu,children,psu,count,,,,PSU,ПЕО,PSU,draft
w,children,w,weight,,,,Weight,Вес,Vazn,draft
sex,children,sex,categorical,sex,,,Sex,Пол,Jinsi,draft
age,children,age,count,,98=dont_know,,Age,Возраст,Yoshi,draft
sad,children,sad,yesno,YN,,,Sad,Грусть,Gʻamgin,draft
"""
VALUES = """\
set,code,label_en,label_ru,label_uz,status
sex,1,boy,мальчик,oʻgʻil bola,draft
sex,2,girl,девочка,qiz bola,draft
YN,1,yes,да,ha,draft
YN,2,no,нет,yoʻq,draft
"""
PREPARE = """\
import pandas as pd
import migration_effects as me


def prepare(files, study):
    raw = files["children"].frame
    study.codebook.check(raw, file="children")
    frame = raw.copy()
    frame["sex"] = raw["sex"].map({1: "boy", 2: "girl"}).astype(pd.CategoricalDtype(["boy", "girl"], ordered=True))
    frame["age"] = raw["age"].where(raw["age"] != 98)
    frame["sad"] = raw["sad"].map({1: 1.0, 2: 0.0})
    audit = pd.DataFrame([("missing", "children", "age", 1, "missing", "dont_know")],
                         columns=["check", "file", "variable", "count", "action", "detail"])
    flow = pd.DataFrame([("children", "in the file", len(raw), 0)], columns=["unit", "criterion", "kept", "dropped"])
    return me.Prepared({"children": frame}, audit, flow)
"""
DATA = """\
hh_id,stratum,psu,w,sex,age,sad
a1,1,1,1.1,1,11,1
a2,1,1,0.30000000000000004,2,12,2
a3,1,2,2.5,1,98,1
a4,1,2,1.0,2,13,2
b1,2,3,1.0,1,14,1
b2,2,3,1.5,2,15,2
b3,2,4,1.0,1,16,2
b4,2,4,2.0,2,17,1
"""
NOTEBOOK = """\
{"cells": [{"cell_type": "code", "execution_count": null, "id": "c1", "metadata": {}, "outputs": [],
 "source": ["report.table('T1.1', spec)"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
"""


def write_study(project: Path) -> Path:
    """Write a project with raw data, a notebook and the toy study; return the study folder."""
    folder = project / "toy"
    for part in (folder, project / "data" / "raw" / "toy", project / "notebooks"):
        part.mkdir(parents=True)
    for name, text in (("study.toml", TOML), ("codebook.csv", CODEBOOK), ("values.csv", VALUES)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "prepare.py").write_text(PREPARE, encoding="utf-8")
    (project / "data" / "raw" / "toy" / "children.csv").write_text(DATA, encoding="utf-8")
    (project / "notebooks" / "01_sad.ipynb").write_text(NOTEBOOK, encoding="utf-8")
    return folder
