"""Fields of an order file: single values, places, times, calibrations, and the keys of one duty."""
