"""Substitutes for the world around the service: clock, chance, disk, network, mail, receivers."""
