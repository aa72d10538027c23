"""The times that the samples share."""

from datetime import UTC, datetime, timedelta

SENT_US = 1_767_632_400_000_000  # 2026-01-05T17:00:00Z
SENT_AT = datetime(2026, 1, 5, 17, tzinfo=UTC)
ENROLLED_AT = SENT_AT - timedelta(days=1)
