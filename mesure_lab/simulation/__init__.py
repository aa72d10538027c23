"""What does the judge make of a simulated town?

Towns of many persons with their truth, judged by the product, and the figures of that.
"""
