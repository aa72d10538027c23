"""Row commitments: each row that is evidence is bound to the audit log.

`row_digests` is the form, `row_commitments` the entries of the log, `change_marks` the notes of a
change.
"""
