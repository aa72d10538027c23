"""Files of fixes: one module a format, each with `read(file, data)`, which keeps every row."""
