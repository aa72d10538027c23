"""Devices: what the programme owns, who has which, phones with an app, and their first messages."""
