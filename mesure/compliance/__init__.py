"""Was the condition met?"""
