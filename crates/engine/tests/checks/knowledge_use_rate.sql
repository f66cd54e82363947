WITH {{tickets}},
helped AS (SELECT DISTINCT ticket_id FROM ticket_events WHERE article_id IS NOT NULL)
SELECT c.opened_month AS label, CAST(count(h.ticket_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM cases AS c LEFT JOIN helped AS h ON h.ticket_id = c.ticket_id WHERE c.tells_articles = 1 GROUP BY c.opened_month
