"""What leaves the building?

Values and drawings that a page, a table or a paper is laid out from; nothing is laid out here.

    replay       what a replay says, as one value: totals, timeline, deciding and unused fixes
    maps         zones, fixes and stays of an incident or of an order  ─→  drawing
    bundle       the evidence bundle: manifest and paper
    zones        what positions can show about the zones of an order
    statistics   figures of a programme, counted, without small numbers
    downloads    the page with which an archive begins, written from what is in it
    text         what comes from outside made safe, and times by the clock on the wall

Two rules. A line between fixes always has its caveat: it shows their order, and nobody knows the
way between them. What is left out is left out by rule, never by chance, and the report says how
much it was. Statistics are about the process; nobody is named or ranked in them.
Decision: docs/decisions/0016-server-rendered-pages-map-optional.md
"""
