"""The command line: ``migration-effects report | data | check | certify | release | screening | verify``.

Exit codes: 0 done, 1 a fault of data, study or code, 2 wrong usage, 3 a raw file missing or damaged,
4 an output that would disclose.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Mapping, Sequence

from migration_effects import __version__
from migration_effects.errors import DataFileError, DisclosureError, MigrationEffectsError, StudyError

DEFAULT_STUDY = "uzbekistan_2019"
FAULT = 1
DATA_FAULT = 3
DISCLOSURE_FAULT = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process unless given.

    Returns
    -------
    int
        The exit code.

    Examples
    --------
    >>> main(["check", "nowhere"])
    1
    """
    arguments = command_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except MigrationEffectsError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return exit_code(error)
    except OSError as error:
        # Full disks and missing permissions are no faults of the program: one line, no traceback.
        sys.stderr.write(f"{type(error).__name__}: {error}{_place_hint()}\n")
        return FAULT


def exit_code(error: MigrationEffectsError) -> int:
    """Return the exit code of an error.

    Parameters
    ----------
    error : MigrationEffectsError
        What stopped the command.

    Returns
    -------
    int
        3 for data files, 4 for disclosure, 1 for everything else.

    Examples
    --------
    >>> exit_code(DataFileError("gone", reason="missing"))
    3
    """
    if isinstance(error, DataFileError):
        return DATA_FAULT
    return DISCLOSURE_FAULT if isinstance(error, DisclosureError) else FAULT


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands.

    Returns
    -------
    ArgumentParser
        Each command has its own help.

    Examples
    --------
    >>> command_parser().parse_args(["check", "mics6"]).study
    'mics6'
    """
    parser = argparse.ArgumentParser(
        prog="migration-effects",
        description="What parental labour migration does to children: data, checks, report.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    report = commands.add_parser("report", help="build the report of a study, as `make report` does")
    report.add_argument(
        "--study", default=DEFAULT_STUDY, metavar="ID", help="id or folder (default: %(default)s)"
    )
    report.add_argument(
        "--languages", type=_languages, default=["en"], metavar="LIST", help='such as "en ru" (default: en)'
    )
    report.add_argument("--data", metavar="FOLDER", help="folder of the raw files, read where they lie")
    report.set_defaults(run=_report)
    data = commands.add_parser("data", help="prepare the data of a study and show what cleaning found")
    data.add_argument(
        "--study", default=DEFAULT_STUDY, metavar="ID", help="id or folder (default: %(default)s)"
    )
    place = data.add_mutually_exclusive_group()
    place.add_argument(
        "--from", dest="source", metavar="FOLDER", help="copy the raw files from here, after checking"
    )
    place.add_argument("--data", metavar="FOLDER", help="folder of the raw files, read where they lie")
    data.set_defaults(run=_data)
    check = commands.add_parser("check", help="list every fault of a study folder")
    check.add_argument(
        "study", metavar="STUDY_OR_FOLDER", help="id of a shipped study, or a folder with study.toml"
    )
    check.add_argument("--data", metavar="FOLDER", help="also check the raw files in this folder")
    check.add_argument(
        "--mapping-template",
        action="store_true",
        help="instead print an empty mapping.csv, for files of other names, columns and codes",
    )
    check.set_defaults(run=_check)
    certify = commands.add_parser(
        "certify", help="run every calculation with a known answer on this installation"
    )
    certify.add_argument("--json", action="store_true", help="print JSON for programs instead of the page")
    certify.add_argument(
        "--study",
        default=DEFAULT_STUDY,
        metavar="ID",
        help="whose ethics block to repeat (default: %(default)s)",
    )
    certify.set_defaults(run=_certify)
    screening = commands.add_parser(
        "screening", help="write the local list of children for referral; it stays on this computer"
    )
    screening.add_argument(
        "--date", required=True, type=_date, metavar="YYYY-MM-DD", help="day of the screening"
    )
    screening.add_argument(
        "--study", default=DEFAULT_STUDY, metavar="ID", help="id or folder (default: %(default)s)"
    )
    screening.add_argument("--data", metavar="FOLDER", help="folder of the raw files, read where they lie")
    screening.add_argument(
        "--output", metavar="FILE", help="another place than data/local/referral_list.csv of the project"
    )
    screening.set_defaults(run=_screening)
    release = commands.add_parser(
        "release", help="write the public version of the report built, if every gate passes"
    )
    release.add_argument(
        "study",
        nargs="?",
        default=DEFAULT_STUDY,
        metavar="STUDY_OR_FOLDER",
        help="id of a shipped study, or a folder with study.toml (default: %(default)s)",
    )
    release.set_defaults(run=_release)
    verify = commands.add_parser(
        "verify", help="compare the exhibits built with the study's reference values"
    )
    verify.add_argument(
        "study", metavar="STUDY_OR_FOLDER", help="id of a shipped study, or a folder with study.toml"
    )
    verify.add_argument(
        "--write", action="store_true", help="make the exhibits built the reference values instead"
    )
    verify.set_defaults(run=_verify)
    return parser


def _languages(text: str) -> list[str]:
    """Return the languages of a list separated by blanks or commas."""
    from migration_effects.study.definition import LANGUAGES, OPTIONAL_LANGUAGES

    allowed = (*LANGUAGES, *OPTIONAL_LANGUAGES)
    chosen = text.replace(",", " ").split()
    unknown = [language for language in chosen if language not in allowed]
    if unknown or not chosen:
        what = f"unknown language {', '.join(unknown)}" if unknown else "no language given"
        raise argparse.ArgumentTypeError(f"{what}; allowed: {', '.join(allowed)}")
    return chosen


def _date(text: str) -> datetime.date:
    """Return a day written as year-month-day."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day written as 2026-03-31") from error


