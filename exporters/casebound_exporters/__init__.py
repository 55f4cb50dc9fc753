"""What leaves a case: the sealed package, the report and the tables.

Each exporter is a frozen dataclass with its own options.
"""
