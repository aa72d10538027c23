"""Bundles: what an evidence bundle of an incident is collected from."""
