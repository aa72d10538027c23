"""What do the pages of console, portal and sign-in share?

`words.page_texts` puts values and times into the reader's language, `form_fields` holds what was
filled in together with what is wrong with it, `visits` is one request for a page and how it is
answered. The templates and the style sheet are in `web/templates` and `web/static`.

Every page is made on the server and works without a script. Scripts are small files of ours that
only make a page pleasanter; nothing is loaded from elsewhere.
Decision: docs/decisions/0016-server-rendered-pages-map-optional.md
"""
