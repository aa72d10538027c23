"""Maintenance of an installation: backup, restore, erasure, upgrade, judging again.

Each is a command, and some are done daily by the service.
"""
