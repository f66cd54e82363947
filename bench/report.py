#!/usr/bin/env python3
"""report.py results.jsonl --data DIR [--out table.jsonl]: the table of a run, and whether the answers agree.

Seconds are medians over the rounds of the medians within a process; memory is the most of any round. The ratio by CPU time (all
threads) hardly moves when something else keeps the machine busy; the one by wall time does. Exit code 1 when
an answer of ours differs from that of DuckDB's own file, 2 when one of ours is missing."""
import argparse, json, os, statistics, sys
from compare import compare
from runall import CELLS, answer_file

WHAT = {"T1": "funnel", "T2": "directly-follows graph", "T3": "cohort retention", "T4": "support", "T5": "RFM summary",
        "T6": "scorecard, 20 KPIs", "T7": "CSV to deduplicated tables with journeys", "T8": "dashboard query",
        "T8kept": "the same from kept readings"}
# How many times as fast as the best peer it should be, and how much anonymous memory it may need at 10 million.
TARGET = {"T1": 6.0, "T2": 4.0, "T3": 2.0, "T4": 2.0, "T5": 2.0, "T6": 3.0, "T7": 1.5, "T8": 0.5,
          "T8kept": 1.0}
MEMORY = {"T7": 3072}
EXTENSION = {"T7+1": 5.0}                       # percent of a full build
STARTUP = 0.1                                   # seconds
REFERENCE = {task: ("duckdb", "duckdb") for task in CELLS} | {"T7": ("duckdb:T7keyed", "csv"), "T8kept": ("duckdb:T8", "duckdb")}
OURS = {task: ("throughline", "throughline") for task in CELLS} | {"T7": ("throughline", "csv"), "T8kept": ("throughline:T8kept", "throughline")}


def read(path):
    with open(path) as f:
        return [json.loads(line) for line in f]


def cells(lines, task):
    """By peer and form: median seconds, best and worst run, most memory."""
    found = {}
    for line in lines:
        if line["main_task"] == task and "seconds" in line:
            found.setdefault((line["peer"], line["form"]), []).append(line)
    most = lambda ls, name: max((l[name] for l in ls if l.get(name) is not None), default=None)
    return {cell: {"seconds": statistics.median(l["seconds"] for l in ls), "cpu_seconds": statistics.median(l["cpu_seconds"] for l in ls),
                   "best": min(min(l["runs"]) for l in ls), "worst": max(max(l["runs"]) for l in ls),
                   "peak_mib": most(ls, "peak_mib"), "anon_mib": most(ls, "anon_mib"), "load1": statistics.median(l["load1"] for l in ls)}
            for cell, ls in found.items()}


def answers(data, size, task, found):
    """What each answer is beside the reference's: peer and form → (equal, sentence)."""
    load = lambda cell: json.load(open(answer_file(data, size, task, *cell)))
    if REFERENCE[task] not in found:
        return {}
    reference = load(REFERENCE[task])
    return {cell: compare(load(cell), reference) for cell in found if cell != REFERENCE[task]}


def row(task, found, data, size):
    """A line of the table."""
    ours = found.get(OURS[task])
    peers = {cell: got for cell, got in found.items() if cell != OURS[task]}
    # What a deduplicated, ordered store must be compared with; the plain loads stand in the cells.
    best = REFERENCE["T7"] if task == "T7" else min(peers, key=lambda cell: peers[cell]["seconds"], default=None)
    line = {"task": task, "size": size, "target": TARGET[task], "cells": {" ".join(cell): got for cell, got in found.items()}}
    agree = answers(data, size, task, found)
    line["answers"] = {" ".join(cell): text for cell, (_, text) in agree.items()}
    line["equal"] = agree[OURS[task]][0] if OURS[task] in agree else None
    if ours and best in peers:
        ratio = peers[best]["seconds"] / ours["seconds"]
        line |= {"best_peer": " ".join(best), "peer_seconds": peers[best]["seconds"], "peer_anon_mib": peers[best]["anon_mib"],
                 "our_seconds": ours["seconds"], "our_cpu_seconds": ours["cpu_seconds"], "ratio": ratio,
                 "cpu_ratio": peers[best]["cpu_seconds"] / ours["cpu_seconds"] if ours["cpu_seconds"] else None,
                 "our_peak_mib": ours["peak_mib"], "our_anon_mib": ours["anon_mib"],
                 "met": ratio >= TARGET[task] and (ours["anon_mib"] or 0) <= MEMORY.get(task, 2048)}
    return line


