"""Directives: the reference of some public names, of the results they return, and the commands with their options."""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import migration_effects
from migration_effects.cli import command_parser

PACKAGE = "migration_effects"


class PublicNames(SphinxDirective):
    """Write a table of names, then the full description of each.

    The content is one name a line as users write it after ``me.``: ``mean``, ``indicators.sdq``.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the table and the descriptions.

        Returns
        -------
        list of Node
        """
        names = [line.strip() for line in self.content if line.strip()]
        return self._described(names, [_entry(name, public_object(name)) for name in names])

    def _described(self, names: list[str], entries: list[list[str]]) -> list[nodes.Node]:
        """Return the table of names and their entries."""
        lines = [".. autosummary::", "   :nosignatures:", ""]
        lines += [f"   ~{PACKAGE}.{name}" for name in names]
        for entry in entries:
            lines += ["", *entry]
        node = nodes.section()
        node.document = self.state.document
        self.state.nested_parse(StringList(lines, source=self.get_location()), self.content_offset, node)
        return node.children


class Results(PublicNames):
    """Describe what public functions return: classes that users read but never make themselves.

    The content is one class a line with its module: ``estimation.crosstabs.Crosstab``.
    """

    def run(self) -> list[nodes.Node]:
        """Return the table and the descriptions.

        Returns
        -------
        list of Node
        """
        names = [line.strip() for line in self.content if line.strip()]
        parts = [name.rpartition(".") for name in names]
        found = [getattr(importlib.import_module(f"{PACKAGE}.{module}"), kind) for module, _, kind in parts]
        return self._described(names, [_entry(n, f) for n, f in zip(names, found, strict=True)])


class Commands(SphinxDirective):
    """Write each command with its options, as ``--help`` prints them."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each command.

        Returns
        -------
        list of Node
        """
        parser = command_parser()
        groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        found: list[nodes.Node] = []
        for name, command in groups[0].choices.items():
            section = nodes.section(ids=[f"command-{name}"])
            section += nodes.title(text=name)
            text = command.format_help()
            section += nodes.literal_block(text, text, language="text")
            found.append(section)
        return found


def public_object(name: str) -> Any:
    """Return what a name after ``me.`` stands for.

    Parameters
    ----------
    name : str
        Perhaps with the room: ``indicators.sdq``.

    Returns
    -------
    object
    """
    found: Any = migration_effects
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _entry(name: str, found: Any) -> list[str]:
    """Return the directive that describes an object under a name."""
    if not inspect.isclass(found):
        return [f".. autofunction:: {PACKAGE}.{name}"]
    inheritance = [] if found.__bases__ == (object,) else ["   :show-inheritance:"]
    if issubclass(found, Exception):
        return [f".. autoexception:: {PACKAGE}.{name}", *inheritance]
    return [f".. autoclass:: {PACKAGE}.{name}", "   :members:", *inheritance]


def without_private_fields(
    app: Sphinx, what: str, name: str, found: object, options: object, signature: str, annotation: str
) -> tuple[str, str] | None:
    """Leave the private fields of a dataclass out of its signature.

    Parameters
    ----------
    app, what, name, found, options, signature, annotation
        As Sphinx passes them.

    Returns
    -------
    tuple of str or None
        Signature and return annotation; None to leave them.
    """
    if not signature or what != "class":
        return None
    return re.sub(r", _\w+=<factory>", "", signature), annotation


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives.

    Parameters
    ----------
    app : Sphinx

    Returns
    -------
    dict
    """
    app.add_directive("public", PublicNames)
    app.add_directive("results", Results)
    app.add_directive("commands", Commands)
    app.connect("autodoc-process-signature", without_private_fields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
