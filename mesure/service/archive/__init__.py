"""Archive of trails: a sealed copy of what was received, as files by partition and day of receipt.

It is there to be read in bulk: judging a whole country again reads it, and not the database.
Nothing is in it that is not in the store, so data erased there is erased here, too.

Decision: docs/decisions/0061-a-country-is-judged-again-from-files.md
"""
