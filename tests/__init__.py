"""Our tests: a package, because distributions exist that install a package `tests` of their own."""
