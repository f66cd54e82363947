#!/usr/bin/env python3
"""tail.py N STEM: what comes after the first N events: 1 %, 10 % and 100 % of as many, as STEM-1.csv, STEM-10.csv and
STEM-100.csv, and the totals of each in STEM.json.

The same customers go on: gen.py's events under another seed, two years later, with ids of events, sessions and tickets
that were not there before. The first 1 % is about the first month."""
import argparse, datetime, json, os, subprocess, sys
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))
SHARES = (1, 10, 100)
SEED = 20240608
LATER = datetime.timedelta(days=731)            # 2023 and 2024


def shifted(batch, n):
    """The batch as it would come after n events."""
    columns = {name: batch.column(name) for name in batch.schema.names}
    columns["ts"] = pc.add(columns["ts"], pa.scalar(LATER, pa.duration("us")))
    for name in ("event_id", "session_id", "ticket_id"):
        columns[name] = pc.add(columns[name], pa.scalar(n, pa.uint64()))
    return pa.record_batch([columns[field.name].cast(field.type) for field in batch.schema], schema=batch.schema)


class Part:
    """One of the files, as far as it is written."""

    def __init__(self, path, schema, rows):
        self.writer = csv.CSVWriter(path, schema, write_options=csv.WriteOptions(quoting_style="none"))
        self.left, self.n, self.amount, self.last, self.scores = rows, 0, 0, 0, 0

    def write(self, batch):
        batch = batch.slice(0, min(self.left, batch.num_rows))
        if batch.num_rows == 0:
            return
        self.writer.write_batch(batch)
        self.left -= batch.num_rows
        self.n += batch.num_rows
        self.amount += pc.sum(batch.column("amount")).as_py() or 0
        self.last = max(self.last, pc.max(batch.column("ts")).cast(pa.int64()).as_py())
        self.scores += batch.num_rows - batch.column("score").null_count

    def totals(self):
        self.writer.close()
        return [self.n, float(self.amount), self.last, self.scores]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("n", type=int); ap.add_argument("stem")
    a = ap.parse_args()
    made = a.stem + "-made"
    subprocess.run([sys.executable, f"{HERE}/gen.py", str(a.n), made, "--seed", str(SEED)], check=True, stderr=subprocess.DEVNULL)
    source = pq.ParquetFile(made + ".parquet")
    parts = {share: Part(f"{a.stem}-{share}.csv", source.schema_arrow, a.n * share // 100) for share in SHARES}
    for group in range(source.num_row_groups):
        for batch in source.read_row_group(group).to_batches():
            moved = shifted(batch, a.n)
            for part in parts.values():
                part.write(moved)
    with open(a.stem + ".json", "w") as f:
        json.dump({str(share): part.totals() for share, part in parts.items()}, f)
    os.remove(made + ".parquet")


if __name__ == "__main__":
    main()
