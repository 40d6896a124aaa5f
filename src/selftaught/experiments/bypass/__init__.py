"""``bypass``: how often proposed improvers avoid the sandbox."""
