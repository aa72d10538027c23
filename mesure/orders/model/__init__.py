"""The model of an order: its conditions, its versions, and when each condition binds."""
