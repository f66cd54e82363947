spent AS (
  SELECT s.spending_id, s.programme, to_char(s.day, '%Y-%m') AS month,
    CASE WHEN s.currency IS NULL OR s.currency = '{{currency}}' THEN s.amount
      ELSE CAST(s.amount * CAST(r.rate AS DECIMAL(20, 10)) AS DECIMAL(18, 4)) END AS amount
  FROM spending AS s
  LEFT JOIN (
    SELECT s.spending_id, max(r.day) AS day
    FROM spending AS s JOIN rates AS r ON r.from_currency = s.currency AND r.to_currency = '{{currency}}'
    WHERE r.day <= s.day
    GROUP BY s.spending_id
  ) AS d ON d.spending_id = s.spending_id
  LEFT JOIN rates AS r ON r.from_currency = s.currency AND r.to_currency = '{{currency}}' AND r.day = d.day
)
