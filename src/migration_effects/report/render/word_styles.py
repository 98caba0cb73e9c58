"""The look of the DOCX: paragraph, character and table styles of its own, nothing formatted by hand."""

from __future__ import annotations

from dataclasses import dataclass

from docx.document import Document as Word
from docx.oxml import parse_xml

from migration_effects.report.render.word_xml import HAIR, MUTED, NAMESPACE, NAVY

FONT = "Calibri"
_BLUE, _INK, _WARNING = "0058AB", "1F2933", "8A2A00"
_TAGS = {"en": "en-GB", "ru": "ru-RU", "uz": "uz-Latn-UZ", "uz_Cyrl": "uz-Cyrl-UZ"}
_TOP = '<w:pBdr><w:top w:val="single" w:sz="11" w:space="4" w:color="0058AB"/></w:pBdr>'
_LEVEL = '<w:outlineLvl w:val="{}"/>'


@dataclass(frozen=True)
class _Look:
    """A paragraph style: type, colour, space before and after in points, and properties around the spacing."""

    name: str
    points: float
    colour: str
    before: float = 0
    after: float = 0
    run: str = ""
    first: str = ""  # what the schema wants before the spacing: keeping together, borders, tabs
    last: str = ""  # and after it: indents, outline level


def _tab(side: str, twips: int) -> str:
    """Return a tab stop."""
    return f'<w:tabs><w:tab w:val="{side}" w:pos="{twips}"/></w:tabs>'


def _indent(left: int, hanging: int) -> str:
    """Return an indent whose first line hangs."""
    return f'<w:ind w:left="{left}" w:hanging="{hanging}"/>'


_KEEP, _BOLD_RUN = "<w:keepNext/>", "<w:b/>"
_PARAGRAPHS = {
    "Title": _Look("Title", 30, NAVY, 150, 14, _BOLD_RUN),
    "Subtitle": _Look("Subtitle", 11, _BLUE, 0, 6, "<w:caps/>"),
    "Heading1": _Look(
        "heading 1", 19, NAVY, 0, 12, _BOLD_RUN, f"{_KEEP}<w:pageBreakBefore/>", _LEVEL.format(0)
    ),
    "Heading2": _Look("heading 2", 12, NAVY, 14, 4, _BOLD_RUN, _KEEP, _LEVEL.format(1)),
    "Caption": _Look("caption", 11, NAVY, 20, 2, _BOLD_RUN, _KEEP + _TOP, _LEVEL.format(1)),
    "TOCHeading": _Look("TOC Heading", 19, NAVY, 0, 12, _BOLD_RUN, "<w:pageBreakBefore/>"),
    "TOC1": _Look("toc 1", 10, NAVY, 8, 2, _BOLD_RUN),
    "TOC2": _Look("toc 2", 9.5, _INK, 0, 2, last=_indent(720, 480)),
    "ListBullet": _Look("List Bullet", 10, _INK, 0, 4, last=_indent(340, 227)),
    "ReportPopulation": _Look("Report population", 10, MUTED, 0, 4, first=_KEEP),
    "ReportMark": _Look("Report mark", 8, _WARNING, 0, 4, _BOLD_RUN, _KEEP),
    "ReportCoverMark": _Look("Report cover mark", 12, _WARNING, 0, 24, _BOLD_RUN),
    "ReportChart": _Look("Report chart", 10, _INK, first=_KEEP),
    "ReportNote": _Look("Report note", 8, MUTED, 2, 0),
    "ReportLastNote": _Look("Report last note", 8, MUTED, 2, 10),
    "ReportFact": _Look("Report fact", 10, _INK, 0, 3, first=_tab("left", 2835), last=_indent(2835, 2835)),
    "ReportRunning": _Look("Report running line", 8, MUTED, first=_tab("right", 9070)),
}
# Paragraphs in cells; the size of type follows the table.
_CELLS = {
    "ReportLabel": ("Report label", "left", ""),
    "ReportInside": ("Report label in a group", "left", '<w:ind w:left="160"/>'),
    "ReportGroup": ("Report group", "left", ""),
    "ReportStub": ("Report stub", "left", ""),
    "ReportFigure": ("Report figure", "right", ""),
    "ReportHead": ("Report head", "right", ""),
    "ReportUnit": ("Report unit", "right", ""),
    "ReportSpanner": ("Report spanner", "center", ""),
}
_BOLD = ("ReportGroup", "ReportStub", "ReportHead", "ReportSpanner")


