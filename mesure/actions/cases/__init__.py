"""Cases: people under an order, caseloads, cover, and what waits for an officer."""
