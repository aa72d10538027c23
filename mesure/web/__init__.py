"""What do people see?

    website ─→ app ─→ requests ─→ console      officers
                          │     ├→ portal       the person
                          │     ├→ counsel      whom the person invited
                          │     ├→ inspector    who watches over the programme
                          │     ├→ office       who sets the office up
                          │     ├→ sign_in      both, at the door
                          │     └→ api          other programs
                          └ health_check

`requests` surrounds everything: ids, security headers, metrics, the log, limits, rates, CSRF and
problem details. `signed_in` says who asks; `dependencies` is what the service hands over.
`page_templates`, `static_files`, `languages` and `shared` are what pages share. console, portal,
counsel, inspector, office and api never import each other, and none of them touches the store:
whatever is seen or changed is an action.

The person sees the order, the assessments, the incidents and who looked. Pages are made on the
server, and each says everything it has to say without its map.
Decision: docs/decisions/0016-server-rendered-pages-map-optional.md
Decision: docs/decisions/0033-api-and-webhooks.md
"""
