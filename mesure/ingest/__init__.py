"""How do devices talk to us?"""
