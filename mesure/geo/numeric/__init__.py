"""Numeric kernels: elementary functions with equal bytes everywhere, and compiled loops."""
