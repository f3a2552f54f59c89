"""The reference Bluesky network on loopback, a fault-injecting proxy and a stand-in for its chat service."""
