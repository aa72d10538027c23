"""How is the address book of order entry made?

`address_extracts` finds addresses and towns in an extract of OpenStreetMap, `between_houses` works
out the numbers that it has only as a line from one house to another, `book_making` writes all
into one file, `book_opening` finds that file when the service starts.
`mesure.web.address_book` searches it.
Decision: docs/decisions/0055-addresses-are-looked-up-on-this-machine.md
"""
