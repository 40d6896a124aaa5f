"""The watch for reward hacking: what it reads in programs and in scores."""
