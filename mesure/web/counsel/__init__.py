"""What does counsel see whom a person invited?

The order, each possible breach with the same evidence as the service has, the documents, and the
evidence bundle as one file. Nothing can be changed here, and when the invitation is over nothing
opens any more. This room imports none of console, portal and API.
"""
