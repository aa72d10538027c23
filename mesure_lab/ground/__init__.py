"""Where do simulated people live, and what do they do?

An invented town, the places and the order of each person, and their days as true ways in time.
"""
