"""Row commitments: each row that is evidence is bound to the audit log.

`row_digests` is the form, `row_commitments` what the log has of it, `change_marks` what a change
notes.
"""
