"""Every vector on this installation, and the page a statistician can file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from migration_effects.certification import (
    children,
    growth_and_food,
    households,
    laws,
    nist,
    privacy,
    questionnaires,
    survey,
)
from migration_effects.certification.environment import environment
from migration_effects.certification.vector import Outcome, Vector, tried

# In the order of the page.
GROUPS = {
    "NIST Statistical Reference Datasets": nist,
    "Survey estimates against R": survey,
    "Laws": laws,
    "Indicators: questionnaires": questionnaires,
    "Indicators: children": children,
    "Indicators: growth and food": growth_and_food,
    "Indicators: households": households,
    "Disclosure control": privacy,
}


@dataclass(frozen=True)
class Certificate:
    """What the vectors gave on an installation.

    Parameters
    ----------
    environment : mapping of str to str
        Versions and platform.
    groups : mapping of str to tuple of Outcome
        By heading.
    """

    environment: Mapping[str, str]
    groups: Mapping[str, tuple[Outcome, ...]]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All outcomes in order."""
        return tuple(outcome for group in self.groups.values() for outcome in group)

    @property
    def passed(self) -> bool:
        """Whether every vector passed."""
        return all(outcome.passed for outcome in self.outcomes)

    def to_text(self, ethics: Mapping[str, str] | None = None) -> str:
        """Return the page.

        Parameters
        ----------
        ethics : mapping of str to str, optional
            The ethics block of a study, repeated at the end; an empty text is "not declared".

        Returns
        -------
        str
        """
        lines = ["migration_effects: numerical certification", ""]
        lines += [f"{name:<18}{value}" for name, value in self.environment.items()]
        for heading, outcomes in self.groups.items():
            lines += ["", heading, *(_line(outcome) for outcome in outcomes)]
        failed = sum(not outcome.passed for outcome in self.outcomes)
        size = f"{len(self.outcomes)} vectors"
        lines += ["", f"{size}, all passed." if not failed else f"{size}, {failed} FAILED."]
        if ethics is not None:
            lines += ["", "Ethics block", *_ethics(ethics)]
        return "\n".join(lines) + "\n"

    def to_json(self, ethics: Mapping[str, str] | None = None) -> str:
        """Return the page for programs.

        Parameters
        ----------
        ethics : mapping of str to str, optional
            As in `to_text`.

        Returns
        -------
        str
            JSON with sorted keys; numbers that are not finite are null.
        """
        content: dict[str, Any] = {
            "environment": dict(self.environment),
            "passed": self.passed,
            "vectors": [
                {"group": heading, **_record(outcome)}
                for heading, outcomes in self.groups.items()
                for outcome in outcomes
            ],
        }
        if ethics is not None:
            content["ethics"] = {name: text or "not declared" for name, text in ethics.items()}
        return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def vectors() -> dict[str, tuple[Vector, ...]]:
    """Return every vector by heading.

    Returns
    -------
    dict of str to tuple of Vector

    Examples
    --------
    >>> [vector.id for vector in vectors()["Laws"]]
    ['L1', 'L2', 'L3', 'L4', 'L5', 'L6']
    """
    return {heading: tuple(module.vectors()) for heading, module in GROUPS.items()}


def certify() -> Certificate:
    """Run every vector on this installation.

    Returns
    -------
    Certificate
        A vector that cannot be calculated is a failed one, with the reason.

    Examples
    --------
    >>> certify().passed
    True
    """
    groups = {heading: tuple(tried(vector) for vector in group) for heading, group in vectors().items()}
    return Certificate(environment(), groups)


def _line(outcome: Outcome) -> str:
    """Return the line of a vector: verdict, id, title, accuracy and what is asked."""
    verdict = "PASS" if outcome.passed else "FAIL"
    return f"{verdict}  {outcome.vector.id:<16}{outcome.vector.title:<64}  {_accuracy(outcome)}".rstrip()


def _accuracy(outcome: Outcome) -> str:
    """Return the accuracy observed and the one asked for."""
    vector = outcome.vector
    if outcome.fault:
        return outcome.fault
    if not math.isfinite(outcome.error) and math.isinf(outcome.lre):
        return f"{_answers(outcome.found)}, expected {_answers(vector.expected)}"
    if vector.rule == "digits":
        return f"LRE {outcome.lre:.1f} (at least {vector.limit:g})"
    if vector.rule == "printed":
        return f"LRE {outcome.lre:.1f} (equal in the digits printed)"
    return "exact" if outcome.error == 0 else f"error {outcome.error:.1e} (at most {vector.limit:g})"


def _answers(answers: tuple[float | str, ...]) -> str:
    """Return answers as text."""
    return ", ".join(a if isinstance(a, str) else f"{a:.10g}" for a in answers)


def _ethics(ethics: Mapping[str, str]) -> list[str]:
    """Return the lines of the ethics block."""
    return [f"{name:<24}{text or 'not declared'}" for name, text in ethics.items()]


def _record(outcome: Outcome) -> dict[str, Any]:
    """Return a vector for programs."""
    vector = outcome.vector
    return {
        "id": vector.id,
        "title": vector.title,
        "source": vector.source,
        "rule": vector.rule,
        "limit": vector.limit,
        "expected": [_plain(a) for a in vector.expected],
        "found": [_plain(a) for a in outcome.found],
        "lre": _plain(outcome.lre),
        "error": _plain(outcome.error),
        "passed": outcome.passed,
        "fault": outcome.fault,
    }


def _plain(answer: float | str) -> float | str | None:
    """Return an answer that JSON can hold."""
    if isinstance(answer, str):
        return answer
    return float(answer) if math.isfinite(answer) else None
