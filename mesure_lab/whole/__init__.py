"""How does one seed live the whole system?

    drawn ─→ simulated ─→ world ─→ acts, checks ─→ happenings ─→ living ─→ search

`drawn` says what follows from a seed, `simulated` replaces clock, chance, disk, network, mail and
receivers, `checks` knows what must be true. Everything between them is the product.
Decision: docs/decisions/0051-one-seed-simulates-the-whole-system.md
"""
