"""Incidents: the officer's review, the person's contest, documents, and the statistics of both."""
