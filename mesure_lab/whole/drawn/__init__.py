"""What follows from a seed alone?"""
