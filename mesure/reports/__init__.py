"""What leaves the building?"""
