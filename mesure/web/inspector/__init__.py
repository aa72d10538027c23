"""What does somebody see who watches over the programme?

The statistics of a year or a quarter, who looked at what and why, and the audit log with its
proofs. Nothing is changed here. No page names an officer in a figure, and none ranks people.

    routes ─→ overview ─→ charts, group_words     statistics, drawn on the server
           ─→ export                              the same figures for other programs
           ─→ record                              what was done, found in the audit log
           ─→ log                                 checkpoints and proofs

This room imports none of console, portal and API.
"""
