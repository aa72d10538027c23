"""Where was it, and how sure can one be?

Columns of fixes against boundaries. No order, no person and no decision is known here: only where a
device says it was, how far that is from a boundary, and how well either side explains it.

    fixes ─┐
    zones ─┴─→ boxes ─→ nearest_point ─→ distance   metres to the boundary, negative inside
    error_model   how much worse a place that far away explains a fix, with heavy tails

Everything judged is the same to the last bit on every machine: `numeric` has its own exp and log,
and compiles the same operations in the same order where numba is installed.
Decision: docs/decisions/0003-the-core-is-pure.md
"""
