"""Devices: enrolment, assignment to a person, commands, and the cache of their keys."""
