"""What does `mesure score` say?

Every rule on every case of a folder of traces or of a town, as text, an object or a page.
"""
