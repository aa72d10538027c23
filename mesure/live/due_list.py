"""Due list: when each person is to be judged next; no entry goes before its judging is written.

Reading the list removes nobody. An entry changes only once the judging is written: to the next
moment, or to none. A person whose judging failed before that is due again at the next reading.
"""

import heapq


class DueList:
    """Persons, each with the moment at which they are due.

    >>> waiting = DueList()
    >>> waiting.put("P-1", 10)
    >>> waiting.put("P-2", 30)
    >>> waiting.by(20), waiting.by(40)
    (['P-1'], ['P-1', 'P-2'])
    >>> waiting.put("P-1", 50)
    >>> waiting.put("P-2", None)
    >>> waiting.by(40), waiting.oldest_us
    ([], 50)
    """

    def __init__(self) -> None:
        self._due_us: dict[str, int] = {}  # What counts; the heap only finds it quickly.
        self._heap: list[tuple[int, str]] = []
        self._asked: set[str] = set()  # Taken off the heap, and nothing said of them yet.

    def put(self, person: str, due_us: int | None) -> None:
        """Have somebody due then and not when they were before; None: not at all."""
        self._asked.discard(person)
        if due_us is None:
            self._due_us.pop(person, None)
            return
        self._due_us[person] = due_us
        heapq.heappush(self._heap, (due_us, person))

    def by(self, now_us: int) -> list[str]:
        """Return who is due by then, in the order of the moments."""
        for person in self._asked:
            heapq.heappush(self._heap, (self._due_us[person], person))
        self._asked.clear()
        due_persons: list[str] = []
        while self._heap and self._heap[0][0] <= now_us:
            due_us, person = heapq.heappop(self._heap)
            # A moment that another one replaced, or that was put twice, is passed over.
            if self._due_us.get(person) == due_us and person not in self._asked:
                self._asked.add(person)
                due_persons.append(person)
        return due_persons

    @property
    def oldest_us(self) -> int | None:
        """Return the moment at which the first of them is due, or was; None where nobody is."""
        return min(self._due_us.values(), default=None)
