"""What does a person under an order see, and what can they say?

What is asked of them today and this week, where they may be, asking for an absence, a possible
breach with their own side of it, their device, who looked, and what is kept until when. The person
reads the same record as the officer. This room imports neither the console nor the API.
"""