def time(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds:.3f} s" if seconds < 10 else f"{seconds:.1f} s"


def show(lines):
    print("| task | | best peer | its time | ours | ratio | by CPU time | target | met | peer anon. MiB | our anon. MiB | our peak MiB | answers |")
    print("|---" * 13 + "|")
    for line in lines:
        task = line["task"]
        if "ratio" not in line:
            print(f"| {task} | {WHAT[task]} | not measured" + " |" * 11)
            continue
        equal = {True: "equal", False: "DIFFERENT", None: "not compared"}[line["equal"]]
        cpu = f"{line['cpu_ratio']:.2f}" if line["cpu_ratio"] else ""
        print(f"| {task} | {WHAT[task]} | {line['best_peer']} | {time(line['peer_seconds'])} | {time(line['our_seconds'])} | "
              f"{line['ratio']:.2f} | {cpu} | {line['target']:g} | {'yes' if line['met'] else 'no'} | {line['peer_anon_mib']:.0f} | "
              f"{line['our_anon_mib']:.0f} | {line['our_peak_mib']:.0f} | {equal} |")
    for line in lines:
        for cell, text in line["answers"].items():
            if not text.startswith("equal"):
                print(f"\n{line['task']} {cell}: {text}")


def extensions(lines, full, full_cpu):
    """What adding costs, beside seconds and CPU seconds of a full build, and starting."""
    found = []
    for line in lines:
        task = line["main_task"]
        if task.startswith("T7+"):
            share = 100 * line["seconds"] / full if full else None
            cpu = 100 * line["cpu_seconds"] / full_cpu if full_cpu else None
            found.append({"task": task, **{k: line[k] for k in ("seconds", "import_seconds", "journeys_seconds", "cpu_seconds", "anon_mib", "right")},
                          "percent_of_full": share, "percent_of_full_by_cpu": cpu, "target_percent": EXTENSION.get(task)})
            said = f"{share:.1f} % of a full build, {cpu:.1f} % by CPU time" if share else "no full build to compare with"
            aim = f" (target under {EXTENSION[task]:g} %)" if task in EXTENSION else ""
            print(f"{task}: {time(line['seconds'])} (import {time(line['import_seconds'])}, journeys {time(line['journeys_seconds'])}), "
                  f"{said}{aim}, totals {'right' if line['right'] else 'WRONG'}, anonymous {line['anon_mib']:.0f} MiB")
        elif task == "start-up":
            parts = {"version": "version_seconds", "a question before its walk": "open_seconds", "journey funnel less its walk": "funnel_seconds"}
            found.append({"task": task, "target_seconds": STARTUP, **{key: line[key] for key in parts.values() if key in line}})
            print("start-up: " + ", ".join(f"{name} {time(line[key])}" for name, key in parts.items() if key in line)
                  + f" (target under {time(STARTUP)}){' ' + line['error'] if 'error' in line else ''}")
    return found


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("results"); ap.add_argument("--data", required=True); ap.add_argument("--out")
    a = ap.parse_args()
    lines = read(a.results)
    size = lines[0]["size"]
    tasks = [task for task in CELLS if any(line["main_task"] == task for line in lines)]
    table = [row(task, cells(lines, task), os.path.abspath(a.data), size) for task in sorted(tasks)]
    for line in lines:
        if "error" in line and "form" in line:
            print(f"{line['main_task']} {line['peer']} {line['form']} failed: {line['error']}")
    show(table)
    print()
    full = next((line["our_seconds"] for line in table if line["task"] == "T7" and "our_seconds" in line), None)
    full_cpu = next((line["our_cpu_seconds"] for line in table if line["task"] == "T7" and "our_seconds" in line), None)
    more = extensions(lines, full, full_cpu)
    if a.out:
        with open(a.out, "w") as out:
            out.writelines(json.dumps(line) + "\n" for line in table + more)
    if any(line["equal"] is False for line in table) or any(line.get("right") is False for line in more):
        sys.exit(1)
    if any("our_seconds" not in line for line in table):
        sys.exit(2)


if __name__ == "__main__":
    main()
