"""Where was it, and how sure can one be?"""
