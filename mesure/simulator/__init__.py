"""How do we know it works?"""
