"""What must be so, whatever happened?"""
