"""What did real devices report?

Files of real traces with their truth, as columns.
"""
