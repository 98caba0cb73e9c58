"""What study.toml says about publishing: exhibits outside the rules for small numbers, and who reviewed what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

REVIEWERS = 2


@dataclass(frozen=True)
class Review:
    """A reviewer's signature under a release.

    Parameters
    ----------
    name : str
        Who read it.
    date : str
        ISO date.
    content : str
        Fingerprint of what was read, as DISCLOSURE.md prints it.
    """

    name: str
    date: str
    content: str


@dataclass(frozen=True)
class Publication:
    """The table ``[release]`` of study.toml.

    Parameters
    ----------
    overrides : mapping of str to str
        Exhibit and the reason why the rules for small numbers do not apply to it.
    reviews : tuple of Review
        Signatures; those under other content do not count.
    """

    overrides: Mapping[str, str] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()

    def signatures(self, content: str) -> tuple[Review, ...]:
        """Return the signatures under some content, one per reviewer.

        Parameters
        ----------
        content : str
            Fingerprint.

        Returns
        -------
        tuple of Review
            In the order of study.toml.

        Examples
        --------
        >>> first, second = Review("A", "2026-01-01", "12ab"), Review("B", "2026-01-02", "12ab")
        >>> len(Publication(reviews=(first, first, second)).signatures("12ab"))
        2
        """
        by_name: dict[str, Review] = {}
        for review in self.reviews:
            if review.content == content:
                by_name.setdefault(review.name, review)
        return tuple(by_name.values())
