"""The framework of actions: permission, transaction, audit entry, idempotency, locking."""
