"""How does an officer get through a morning, and a supervisor see whose work waits?

From one line to the next (`next_line`), a silence of several conditions under one answer
(`silence_conditions`), short things under one answer (`digest_page`), people found and filtered
(`people_filters`, `people_rows`), and a line for each officer (`officers_page`).
"""
