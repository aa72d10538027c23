"""Files that people write: strings with lines, paths, map features, faults in words."""
