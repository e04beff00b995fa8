"""Places and ranks of very many rows, made for those that are looked at."""

from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, TypeVar, overload

T = TypeVar("T")

Places: TypeAlias = Sequence[int]


class Arranged(Sequence[Places]):
    """Groups of places that are kept more tightly than as a list of lists."""

    @abstractmethod
    def rearranged(self, order: Sequence[int]) -> "Arranged":
        """The groups in another order."""


class Singles(Arranged):
    """Groups of one place each."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Places: ...

    @overload
    def __getitem__(self, index: slice) -> "Singles": ...

    def __getitem__(self, index: int | slice) -> "Places | Singles":
        return Singles(self._places[index]) if isinstance(index, slice) else (self._places[index],)

    def __iter__(self) -> Iterator[Places]:
        return zip(self._places, strict=True)

    def of(self, column: Sequence[T]) -> Sequence[T]:
        """What a column holds at these places."""
        if self._places == range(len(column)):
            return column
        return list(map(column.__getitem__, self._places))

    def rearranged(self, order: Sequence[int]) -> "Singles":
        return Singles(order if self._places == range(len(order)) else list(map(self._places.__getitem__, order)))


class Ranks(Sequence[int | None]):
    """The rank of each row in `order`: the place of the first with the same mean; None for those that lack one."""

    def __init__(self, means: Sequence[float | None], order: Sequence[int]) -> None:
        """`order` sorts the means, from either end; those that are None stand last."""
        self._means = means
        self._order = order
        low = means[order[0]] if order else None
        self._count = len(order) - (sum(mean is None for mean in means) if None in means else 0)
        high = means[order[self._count - 1]] if self._count else None
        self._sign = -1 if low is not None and high is not None and low > high else 1

    @property
    def ranked(self) -> int:
        """How many rows have a mean."""
        return self._count

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> int | None: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[int | None]: ...

    def __getitem__(self, index: int | slice) -> int | Sequence[int | None] | None:
        if isinstance(index, slice):
            wanted = range(*index.indices(len(self)))
            return list(self._from(wanted.start, wanted.stop)) if wanted.step == 1 else [self[at] for at in wanted]
        mean = self._means[self._order[index]]
        if mean is None:
            return None
        return 1 + bisect_left(self._order, self._sign * mean, hi=self._count, key=self._key)

    def _key(self, place: int) -> float:
        mean = self._means[place]
        assert mean is not None, "only rows that have a figure are searched"
        return self._sign * mean

    def __iter__(self) -> Iterator[int | None]:
        return self._from(0, len(self))

    def _from(self, start: int, stop: int) -> Iterator[int | None]:
        last, current = None, self[start] if start < stop else None
        for place in self._order[start:stop]:
            start += 1
            mean = self._means[place]
            if mean != last:
                # The first may share its rank with rows that stand before it.
                current = current if last is None and mean is not None else start
                last = mean
            yield None if mean is None else current


def ordered(values: Sequence[Any], descending: bool) -> list[int]:
    """The places of `values` in their order, None last, equal ones as they stand."""
    places: Places = range(len(values))
    absent = [place for place in places if values[place] is None] if None in values else []
    present = [place for place in places if values[place] is not None] if absent else places
    # Python's reverse keeps equal elements in their order, so ties fall the same way in both directions.
    return sorted(present, key=values.__getitem__, reverse=descending) + absent


def rearranged(groups: Sequence[Places], order: Sequence[int]) -> Sequence[Places]:
    """The groups in another order."""
    return groups.rearranged(order) if isinstance(groups, Arranged) else list(map(groups.__getitem__, order))
