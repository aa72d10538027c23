"""What stands in for the world round the service: clock, chance, disk, network, mail, receivers."""
