"""What a drug does in bodies of different genes: simulated populations, from published models.

Nothing here says what a person should take: every result is a simulation, and says so.
"""
