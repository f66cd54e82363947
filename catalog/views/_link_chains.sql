-- One row per link in force that takes part in a chain: an alias of an alias. customer_id: the customer at the end.
-- circle: where links run in a circle, the weakest of them (least confidence, then the oldest) does not count, so its
-- alias stands for itself; it names all of the circle.
WITH chained AS (
  SELECT l.alias, l.customer_id, l.confidence, l.since
  FROM links_in_force AS l
  LEFT SEMI JOIN links_in_force AS n ON n.alias = l.customer_id
  WHERE l.alias <> l.customer_id
),
steps AS (
  SELECT alias, customer_id, confidence, since FROM chained
  UNION
  SELECT l.alias, l.customer_id, l.confidence, l.since
  FROM links_in_force AS l
  LEFT SEMI JOIN chained AS c ON c.customer_id = l.alias
),
resolved AS (
  SELECT unnest(resolve_links(array_agg(named_struct(
    'alias', alias, 'customer_id', customer_id, 'confidence', confidence, 'since', since
  )))) AS link
  FROM steps
)
SELECT link['alias'] AS alias, link['customer_id'] AS customer_id, link['circle'] AS circle
FROM resolved
