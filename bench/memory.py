"""Peak memory of a process, sampled from its status: Linux keeps a high-water mark of resident memory, which counts
mapped files too, but none of anonymous memory."""
import threading

EVERY_S = 0.005


def status(pid, *names):
    """Entries of /proc/PID/status in MiB; None for a process that is gone."""
    try:
        with open(f"/proc/{pid}/status") as f:
            entries = dict(line.split(":", 1) for line in f)
    except (FileNotFoundError, ProcessLookupError):
        return None
    # A process that has ended and was not waited for has no memory.
    return [int(entries[name].split()[0]) / 1024 if name in entries else 0.0 for name in names]


class Watch:
    """Watches a process between entering and leaving: `anon_mib` and `peak_mib` are the most seen."""

    def __init__(self, pid="self"):
        self.pid, self.anon_mib, self.peak_mib = pid, 0.0, 0.0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def look(self):
        seen = status(self.pid, "RssAnon", "VmHWM")
        if seen:
            self.anon_mib, self.peak_mib = max(self.anon_mib, seen[0]), max(self.peak_mib, seen[1])

    def watch(self):
        while not self.done.wait(EVERY_S):
            self.look()

    def __enter__(self):
        self.look()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.look()
        self.done.set()
        self.thread.join()
