"""How does an officer get through a morning?

From one line to the next (`next_line`), a silence of several conditions under one answer
(`silence_conditions`), and short things under one answer (`digest_page`).
"""
