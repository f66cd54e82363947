WITH sample AS (
  SELECT to_char(x.opened_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, CAST(greatest(x.at, x.opened_at) - x.opened_at AS BIGINT) / 1000000.0 AS x
  FROM (
    SELECT t.ticket_id, t.opened_at, min(e.at) AS at
    FROM tickets AS t LEFT JOIN ticket_events AS e ON e.ticket_id = t.ticket_id AND e.kind = 'public_answer'
    GROUP BY t.ticket_id, t.opened_at
  ) AS x
  WHERE x.at IS NOT NULL
),
wanted AS (SELECT 0.9 AS p),
{{quantile}}
SELECT label, value, n FROM quantiles
