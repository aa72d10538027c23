"""How are the figures of the documentation made?

Each module writes its tables into a page: `python -m mesure_lab.tables.NAME PAGE`.
"""
