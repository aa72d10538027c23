"""What does the court order say?"""
