"""What does a newcomer see first?

A fictional person's fortnight, and a town that reports live to a service.
"""
