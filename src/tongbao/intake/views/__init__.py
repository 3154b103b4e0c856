"""Pages about applications: the exporter fills in, follows its case; officers list and review."""
