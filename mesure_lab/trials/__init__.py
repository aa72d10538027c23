"""What does one question show?

Zones, visits, a calibrated home, real beside simulated errors: each tried for its own table.
"""
