"""Monitoring: the clock, the disk, the certificate, and whether work is done.

Readiness is measured by stored data.
"""
