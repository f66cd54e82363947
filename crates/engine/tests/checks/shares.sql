SELECT to_char(occurred_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, count(*) AS value, count(*) AS n
FROM interactions
WHERE kind ~ '^(share|shared|social_share|product_shared|mention|social_mention|social_post|testimonial_given|testimonial_written)$'
GROUP BY 1
