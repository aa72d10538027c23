"""Who may change or look at what?

`framework.action` is the frame: an action is one transaction; it asks whether this officer or
person may do this for this purpose, does it, and enters it in the audit log, the attempt too when
it was refused. `registry` has every action; docs/who_may_do_what.md is made from it.

    refusals ─→ records, limits ─→ framework, documents ─→ orders, notifications, devices, accounts
    ─→ judging, trails ─→ incidents, receiving, data_rights, bundles, cases ─→ desk, oversight

`records.record_types` turns rows of the store into values. `web` and `ingest` reach the store in no
other way. `incidents.incident_review` alone makes a finding, and only because a person decided.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
Decision: docs/decisions/0031-actions-looks-and-grounds.md
"""
