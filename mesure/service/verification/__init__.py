"""Verification of an audit log, and of a store against it.

Results are given in sentences for readers who need not know how it is built.
"""
