"""What all stand-ins share: sockets, requests and replies, clocks, and faults on order."""
