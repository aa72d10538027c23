"""Text of reports: what comes from outside made safe, and times by the clock on the wall."""
