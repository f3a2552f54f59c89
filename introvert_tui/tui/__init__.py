"""The calm terminal screen: reads `engine` views, shows remote text only as `Content`, and decides nothing itself."""
