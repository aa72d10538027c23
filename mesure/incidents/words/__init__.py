"""Words of an incident: explanation, doubts, windows, what counted most, and devices."""
