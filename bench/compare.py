#!/usr/bin/env python3
"""compare.py A.json B.json [reltol]: are two full results (--out files) equal? Text and integers exactly,
floats within reltol (default 1e-9). Exit 0 equal, 1 different."""
import json
import sys


def key(row):
    """Rows are put beside each other by their leading texts and whole numbers, up to the first float."""
    out = []
    for v in row:
        if isinstance(v, float) and v != int(v) or v is None:
            break
        out.append(str(int(v)) if isinstance(v, float) else str(v))
    return out[:2]


def compare(a, b, tol=1e-9):
    """Whether two lists of rows are equal, and a sentence that says how far they are apart."""
    if len(a) != len(b):
        return False, f"different: {len(a)} against {len(b)} rows"
    bad, worst, examples = 0, 0.0, []
    for x, y in zip(sorted(a, key=key), sorted(b, key=key)):
        wrong = len(x) != len(y)
        for u, v in zip(x, y):
            if isinstance(u, (int, float)) and isinstance(v, (int, float)):
                e = abs(u - v) / max(abs(u), abs(v), 1e-300) if u != v else 0.0
                worst = max(worst, e)
                wrong |= e > tol
            else:
                wrong |= u != v
        bad += wrong
        if wrong and len(examples) < 3:
            examples.append(f"\n  {x}\n  {y}")
    text = f"{'different' if bad else 'equal'}: {len(a)} rows, {bad} of them differ beyond {tol:g}, worst relative error {worst:.3g}"
    return not bad, text + "".join(examples)


def main():
    a, b = (json.load(open(f)) for f in sys.argv[1:3])
    equal, text = compare(a, b, float(sys.argv[3]) if len(sys.argv) > 3 else 1e-9)
    print(text)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
