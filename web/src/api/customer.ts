// Customers, their names and their time lines.

/** Found by a search. */
export interface FoundCustomer {
  customer_id: string;
  names: string[];
  known: boolean;
  segment: string | null;
  region: string | null;
  first_order_at: string | null;
  orders: number;
  last_seen_at: string | null;
}

export interface FoundCustomers {
  customers: FoundCustomer[];
  more: boolean;
}

export interface IdentityLink {
  alias: string;
  customer_id: string;
  reason: string | null;
  confidence: number;
  since: string | null;
  until: string | null;
  stated: boolean;
  counts: boolean;
  why: string | null;
  who: string | null;
  source: string | null;
  recorded_at: string | null;
}

export interface Touchpoint {
  at: string;
  stage: string | null;
  kind: string;
  channel: string | null;
  table: string;
  key: string;
  source_seq: number;
  customer_ref: string;
  order_id: string | null;
  ticket_id: string | null;
  campaign: string | null;
  product_id: string | null;
  amount: number | null;
  score: number | null;
  content: string | null;
}

export interface CustomerLine {
  customer_id: string;
  aliases: string[];
  links: IdentityLink[];
  touchpoints: Touchpoint[];
}

export interface IdentityList {
  totals: { reason: string | null; stated: boolean; links: number; counting: number }[];
  links: IdentityLink[];
  more: boolean;
}

export interface Identity {
  name: string;
  customer_id: string;
  aliases: string[];
  links: IdentityLink[];
}

export interface IdentityConflict {
  kind: 'shared_session' | 'shared_email' | 'circle';
  subject: string;
  names: string;
}

export interface IdentityChange {
  alias: string;
  customer_id: string;
  at: string;
  import_id: string;
  before: IdentityLink | null;
  after: IdentityLink | null;
}
