"""What happens to a possible breach?

So far: it is raised, one incident for each episode, and explained from what is known, in four
languages: what was seen, what was not used, what else could explain it, what would change the
conclusion.

    raising ─→ incident ─→ explanation ─→ doubts, phrases, windows

Not built yet: the officer's review, the finding, the contest. A finding is made by a person.
Decision: docs/decisions/0005-a-finding-is-made-by-a-person.md
"""
