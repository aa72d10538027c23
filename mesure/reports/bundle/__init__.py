"""The evidence bundle: its manifest, and its paper."""
