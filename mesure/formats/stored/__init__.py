"""Stored messages read again: fixes, device reports, and what is left after reduction."""
