"""Who may change or look at what?"""
