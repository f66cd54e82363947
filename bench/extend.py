#!/usr/bin/env python3
"""extend.py --data DIR --size 10m --out results.jsonl: what is added to a workspace that holds everything (T7+1, T7+10,
T7+100), and how long commands take before work begins. Appends JSON lines. Needs the workspaces of prepare.py."""
import argparse, json, os, shutil, statistics, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "peers"))
import throughline as T

FUNNEL = ["journey", "funnel", "visit", "product_view", "add_to_cart", "order", "--window", "30d"]


def extension(base, csv, work):
    """Imports a file into a copy of a workspace and extends its journeys: seconds and memory of each, and the totals."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(base, work)
    imported = T.Ran("--workspace", work, "import", csv)
    journeys = T.Ran("--workspace", work, "bench", "journeys")
    row, _ = T.totals(work)
    shutil.rmtree(work)
    return row, {
        "seconds": round(imported.seconds + journeys.seconds, 4),
        "import_seconds": round(imported.seconds, 4), "journeys_seconds": round(journeys.seconds, 4),
        "cpu_seconds": round(imported.cpu_seconds + journeys.cpu_seconds, 4),
        "import_cpu_seconds": round(imported.cpu_seconds, 4), "journeys_cpu_seconds": round(journeys.cpu_seconds, 4),
        "peak_mib": round(max(imported.peak_mib, journeys.peak_mib), 1),
        "anon_mib": round(max(imported.anon_mib, journeys.anon_mib), 1), "load1": round(os.getloadavg()[0], 2),
    }


def startup(workspace, runs=7):
    """Median wall seconds of a command that does nothing, and of a question less its walk."""
    version = statistics.median(T.Ran("version").seconds for _ in range(runs))
    asked = [T.Ran("--workspace", workspace, "bench", "T1") for _ in range(runs)]
    walks = [json.loads(ran.out)["seconds"] for ran in asked]
    opened = statistics.median(ran.seconds - walk for ran, walk in zip(asked, walks))
    walk = statistics.median(walks)
    found = {"version_seconds": round(version, 4), "open_seconds": round(opened, 4)}
    try:
        funnel = statistics.median(T.Ran("--workspace", workspace, *FUNNEL).seconds for _ in range(runs))
        found["funnel_seconds"] = round(funnel - walk, 4)
    except SystemExit as failure:
        found["error"] = str(failure).splitlines()[0]
    return found


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True); ap.add_argument("--size", required=True); ap.add_argument("--out", required=True)
    a = ap.parse_args()
    data = os.path.abspath(a.data)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    base = f"{data}/e{a.size}.throughline"
    before, _ = T.totals(base)
    with open(f"{data}/tail{a.size}.json") as f:
        tails = json.load(f)
    with open(a.out, "a") as out:
        for share, tail in tails.items():
            row, said = extension(base, f"{data}/tail{a.size}-{share}.csv", f"{data}/extended_{a.size}.throughline")
            expected = [before[0] + tail[0], before[1] + tail[1], max(before[2], tail[2]), before[3] + tail[3]]
            right = row[0] == expected[0] and abs(row[1] - expected[1]) < 0.01 and row[2:] == expected[2:]
            line = {"main_task": f"T7+{share}", "peer": "throughline", "size": a.size, **said, "values": [row], "right": right}
            out.write(json.dumps(line) + "\n")
            print(f"T7+{share}: {said['seconds']} s, totals {'right' if right else f'wrong: {row} against {expected}'}", file=sys.stderr)
        line = {"main_task": "start-up", "peer": "throughline", "size": a.size, **startup(base)}
        out.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
