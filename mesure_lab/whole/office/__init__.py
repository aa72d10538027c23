"""Work of the office that no device and no judge has to do with: drafts, notes, cover, counsel."""
