"""Clocks: time zones, wall-clock times, public holidays, and hours in words."""
