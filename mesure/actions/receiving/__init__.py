"""Receiving: messages of devices and apps, verified, sealed and kept in one transaction."""
