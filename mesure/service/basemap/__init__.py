"""How is the map made that lies behind zones and fixes?

`shapes` says what it shows: streets, water, parks, buildings, names. `extracts` finds them in an
extract of OpenStreetMap, by the table in `tags`. `waiting` keeps them on disk until all are known,
`cutting` cuts them into tiles, `vector_tile` writes one tile, `making` does it all and leaves one
file. `mesure.web.map_tiles` serves that file.
Decision: docs/decisions/0038-a-map-of-our-own-making.md
"""