def _place_hint() -> str:
    """Return where files go outside a project, for errors of the operating system."""
    from migration_effects.study.locate import cache_folder, project_root

    if project_root() is not None:
        return ""
    return (
        f". Outside a project files are kept in {cache_folder()}: work in a folder that has data/raw/, or set "
        "XDG_CACHE_HOME to a folder that can be written."
    )


def _report(arguments: argparse.Namespace) -> int:
    """Build the report of a study."""
    from migration_effects.report.build import build_report

    build_report(arguments.study, arguments.languages, data=arguments.data)
    return 0


def _data(arguments: argparse.Namespace) -> int:
    """Prepare the data of a study and print the sample flow and the audit."""
    from migration_effects.study.load import load_study, read_study
    from migration_effects.study.locate import project_root, shown
    from migration_effects.study.receive import receive
    from migration_effects.study.summary import data_summary

    if arguments.source:
        definition, _ = read_study(arguments.study)
        receive(definition, arguments.source)
    study = load_study(arguments.study, data=arguments.data)
    sys.stdout.write(data_summary(study))
    root = project_root()
    if root is not None:
        from migration_effects.report.pages.write import write_pages

        written = write_pages(study, root)
        sys.stdout.write(f"Codebook and data quality: {shown(written[0].parent)}\n")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    """List the faults of a study folder."""
    from migration_effects.study.check import check_study, losses

    if arguments.mapping_template:
        return _mapping_template(arguments.study)
    faults = check_study(arguments.study, data=arguments.data)
    if not faults:
        sys.stdout.write(f"{arguments.study}: no faults.\n")
        sys.stdout.write(_losses(losses(arguments.study, data=arguments.data) if arguments.data else {}))
        return 0
    lines = "".join(f"  - {fault}\n" for fault in faults)
    sys.stderr.write(f"{arguments.study}: {len(faults)} fault{'s' if len(faults) > 1 else ''}:\n{lines}")
    return FAULT


def _losses(lost: Mapping[str, Sequence[str]]) -> str:
    """Return the lines on exhibits that raw files cannot fill."""
    if not lost:
        return ""
    lines = "".join(f"  - {exhibit}: {', '.join(names)}\n" for exhibit, names in lost.items())
    exhibits = f"{len(lost)} exhibit{'s' if len(lost) > 1 else ''}"
    return f"{exhibits} cannot be filled, for variables that are not available:\n{lines}"


def _mapping_template(study: str) -> int:
    """Print a mapping to be filled in."""
    from migration_effects.study.load import read_study
    from migration_effects.study.mapping_file import mapping_template

    definition, codebook = read_study(study)
    sys.stdout.write(mapping_template(codebook, definition.files))
    return 0


def _certify(arguments: argparse.Namespace) -> int:
    """Run the calculations with known answers and print how close this installation comes."""
    from migration_effects.certification import certify
    from migration_effects.study.load import read_study

    definition, _ = read_study(arguments.study)
    certificate = certify()
    page = certificate.to_json if arguments.json else certificate.to_text
    sys.stdout.write(page(definition.ethics))
    return 0 if certificate.passed else FAULT


def _screening(arguments: argparse.Namespace) -> int:
    """Write the local list for referral, and say what it is and when it has to go."""
    from migration_effects.study.load import load_study
    from migration_effects.study.locate import shown
    from migration_effects.study.referral import MEANING, REMINDER, SYNTHETIC_LINE, write_referral_list

    study = load_study(arguments.study, data=arguments.data)
    written = write_referral_list(study, date=arguments.date, output=arguments.output)
    contact = study.ethics.get("safeguarding_contact") or "not declared"
    lines = [SYNTHETIC_LINE.removeprefix("# ")] if study.synthetic else []
    lines += [f"{written.children} children: {shown(written.path)}, readable by its owner only.", MEANING]
    lines += [f"Safeguarding contact: {contact}.", REMINDER]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _release(arguments: argparse.Namespace) -> int:
    """Write the public version of the last report."""
    from migration_effects.report.release.build import release
    from migration_effects.study.locate import project_root, shown

    root = project_root()
    if root is None:
        raise StudyError(
            "There is no project here: a release is made in the folder that holds reports/. Go there and try again."
        )
    folder, made = release(arguments.study, root=root)
    figures = [reason for exhibit in made.exhibits.values() for reason in exhibit.hidden]
    hidden = sum(bool(reason) for reason in figures)
    sys.stdout.write(
        f"{arguments.study}: {len(made.exhibits)} exhibits, {hidden:,} of {len(figures):,} figures hidden; "
        f"{made.status} (content {made.content}).\nPublic version: {shown(folder)}; read DISCLOSURE.md there first.\n"
    )
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    """Compare the exhibits of the last build with the reference values, or write these anew."""
    from migration_effects.report.verification.verify import verify, write_reference
    from migration_effects.study.locate import shown

    if arguments.write:
        sys.stdout.write(f"Reference values: {shown(write_reference(arguments.study))}\n")
        return 0
    outcome = verify(arguments.study)
    size = f"{outcome.exhibits} exhibits, {outcome.figures} figures"
    if not outcome.differences:
        sys.stdout.write(f"{arguments.study}: {size}, all as the reference values.\n")
        return 0
    count = len(outcome.differences)
    lines = "".join(f"  - {difference}\n" for difference in outcome.differences)
    sys.stderr.write(
        f"{arguments.study}: {size}; {count} difference{'s' if count > 1 else ''}:\n{lines}"
        f"Where the change is meant: `migration-effects verify {arguments.study} --write`.\n"
    )
    return FAULT
