"""What a run came to: results, gates, the page, JUnit, and one run against another."""
