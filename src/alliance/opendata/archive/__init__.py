"""The whole published network as a folder that opens in a browser without a server."""
