"""Shared harness of the peer programs: run a task, print one JSON line.

A task function takes the data path's context and returns rows: a list of tuples,
a dict of equally long numpy arrays, or an Arrow table. Turning that into canonical
values, the digest and the --out file happens outside the timed part.
"""
import argparse, hashlib, json, math, os, resource, statistics, sys, time, datetime, decimal

import memory

WINDOW_US = 30 * 86400 * 1_000_000           # T1
OBS_END = "2024-12-31"                       # T5: last observed day
END_TS = "2025-01-01 00:00:00"               # exclusive end of the data
T8_FROM, T8_CHANNEL = "2024-10-03 00:00:00", "paid_search"
TYPES = ["ad_impression", "visit", "product_view", "search", "add_to_cart", "checkout", "order",
         "ticket_open", "ticket_reply", "ticket_solved", "csat", "review", "referral", "email_open"]
CHANNELS = ["organic_search", "paid_search", "direct", "email", "paid_social", "display", "affiliate", "referral"]


def norm(v):
    if v is None:
        return None
    if hasattr(v, "item"):
        v = v.item()
    if isinstance(v, decimal.Decimal):
        v = float(v)
    if isinstance(v, float):
        return None if math.isnan(v) else v
    if isinstance(v, (datetime.datetime, datetime.date)):
        return v.isoformat()[:10]
    return v


def to_rows(res):
    if hasattr(res, "to_pylist"):                 # Arrow
        res = {n: res.column(n).to_pylist() for n in res.column_names}
    elif hasattr(res, "rows") and hasattr(res, "columns"):   # polars
        res = res.rows()
    if isinstance(res, dict):
        res = list(zip(*[list(v) for v in res.values()]))
    return [[norm(v) for v in r] for r in res]


def txt(v):
    if v is None:
        return "null"
    if isinstance(v, float):
        if v == int(v) and abs(v) < 1e15:
            return str(int(v))
        return "%.9g" % v
    return str(v)


def digest(rows):
    h = hashlib.sha256()
    for line in sorted("|".join(txt(v) for v in r) for r in rows):
        h.update(line.encode() + b"\n")
    return h.hexdigest()[:16]


def write(path, rows):
    with open(path, "w") as f:
        json.dump(sorted(rows, key=lambda r: [txt(v) for v in r]), f)


def peak_mib():
    for l in open("/proc/self/status"):
        if l.startswith("VmHWM"):
            return round(int(l.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def run(peer, version, tasks, nrows, open_ctx, close_ctx=None):
    ap = argparse.ArgumentParser()
    ap.add_argument("task"); ap.add_argument("data")
    ap.add_argument("--runs", type=int, default=1, help="timed runs inside this process")
    ap.add_argument("--out", help="write the full canonical result here (JSON)")
    ap.add_argument("--store", help="T7: where to write the stored copy")
    a = ap.parse_args()
    if a.task not in tasks:
        print(json.dumps({"peer": peer, "task": a.task, "error": "not supported by this peer"}))
        sys.exit(2)
    base = peak_mib()
    load = os.getloadavg()[0]
    ctx = open_ctx(a)
    secs, cpus, extra = [], [], {}
    cpu = lambda: (lambda u: u.ru_utime + u.ru_stime)(resource.getrusage(resource.RUSAGE_SELF))
    with memory.Watch() as watch:
        for _ in range(a.runs):
            c0, t = cpu(), time.perf_counter()
            res = tasks[a.task](ctx)
            dt = time.perf_counter() - t
            cpus.append(cpu() - c0)
            if isinstance(res, tuple) and len(res) == 2 and isinstance(res[1], dict):
                res, extra = res
                dt = extra.pop("seconds", dt)
            secs.append(dt)
    peak = peak_mib()
    rows = to_rows(res)
    out = {"peer": peer, "version": version, "task": a.task, "data": os.path.basename(a.data.rstrip("/")),
           "rows": nrows(ctx, a), "seconds": round(statistics.median(secs), 5), "runs": [round(x, 5) for x in secs],
           "cpu_seconds": round(sorted(cpus)[len(cpus) // 2], 4),
           "peak_mib": peak, "anon_mib": round(watch.anon_mib, 1), "import_mib": base, "load1": round(load, 2), "result_rows": len(rows),
           "digest": digest(rows)}
    out.update(extra)
    if len(rows) <= 10:
        out["values"] = rows
    if a.out:
        write(a.out, rows)
    print(json.dumps(out))
    if close_ctx:
        close_ctx(ctx)
