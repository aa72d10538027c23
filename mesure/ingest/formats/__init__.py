"""One file for each wire format; each offers `read(file, data)`, which keeps every row."""
