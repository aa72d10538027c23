"""Could anyone have changed it quietly?"""
