"""A page in the browser on which planners move what is assumed and see what becomes of it."""
