"""Mutations: deliberate faults of the product, each of which a named test must notice.

A table that says "met, shown by this test" is worth what the test can notice. For each such row of
`docs/requirements.md`, `docs/law.md` and `docs/threat_model.md` the catalogues here spoil one place
of the product; the run passes only if the test that the row names then fails.
"""
