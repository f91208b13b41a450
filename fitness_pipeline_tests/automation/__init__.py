"""Tests of what runs the assets and watches over them."""
