"""Signing: the keys of the log and its witnesses, and signed notes."""
