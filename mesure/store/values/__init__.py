"""The values that a store takes and gives, and their bounds; the same for every store.

Tables with their columns, records, register, what judging left, what is to be sent; instants in
microseconds; refusals and mismatches.
"""
