"""Which device, and who carried it when?

Nothing is built here yet. `replay` reads files that no device signed, and says so of every
assessment (`unsigned`).

What will stand here: enrolment (the device's public key), assignment (this device, this person,
from, until), signed messages and their counters, the health of a device (battery, strap, silence).

Two things that decide the shape. Compliance never hangs on a device, since devices are given to
somebody else; the assignment at `observed_at` says whose fix it is. A message that is refused is
recorded with the reason, never dropped in silence.
Decision: docs/decisions/0009-compliance-hangs-on-assignment.md
"""
