# SPDX-License-Identifier: ISC
"""One file of all that is said, by whom and when: in virtual time all have
the same clock, and stepping the other one does not disturb this one."""

import os
import selectors
import threading
import time

from lab.base import Lab

KEEP = 192 << 20        # octets of a file; then another one is begun


class Journal:
    def __init__(self, path):
        self.path, self.size = path, 0
        self.begin = time.monotonic()
        self.lock = threading.Lock()
        self.out = open(path, "w", encoding="utf-8", errors="replace")
        self.readers, self.parts = selectors.DefaultSelector(), {}
        self.wake, wakened = os.pipe()
        self.readers.register(self.wake, selectors.EVENT_READ, None)
        self.waker = wakened
        threading.Thread(target=self._run, daemon=True).start()

    def now(self):
        return time.monotonic() - self.begin

    def say(self, who, text):
        with self.lock:
            line = f"{self.now():10.3f} {who:<10} {text}\n"
            self.out.write(line)
            self.size += len(line)
            if self.size > KEEP:
                self.out.close()
                os.replace(self.path, self.path + ".old")
                self.out = open(self.path, "w", encoding="utf-8",
                                errors="replace")
                self.size = 0

    def pipe(self, who):
        """A descriptor whose lines are taken until all have closed it."""
        get, put = os.pipe()
        os.set_blocking(get, False)
        self.readers.register(get, selectors.EVENT_READ, who)
        os.write(self.waker, b".")
        return put

    def _run(self):
        while True:
            for key, _ in self.readers.select():
                try:
                    data = os.read(key.fd, 65536)
                except BlockingIOError:
                    continue
                if key.data is None:
                    continue
                if not data:
                    self.readers.unregister(key.fd)
                    os.close(key.fd)
                    self.parts.pop(key.fd, None)
                    continue
                data = self.parts.pop(key.fd, b"") + data
                *lines, rest = data.split(b"\n")
                if rest:
                    self.parts[key.fd] = rest
                for line in lines:
                    self.say(key.data, line.decode(errors="replace"))

    def flush(self):
        time.sleep(0.05)        # what is on its way
        with self.lock:
            self.out.flush()


class JournalLab(Lab):
    """A lab whose processes say everything into the journal."""

    def __init__(self, journal):
        super().__init__()
        self.journal = journal

    def spawn(self, name, args, **kw):
        put = self.journal.pipe(name.removesuffix("-sroamd"))
        try:
            proc = super().spawn(name, args, output=put, **{
                k: v for k, v in kw.items() if k != "output"})
        finally:
            os.close(put)
        # Of those that were ended nobody asks any more.
        self.processes = [p for p in self.processes if p.running()]
        return proc
