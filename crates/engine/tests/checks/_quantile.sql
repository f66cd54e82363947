ranked AS (
  SELECT label, x, row_number() OVER (PARTITION BY label ORDER BY x) AS place
  FROM sample
  WHERE x IS NOT NULL AND label IS NOT NULL
),
sizes AS (
  SELECT r.label, count(*) AS n, max(w.p) * (count(*) - 1) AS position FROM ranked AS r CROSS JOIN wanted AS w GROUP BY r.label
),
neighbours AS (
  SELECT s.label, s.n, s.position,
    max(CASE WHEN r.place - 1 = floor(s.position) THEN r.x END) AS low,
    max(CASE WHEN r.place - 2 = floor(s.position) THEN r.x END) AS high
  FROM sizes AS s JOIN ranked AS r ON r.label = s.label
  GROUP BY s.label, s.n, s.position
),
quantiles AS (
  SELECT label, n, CASE WHEN high IS NULL THEN low ELSE low + (high - low) * (position - floor(position)) END AS value FROM neighbours
)
