"""Tests of reading Hevy: complete, resumable, with one call when nothing happened, and never misled."""
