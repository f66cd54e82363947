months AS (
  SELECT label, first_day, CAST(first_day + INTERVAL '1 month' AS DATE) AS next_day,
    least(CAST(CAST(first_day + INTERVAL '1 month' AS DATE) AS TIMESTAMP) AT TIME ZONE '{{zone}}',
      TIMESTAMP '{{as_of}}' AT TIME ZONE 'UTC') AS until_at,
    least(CAST(first_day + INTERVAL '1 month' - INTERVAL '1 day' AS DATE),
      CAST(to_char(TIMESTAMP '{{as_of}}' AT TIME ZONE 'UTC' AT TIME ZONE '{{zone}}', '%Y-%m-%d') AS DATE)) AS last_day
  FROM (
    SELECT day AS first_day, to_char(day, '%Y-%m') AS label
    FROM (SELECT unnest(generate_series(DATE '2000-01-01', DATE '2100-01-01', INTERVAL '1 month')) AS day) AS days
  ) AS firsts
  WHERE label <= to_char(TIMESTAMP '{{as_of}}' AT TIME ZONE 'UTC' AT TIME ZONE '{{zone}}', '%Y-%m')
)
