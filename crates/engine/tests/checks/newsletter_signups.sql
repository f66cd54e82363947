SELECT to_char(occurred_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, count(*) AS value, count(*) AS n
FROM interactions WHERE kind = 'newsletter_signup' OR kind = 'newsletter_subscribed' OR kind = 'subscribe' GROUP BY 1
