"""Copies: backups, exports and bundles must say the same as what they were made of."""
