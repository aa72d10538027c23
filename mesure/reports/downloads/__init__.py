"""Downloads: the page with which an archive begins, written from what is in the archive."""
