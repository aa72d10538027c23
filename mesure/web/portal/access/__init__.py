"""Access: who signs in with the card, who reads for the person, and how they are reached."""
