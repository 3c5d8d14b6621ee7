"""Questions that cities ask universities, from the first wording to an accepted answer."""
