WITH {{tickets}},
parts AS (
  SELECT ticket_id, opened_month,
    CASE WHEN breached THEN 0 WHEN NOT breached AND (solved_at IS NOT NULL OR closed = 1) AND ends = 1 THEN 1 END AS told,
    breached IS NOT NULL AS has_verdict,
    CASE WHEN first_response_due_at IS NULL THEN 9
      WHEN coalesce(answered_at, solved_at) IS NOT NULL THEN CASE WHEN coalesce(answered_at, solved_at) > first_response_due_at THEN 0 ELSE 1 END
      WHEN TIMESTAMP '{{as_of}}' > first_response_due_at THEN 0 END AS response,
    CASE WHEN resolution_due_at IS NULL THEN 9
      WHEN solved_at IS NOT NULL THEN CASE WHEN solved_at > resolution_due_at THEN 0 ELSE 1 END
      WHEN TIMESTAMP '{{as_of}}' > resolution_due_at THEN 0 END AS resolution
  FROM cases
),
verdicts AS (
  SELECT opened_month, CASE WHEN has_verdict THEN told
    WHEN response = 9 AND resolution = 9 THEN NULL
    WHEN response = 0 OR resolution = 0 THEN 0
    WHEN response > 0 AND resolution > 0 THEN 1 END AS met
  FROM parts
)
SELECT opened_month AS label, CAST(sum(met) AS DOUBLE) / count(*) AS value, count(*) AS n FROM verdicts WHERE met IS NOT NULL GROUP BY opened_month
