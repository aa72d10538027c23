"""What leaves the building?

So far: what a replay found, as one value (`replay_report`), and everything that a page or a table
shows of it, ready to be laid out. Nothing is laid out here; `runtime` does that.

    replay_report ─┬─→ totals, timeline, unused      how long, when, and what was kept unused
                   ├─→ facts, evidence, selection    what a possible breach rests on
                   └─→ overview_map, incident_map    chart ─→ boundaries, thinning ─→ drawing

Beside it `zone_words`: what positions can tell of the zones of an order, for whoever enters it; and
`strips` and `features`: the hours round a possible breach on one scale of time, and a map that can
be moved, for the pages of the service.

Two rules. A line between fixes never stands without its caveat: it shows their order, and nobody
knows the way between them. What is left out is left out by rule, never by chance, and the report
says how much it was.

The statistics of a programme are figures of incidents that were counted one by one (`counting`),
with shares and intervals (`statistics`), and without what could tell of somebody among few
(`small_numbers`). They are about the process; nobody is named or ranked in them.
Decision: docs/decisions/0016-server-rendered-pages-map-optional.md
"""
