#!/usr/bin/env python3
"""runall.py --data DIR --size 10m --rounds 3 --out results.jsonl [--only T1,T2] [--peers duckdb,throughline]

Round robin over the peers of each task and us, in turning order, so that a drift of the machine's speed hits all alike.
Each cell is a fresh process on the same two cores that times K runs inside. Whole answers of the first round go to
DIR/answers, where report.py compares them."""
import argparse, json, os, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
K = {"T1": 2, "T2": 2, "T7": 1, "T8": 15, "T8kept": 15}
QUESTIONS = [("duckdb", "parquet"), ("duckdb", "duckdb"), ("chdb", "parquet"), ("chdb", "chdb"), ("polars", "parquet"),
             ("throughline", "throughline")]
CELLS = {task: QUESTIONS for task in ("T1", "T2", "T3", "T4", "T5", "T6", "T8")}
CELLS["T7"] = [("duckdb:T7keyed", "csv"), ("duckdb", "csv"), ("chdb", "csv"), ("polars", "csv"), ("throughline", "csv")]
# Asked a second time: DuckDB computes, we read what was kept.
CELLS["T8kept"] = [("duckdb:T8", "duckdb"), ("throughline:T8kept", "throughline")]
STORE = {"duckdb": "duckdb", "chdb": "chdb", "polars": "polars.parquet", "throughline": "throughline"}


def answer_file(data, size, task, peer, form):
    return f"{data}/answers/{peer.replace(':', '_')}_{task}_{size}_{form}.json"


def run_cell(a, task, peer, form, rnd):
    """One cell: the JSON line of its process, or why there is none."""
    name, _, variant = peer.partition(":")
    cmd = [sys.executable, f"{HERE}/peers/{name}.py", variant or task, f"{a.data}/e{a.size}.{form}",
           "--runs", str(a.k or K.get(task, 3))]
    if task == "T7":
        cmd += ["--store", f"{a.data}/t7_{a.size}.{STORE[name]}"]
    if rnd == 0:
        cmd += ["--out", answer_file(a.data, a.size, task, peer, form)]
    start = time.time()
    try:
        p = subprocess.run(cmd, capture_output=True, text=True, timeout=a.timeout)
        lines = [line for line in p.stdout.splitlines() if line.startswith("{")]
        r = json.loads(lines[-1]) if lines else {"peer": name, "task": task, "error": f"exit code {p.returncode}: {p.stderr.strip()[-300:]}"}
    except subprocess.TimeoutExpired:
        r = {"peer": name, "task": task, "error": f"over {a.timeout} s"}
    r.update({"peer": peer, "form": form, "size": a.size, "round": rnd, "process_wall": round(time.time() - start, 3), "main_task": task})
    return r


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True); ap.add_argument("--size", required=True); ap.add_argument("--out", required=True)
    ap.add_argument("--rounds", type=int, default=3); ap.add_argument("--only"); ap.add_argument("--peers")
    ap.add_argument("--timeout", type=int, default=400); ap.add_argument("--k", type=int, help="runs in each process (default by task)")
    a = ap.parse_args()
    a.data = os.path.abspath(a.data)
    os.makedirs(f"{a.data}/answers", exist_ok=True)
    # All peers are told to use two threads; the import asks the machine, so the machine has two cores for everybody.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    tasks = a.only.split(",") if a.only else sorted(CELLS)
    with open(a.out, "w") as out:
        for task in (task for task in tasks if task in CELLS):
            cells = [cell for cell in CELLS[task] if not a.peers or cell[0].partition(":")[0] in a.peers.split(",")]
            for rnd in range(a.rounds):
                for peer, form in cells if rnd % 2 == 0 else reversed(cells):
                    r = run_cell(a, task, peer, form, rnd)
                    out.write(json.dumps(r) + "\n")
                    out.flush()
                    print(f"{task:4s} {peer:15s} {form:12s} round {rnd}  {r.get('seconds', r.get('error'))} s  "
                          f"{r.get('peak_mib')} MiB, anonymous {r.get('anon_mib')}, load {r.get('load1')}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
