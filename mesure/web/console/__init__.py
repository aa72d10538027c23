"""What does an officer see, and what do they decide?

Today's list, a possible breach with its evidence, a person's page, absences to answer, and who
covers for whom. The evidence always comes before the finding, and nothing is chosen in advance.

Every page asks actions for what it shows, so every look is in the audit log with its purpose and
the number of the case. This room imports neither the portal nor the API.
"""
