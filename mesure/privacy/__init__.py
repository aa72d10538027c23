"""Who may see it, and when is it erased?"""
