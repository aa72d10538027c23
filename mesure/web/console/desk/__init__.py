"""How does an officer get through a morning, and a supervisor see whose work waits?

From one line to the next (`next_line`), a silence of several conditions under one answer
(`silence_conditions`), short things under one answer (`digest_page`), people found and filtered
(`people_filters`, `people_rows`), what is handed over with a case (`handover_page`), and a line for
each officer with what was left past its deadline (`officers_page`).
"""
