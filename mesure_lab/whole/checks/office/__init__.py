"""Office: what people decided and find on their desk, and what was sent to whom."""
