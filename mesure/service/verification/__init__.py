"""Verification of an audit log, and of a store against it.

What is seen is said in sentences for somebody who need not know how it is built.
"""
