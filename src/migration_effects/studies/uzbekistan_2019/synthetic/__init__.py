"""The synthetic twin of the Uzbekistan study: SYNTHETIC DATA — not findings."""
