"""How does it run?

One command serves: it listens, starts the judges beside it, sends messages, and looks after its
data.

    serve          the command, its processes, and the standby
    children       the processes beside it: judges, counting
    cluster        several services over one database, of which one leads
    http           connections: bounds, TLS, heads, how they end
    installation   folder, settings, keys and store of one installation
    outgoing       notices and webhooks
    monitoring     clock, disk, certificate, and whether work is done
    maintenance    backup, restore, erasure, upgrade, judging again, witnesses
    archive        trails as sealed files, brought up to date with the store
    country        everybody judged again under a different policy
    export         a programme handed on whole, and taken in
    verification   the log and the store, checked
    device         the reference client of the device protocol
    basemap        the map behind zones and fixes
    addresses      the address book of order entry

Decision: docs/decisions/0034-one-service-in-one-folder.md
"""
