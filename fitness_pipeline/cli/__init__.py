"""The command line: `fitness-pipeline`, one module a group of commands."""
