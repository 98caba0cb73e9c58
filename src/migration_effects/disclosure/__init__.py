"""Keeping people unrecognisable: the screen for personal data."""

from migration_effects.disclosure.screen import screen

__all__ = ["screen"]
