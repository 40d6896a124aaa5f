"""Words: results as tables and sentences, for people."""
