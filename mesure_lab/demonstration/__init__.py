"""What does somebody new see first?

A fictional person's fortnight, and a town that reports live to a service.
"""
