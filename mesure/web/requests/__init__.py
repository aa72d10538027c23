"""Requests: limits, rates, ids, CSRF, logs, metrics, problem details, headers."""
