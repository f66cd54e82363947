#!/usr/bin/env python3
"""Throughline itself, in the peers' form. DATA: a workspace (T1..T8), or *.csv (T7: from nothing to a workspace with
journeys built, at --store). The program is $THROUGHLINE, or the one built in this repository.

T1..T8 are timed inside the program (`throughline bench`); T7 is the wall time of the four processes a person would
start, beginning and end included: init, import, the journeys, and the question."""
import argparse, json, os, shutil, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path = [p for p in sys.path if os.path.abspath(p or ".") != HERE]
import benchlib as B
import memory

PROGRAM = os.environ.get("THROUGHLINE") or os.path.join(HERE, "../../target/release/throughline")
# Amounts, scores and times lie in the standard tables; a ticket's row only repeats its first message.
TOTALS = """SELECT sum(n) AS n, sum(amount) AS amount, max(last) AS last, sum(scores) AS scores FROM (
 SELECT count(*) AS n, CAST(NULL AS DECIMAL(38, 4)) AS amount, max(occurred_at) AS last, 0 AS scores FROM interactions
 UNION ALL SELECT count(*), sum(goods), max(ordered_at), 0 FROM orders
 UNION ALL SELECT count(*), NULL, max(at), 0 FROM ticket_events
 UNION ALL SELECT count(*), NULL, max(answered_at), count(score) FROM feedback)"""


class Ran:
    """A run of the program: wall seconds, user and system seconds, most memory."""

    def __init__(self, *arguments):
        start, cpu = time.perf_counter(), os.times()
        child = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with memory.Watch(child.pid) as watch:
            self.out, err = child.communicate()
        self.seconds, after = time.perf_counter() - start, os.times()
        self.cpu_seconds = after.children_user + after.children_system - cpu.children_user - cpu.children_system
        self.anon_mib, self.peak_mib = watch.anon_mib, watch.peak_mib
        if child.returncode:
            raise SystemExit(f"throughline {' '.join(arguments)} failed ({child.returncode}): {err.strip()}")


def micros(text):
    """An instant as the program writes it, as microseconds since 1970."""
    import datetime as dt
    at = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)) // dt.timedelta(microseconds=1)


def totals(workspace):
    """count(*), sum(amount), max(ts) in microseconds, count(score)"""
    ran = Ran("--workspace", workspace, "--json", "sql", TOTALS)
    (n, amount, last, scores), = json.loads(ran.out)["rows"]
    return [int(n), float(amount), micros(last), int(scores)], ran


def stored_mb(folder):
    return round(sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(folder) for f in fs) / 1e6, 1)


def load(csv, workspace):
    """T7: the row of totals, and what the JSON line says of it."""
    shutil.rmtree(workspace, ignore_errors=True)
    init = Ran("init", workspace, "--name", "Benchmark", "--zone", "UTC", "--currency", "EUR")
    imported = Ran("--workspace", workspace, "import", csv)
    journeys = Ran("--workspace", workspace, "bench", "journeys")
    row, asked = totals(workspace)
    steps = [init, imported, journeys, asked]
    seconds = sum(step.seconds for step in steps)
    return row, {
        "seconds": round(seconds, 5), "runs": [round(seconds, 5)],
        "cpu_seconds": round(sum(step.cpu_seconds for step in steps), 4),
        "peak_mib": round(max(s.peak_mib for s in steps), 1), "anon_mib": round(max(s.anon_mib for s in steps), 1),
        **{f"{name}_seconds": round(s.seconds, 3) for name, s in zip(("init", "import", "journeys", "answer"), steps)},
        **{f"{name}_cpu_seconds": round(s.cpu_seconds, 3) for name, s in zip(("init", "import", "journeys", "answer"), steps)},
        "rows": row[0], "rows_per_s": round(row[0] / seconds), "stored_mb": stored_mb(workspace),
    }


def walk(task, workspace, runs, out):
    """T1..T8: the rows, and what the program says of them."""
    ran = Ran("--workspace", workspace, "bench", task, "--runs", str(runs), "--out", out)
    with open(out) as f:
        return json.load(f), {**json.loads(ran.out), "process_seconds": round(ran.seconds, 4)}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("task"); ap.add_argument("data")
    ap.add_argument("--runs", type=int, default=1)
    ap.add_argument("--out"); ap.add_argument("--store")
    a = ap.parse_args()
    load1 = os.getloadavg()[0]
    if a.task == "T7":
        row, said = load(a.data, a.store or "t7.throughline")
        rows = [row]
    else:
        out = a.out or os.path.join(a.data, "data", "cache", f"bench-{a.task}.json")
        rows, said = walk(a.task, a.data, a.runs, out)
    line = {"peer": "throughline", "task": a.task, "data": os.path.basename(a.data.rstrip("/")), **said,
            "load1": round(load1, 2), "result_rows": len(rows), "digest": B.digest(rows)}
    if len(rows) <= 10:
        line["values"] = rows
    if a.out:
        B.write(a.out, rows)
    print(json.dumps(line))


if __name__ == "__main__":
    main()
