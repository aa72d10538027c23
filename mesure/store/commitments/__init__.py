"""Row commitments: each row that is evidence is bound to the audit log.

`row_digests` is the form, `verify_rows` the check.
"""
