"""McNemar's test: whether two classifiers of one test set differ by more than chance."""


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact two-sided p of McNemar's test: `only_a` samples that A alone has right, `only_b` that B alone has.

    Were both equally good, each of these samples would be either's with even odds; p is the probability of counts at
    least as uneven, twice the binomial tail (McNemar 1947; the exact form as in Fagerland et al. 2013). It is 1 where
    they differ in nothing.
    """
    n, fewer = only_a + only_b, min(only_a, only_b)
    tail = term = 1
    for k in range(fewer):
        term = term * (n - k) // (k + 1)
        tail += term
    return min(1.0, 2 * tail / (1 << n))
