"""Checkpoints: the state between two evaluations; going on from it, settling it, its bytes."""
