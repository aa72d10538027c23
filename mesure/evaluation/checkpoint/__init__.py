"""Checkpoints: from what state the evaluator goes on.

`settle` says what can no longer change, `recent` from which of two checkpoints to go on,
`skip_check` and `skip_batch` which fixes need no evaluation, `reevaluate` what an order that was
varied changes of the past, `codec` what a state is as bytes.
"""
