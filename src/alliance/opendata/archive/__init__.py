"""The whole published network as a folder that a browser opens without a server."""
