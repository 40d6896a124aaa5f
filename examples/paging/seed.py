def evict(page, cached):
    """Drop the page that came first."""
    return cached[0]
