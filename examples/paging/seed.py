def evict(time, page, cached):
    """Drop the page that came first."""
    return cached[0]
