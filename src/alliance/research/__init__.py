"""Questions of cities to universities, from everyday words to an answer that stands on a case."""
