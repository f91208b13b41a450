"""Tests of verifying, which finds what does not follow from raw and edits, and rebuilding, which mends it."""
