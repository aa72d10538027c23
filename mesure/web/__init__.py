"""What do people see?

    site ─→ app ─→ the frame ─→ console      officers
                       │     ├→ portal       the person
                       │     ├→ counsel      whom the person invited
                       │     ├→ inspector    who watches over the programme
                       │     ├→ sign_in      both, at the door
                       │     └→ api          other programs
                       └ health, metrics

The frame stands around everything: `request_ids`, `security_headers`, `metrics` and `request_log`,
`body_limits`, `rates`, `signed_in` (who asks) and `csrf` (whose page asked). `problems` is how
errors are told, `parts` what the runtime hands over. `pages`, `static_files`, `languages` and
`frame` are what pages share. console, portal, counsel, inspector and api never import each other,
and none of them touches the store: whatever is seen or changed is an action.

The person sees the order, the assessments, the incidents and who looked. Pages are made on the
server, and each says everything it has to say without its map.
Decision: docs/decisions/0016-server-rendered-pages-map-optional.md
Decision: docs/decisions/0033-api-and-webhooks.md
"""
