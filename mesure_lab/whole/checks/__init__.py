"""What must be true, whatever happened?"""
