"""Faults on purpose: kills, full disks, restarts and jumps of the clock under load.

`python -m tools.faults --kills 100`, or `make faults KILLS=100`. A town reports to the real service
while its processes are killed. Afterwards every message that a device was told is kept must be kept
once, with the bytes that were sent, and everybody's assessments must be those of a clean replay.
"""
