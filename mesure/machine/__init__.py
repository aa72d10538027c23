"""What does the machine lend us?

The clock, files, time zones, languages, signatures of libsodium, the log: whatever a computation
needs of the machine, each behind one small module. Nothing here knows of a service.

Only `clock` may ever ask what time it is.
"""
