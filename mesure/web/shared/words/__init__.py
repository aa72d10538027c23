"""Words of the pages: texts, times, people and devices, the same for every reader."""
