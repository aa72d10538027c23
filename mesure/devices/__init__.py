"""Which device, and who carried it when?

From the bytes that a device sends to values that are believed, or refused with a reason. `message`
reads and writes them: CBOR, batches of fixes, the envelope with its signature. `enrolment` says who
may sign, `counters` lets each message count once, `clocks` what is odd about a time, `assignment`
who carried a device when, `health` how it is, and `device_state` keeps what is known.
`message_verification` asks all of it in order.

Three things decide the shape. Compliance never hangs on a device, since devices are given to
somebody else; the assignment at `observed_us` says whose fix it is. A message that is refused is a
value with the reason, never dropped in silence, and no bytes raise. And whatever the bytes say is
only a claim until the signature is verified.
Protocol: docs/specs/device_protocol.md
Decision: docs/decisions/0009-compliance-belongs-to-an-assignment.md
Decision: docs/decisions/0026-device-protocol.md
"""
