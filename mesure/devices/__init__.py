"""Which device, and who carried it when?"""
