"""Orders: drafts, entry, the second person's check, variations; absences; venues."""
