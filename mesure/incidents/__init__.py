"""What happens to a possible breach?"""
