"""Children: the processes that a service starts beside its own, and how they are kept running.

Each gets its instructions on its standard input, and ends when that ends.
"""
