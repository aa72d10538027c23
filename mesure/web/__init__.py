"""What do people see?

Nothing is built here yet; the report that `replay --format html` writes is made in `reports`.

What will stand here: the console (officer), the portal (person) and the api (machines), three that
never import each other. The person sees the order, the assessments, the incidents and who looked.
Pages are made on the server, and each says everything it has to say without its map.
Decision: docs/decisions/0016-server-rendered-pages-map-optional.md
"""
