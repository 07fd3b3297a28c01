#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check.py LOG: reads the record of scheduling in LOG (kernel/armv7/trace.h) and checks, event by event, that

  - a thread is in one run queue at most, and runs on one core at most, on the one whose queue it is in
  - a core that takes a thread takes one of the highest priority in its queue; a core idles only when its queue is empty
  - a thread that becomes ready with a higher priority than what its core runs is run before its core runs anything else
  - a thread whose budget is used is in no queue until it is refilled, at least `period - budget` later

Exit status 0 if all hold, 1 if not, 2 if LOG has no whole record."""
import collections
import re
import sys

LINE = re.compile(r"^trace ([0-9a-f]{8}) ([0-9a-f]{16}) ([0-9a-f]{8}) (\w+) ([0-9a-f]{8}) ([0-9a-f]{8})$")
REST_NS = 4_000_000  # period - budget of cores.c


class Model:
    def __init__(self):
        self.queue = {}                        # thread: (core, priority)
        self.ready = collections.defaultdict(set)
        self.runs = {}                         # core: thread or None
        self.throttled = {}                    # thread: since when
        self.higher = {}                       # core: (since when, number)
        self.waits = []
        self.counts = collections.Counter()

    def need(self, condition, what):
        if not condition:
            raise AssertionError(what)

    def top(self, core):
        return max((self.queue[t][1] for t in self.ready[core]), default=-1)

    def join(self, time, core, thread, priority):
        self.need(thread not in self.queue, "it is in a queue already")
        self.need(thread not in self.throttled, "its budget is used")
        running = self.runs.get(core)
        if running and running in self.queue and priority > self.queue[running][1] and core not in self.higher:
            self.higher[core] = time
        self.queue[thread] = (core, priority)
        self.ready[core].add(thread)

    def leaves(self, _time, core, thread, _priority):
        self.need(self.queue.get(thread, (None,))[0] == core, "it is not in this queue")
        del self.queue[thread]
        self.ready[core].remove(thread)

    def runs_(self, time, core, thread, _priority):
        self.need(thread in self.ready[core], "it is not in this core's queue")
        self.need(self.queue[thread][1] == self.top(core), "somebody of a higher priority is ready")
        for other, running in self.runs.items():
            self.need(other == core or running != thread, "another core runs it")
        self.runs[core] = thread
        if core in self.higher:
            self.waits.append(time - self.higher.pop(core))

    def taken(self, _time, core, thread, _priority):
        self.need(self.runs.get(core) == thread, "the core does not run it")
        self.runs[core] = None

    def idle(self, _time, core, _thread, _priority):
        self.need(not self.ready[core], "somebody is ready")
        self.runs[core] = None
        self.higher.pop(core, None)

    def throttled_(self, time, _core, thread, _priority):
        self.throttled[thread] = time

    def scheduled(self, _time, _core, thread, _priority):
        self.throttled.pop(thread, None)

    def refilled(self, time, _core, thread, _priority):
        since = self.throttled.pop(thread, None)
        self.need(since is not None, "it was not throttled")
        self.need(time - since >= REST_NS, "too soon")


ACTIONS = {"ready": Model.join, "leaves": Model.leaves, "runs": Model.runs_, "taken": Model.taken, "idle": Model.idle,
           "throttled": Model.throttled_, "refilled": Model.refilled, "scheduled": Model.scheduled}


def main():
    model, expected, lost = Model(), 0, None
    with open(sys.argv[1], encoding="ascii", errors="replace") as log:
        for line in log:
            if line.startswith("trace lost "):
                lost = int(line.split()[2], 16)
            match = LINE.match(line)
            if not match:
                continue
            number, time, core, thread, priority = (int(match.group(i), 16) for i in (1, 2, 3, 5, 6))
            event = match.group(4)
            try:
                model.need(number == expected, "an event is missing")
                model.counts[event] += 1
                ACTIONS[event](model, time, core, thread, priority)
            except AssertionError as error:
                print(f"trace: event {number}, core {core}, {event} thread {thread}: {error}")
                return 1
            expected += 1
    if not expected or lost is None:
        print("trace: there is no whole record")
        return 2
    late = sorted(model.waits)
    print(f"trace: {expected} events of {len(model.runs)} cores hold ({lost} more were not recorded):",
          ", ".join(f"{count} {event}" for event, count in sorted(model.counts.items())))
    if late:
        print(f"trace: {len(late)} times a thread of higher priority took a core, after {late[len(late) // 2] / 1000:.0f} us "
              f"(median), {late[-1] / 1000:.0f} us (most)")
    return 0 if len(model.runs) > 1 else 2


sys.exit(main())
