"""How fast is the evaluator, beside what?

Whole replays, distances and chances, against other tools on the same fixes.
"""
