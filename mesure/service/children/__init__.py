"""Children: the processes that a service starts beside its own, and how they are kept running.

Each is told what to do on its standard input, and ends when that ends.
"""
