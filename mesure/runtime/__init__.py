"""How does it run?

Here the program meets the machine: files, the terminal, languages, time zones. So far it replays,
and plays the part of a device.

    replay ─→ replay_output ─┬─→ terminal       a table on 80 columns
                             ├─→ replay_json    one object, the same bytes for the same input
                             └─→ pages          one HTML file that opens from disk

`patience` says what is going on when it takes long, `writing` leaves a whole file or none, `texts`
brings the four languages, and `timezones` the clocks of the pinned tzdata package.

    device_commands ─→ device_client ─→ device_state    key, counter and what waits, in one file
           │                 └────────→ device_folder   messages as files, where no server is yet
           ├─→ device_track                             a file of fixes as messages
           └─→ device_reading ─→ device_json            messages verified and read back

Not built yet: settings, the live service and its workers.
Only `clock` may ever ask what time it is.
Decision: docs/decisions/0003-the-core-is-pure.md
"""
