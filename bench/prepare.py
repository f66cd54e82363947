#!/usr/bin/env python3
"""prepare.py --data DIR --size 10m: the data, the peers' native stores and our workspace, each made once.

Remove a file or folder under DIR to have it made again; our workspace is also made again when the program is newer."""
import argparse, os, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))


def events(size):
    """10m → 10,000,000"""
    return int(size.rstrip("m")) * 1_000_000


def say(text):
    print(text, file=sys.stderr, flush=True)


def python(*arguments):
    subprocess.run([sys.executable, *map(str, arguments)], check=True, cwd=HERE, stdout=subprocess.DEVNULL)


def is_current(workspace, program):
    built = os.path.join(workspace, "bench-ready")
    return os.path.exists(built) and os.path.getmtime(built) >= os.path.getmtime(program)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True); ap.add_argument("--size", required=True)
    ap.add_argument("--no-tail", action="store_true", help="without the files for extending")
    a = ap.parse_args()
    data = os.path.abspath(a.data)
    os.makedirs(data, exist_ok=True)
    n, stem = events(a.size), f"{data}/e{a.size}"
    if not (os.path.exists(stem + ".csv") and os.path.exists(stem + ".parquet")):
        say(f"{n:,} events")
        python("gen.py", n, stem, "--csv")
    if not a.no_tail and not os.path.exists(f"{data}/tail{a.size}.json"):
        say("later events of the same customers")
        python("tail.py", n, f"{data}/tail{a.size}")
    for peer in ("duckdb", "chdb"):
        if not os.path.exists(f"{stem}.{peer}"):
            say(f"store of {peer}")
            python(f"peers/{peer}.py", "T7", stem + ".csv", "--store", f"{stem}.{peer}")
    ours = stem + ".throughline"
    if not is_current(ours, os.environ["THROUGHLINE"]):
        say("our workspace")
        python("peers/throughline.py", "T7", stem + ".csv", "--store", ours)
        shutil.copy(os.path.join(HERE, "orders_per_visit.toml"), os.path.join(ours, "measures"))
        subprocess.run([os.environ["THROUGHLINE"], "--workspace", ours, "apply", "--why", "benchmark"], check=True, stdout=subprocess.DEVNULL)
        open(os.path.join(ours, "bench-ready"), "w").close()


if __name__ == "__main__":
    main()
