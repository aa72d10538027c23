"""Refusals: why an action does not happen, as codes and sentences."""
