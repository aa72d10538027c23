"""What does counsel see whom a person invited?

The order, each possible breach with the same evidence as the service has, what was written, and
the evidence bundle as one file. Nothing can be changed here, and when the invitation is over
nothing opens any more. Console, portal and API are never met here.
"""
