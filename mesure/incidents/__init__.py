"""What happens to a possible breach?

It is raised, one incident for each episode, and keeps its identity whatever comes late. An officer
reviews it and a person decides; the supervised person contests it and is answered in due time.

    raising ─→ incident ─→ incident_identity    one incident for each episode, never gone
    finding, review, contest                    the steps that people take
    device_problems                               what a device says of itself
    words                                       explanation, doubts, windows, in four languages

`review` is the only module in which a finding is made, and only an action of a person calls it.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""