def set_styles(word: Word, language: str) -> None:
    """Replace the styles of the default document by those of the report.

    Parameters
    ----------
    word : Document of python-docx
        A new document.
    language : str
        Of the text, for spelling and hyphenation.
    """
    root = word.styles.element
    keep = {"TableNormal", "NoList", "DefaultParagraphFont"}
    for style in list(root.style_lst):
        if style.styleId not in keep:
            root.remove(style)
    defaults = root.find(f"{{{root.nsmap['w']}}}docDefaults")
    if defaults is not None:
        root.remove(defaults)
    root.insert(0, parse_xml(_defaults(_TAGS[language])))
    for xml in [*_paragraph_styles(), *_character_styles(), *_table_styles()]:
        root.append(parse_xml(xml))


def _defaults(tag: str) -> str:
    """Return font, size and language of everything."""
    fonts = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}" w:eastAsia="{FONT}"/>'
    look = f'{fonts}<w:color w:val="{_INK}"/><w:sz w:val="20"/><w:szCs w:val="20"/><w:lang w:val="{tag}"/>'
    spacing = '<w:spacing w:before="0" w:after="120" w:line="264" w:lineRule="auto"/>'
    return (
        f"<w:docDefaults {NAMESPACE}><w:rPrDefault><w:rPr>{look}</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{spacing}</w:pPr></w:pPrDefault></w:docDefaults>"
    )


def _paragraph_styles() -> list[str]:
    """Return the paragraph styles, the ordinary one first."""
    styles = [
        f'<w:style {NAMESPACE} w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "<w:qFormat/></w:style>"
    ]
    for style, look in _PARAGRAPHS.items():
        spacing = f'<w:spacing w:before="{look.before * 20:g}" w:after="{look.after * 20:g}"/>'
        size = f'<w:sz w:val="{look.points * 2:g}"/><w:szCs w:val="{look.points * 2:g}"/>'
        styles.append(
            f'<w:style {NAMESPACE} w:type="paragraph" w:styleId="{style}"><w:name w:val="{look.name}"/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{look.first}{spacing}{look.last}</w:pPr>'
            f'<w:rPr>{look.run}<w:color w:val="{look.colour}"/>{size}</w:rPr></w:style>'
        )
    for style, (name, side, indent) in _CELLS.items():
        spacing = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
        colour = f'<w:color w:val="{MUTED}"/>' * (style == "ReportUnit")
        weight = "<w:b/>" * (style in _BOLD[:3])
        styles.append(
            f'<w:style {NAMESPACE} w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="Normal"/><w:pPr>{spacing}{indent}<w:jc w:val="{side}"/></w:pPr>'
            f"<w:rPr>{weight}{colour}</w:rPr></w:style>"
        )
    return styles


def _character_styles() -> list[str]:
    """Return the character styles."""
    looks = {
        "ReportNumber": ("Report number", f'<w:color w:val="{_BLUE}"/>'),
        "ReportUnder": ("Report interval", f'<w:color w:val="{MUTED}"/>'),
        "ReportTerm": ("Report term", f'<w:color w:val="{MUTED}"/>'),
        "ReportStatus": ("Report status", f'<w:b w:val="0"/><w:color w:val="{MUTED}"/><w:sz w:val="16"/>'),
        "Hyperlink": ("Hyperlink", '<w:u w:val="none"/>'),
        "ReportWarning": ("Report warning", f'<w:b/><w:color w:val="{_WARNING}"/>'),
    }
    return [
        f'<w:style {NAMESPACE} w:type="character" w:styleId="{style}"><w:name w:val="{name}"/><w:rPr>{look}</w:rPr>'
        "</w:style>"
        for style, (name, look) in looks.items()
    ]


def _table_styles() -> list[str]:
    """Return the table style: horizontal rules only."""

    def rule(side: str, colour: str, eighths: int) -> str:
        return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="0" w:color="{colour}"/>'

    borders = rule("top", NAVY, 6) + rule("bottom", NAVY, 6) + rule("insideH", HAIR, 4)
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 40), ("left", 80), ("bottom", 40), ("right", 80))
    )
    return [
        f'<w:style {NAMESPACE} w:type="table" w:customStyle="1" w:styleId="ReportTable">'
        '<w:name w:val="Report table"/><w:basedOn w:val="TableNormal"/>'
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        '<w:tblStylePr w:type="firstRow"><w:tcPr><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
    ]
