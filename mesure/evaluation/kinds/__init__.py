"""Kinds of conditions, one file each: curfew, residence, exclusion, appointment."""
