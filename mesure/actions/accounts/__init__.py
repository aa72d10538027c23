"""Accounts: opening them, signing in by password, passkey, card or directory, and sessions."""
