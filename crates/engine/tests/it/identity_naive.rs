//! Links of made-up companies against a program that follows the definitions row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use throughline_engine::session::{Session, SessionOptions};
use throughline_engine::{Linking, catalog};

use crate::hand_tables::{HandTables, at, definitions, options};
use crate::identity::rows;

const COMPANIES: u64 = 30;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of few days, so that many things happen at the same instant.
    fn day(&mut self) -> Timestamp {
        day(self.below(12) as i64)
    }

    fn name(&mut self) -> String {
        format!("{}{}", if self.chance(50) { "v" } else { "c" }, self.below(5))
    }
}

fn day(n: i64) -> Timestamp {
    at("2026-03-01T00:00:00Z").checked_add(SignedDuration::from_hours(24 * n)).unwrap()
}

/// Known, first seen, address.
type Customer = (Option<bool>, Option<Timestamp>, Option<String>);
/// Customer, confidence, until.
type Stated = (String, Option<f64>, Option<Timestamp>);
/// Unknown after known, without an instant after with one, the instant, the name.
type Sharer<'a> = (bool, bool, Option<Timestamp>, &'a String);

#[derive(Debug, Default)]
struct Company {
    customers: BTreeMap<String, Customer>,
    /// Name, session, when.
    orders: Vec<(String, Option<String>, Timestamp)>,
    /// Name, session, kind, when.
    interactions: Vec<(String, Option<String>, &'static str, Timestamp)>,
    /// By alias and since.
    identities: BTreeMap<(String, Timestamp), Stated>,
}

impl Company {
    fn made(dice: &mut Dice) -> Company {
        let mut company = Company::default();
        for _ in 0..dice.below(9) {
            let known = [None, Some(true), Some(false)][dice.below(3) as usize];
            let seen = dice.chance(70).then(|| dice.day());
            let email =
                [None, Some(" A@x.org"), Some("a@X.org"), Some("b@x.org"), Some("none")][dice.below(5) as usize];
            company.customers.insert(dice.name(), (known, seen, email.map(str::to_owned)));
        }
        let session = |dice: &mut Dice| dice.chance(90).then(|| format!("s{}", dice.below(6)));
        for _ in 0..dice.below(6) {
            company.orders.push((dice.name(), session(dice), dice.day()));
        }
        for _ in 0..dice.below(16) {
            let kind = if dice.chance(20) { "login" } else { "product_viewed" };
            company.interactions.push((dice.name(), session(dice), kind, dice.day()));
        }
        for _ in 0..dice.below(14) {
            let since = dice.day();
            let until = match dice.below(4) {
                0 => Some(since),
                1 => Some(dice.day()),
                _ => None,
            };
            let confidence = [None, Some(1.0), Some(0.5)][dice.below(3) as usize];
            company.identities.insert((dice.name(), since), (dice.name(), confidence, until));
        }
        company
    }

    async fn tables(&self) -> HandTables {
        fn text<T: ToString>(value: Option<T>) -> String {
            value.map_or("NULL".to_owned(), |value| format!("'{}'", value.to_string()))
        }
        let mut lists: [String; 4] = Default::default();
        for (name, (known, seen, email)) in &self.customers {
            let known = known.map_or("NULL".to_owned(), |known| known.to_string());
            write!(lists[0], ",('{name}', {known}, {}, {})", text(*seen), text(email.as_ref())).unwrap();
        }
        for (number, (name, session, at)) in self.orders.iter().enumerate() {
            write!(lists[1], ",('o{number}', '{name}', {}, '{at}')", text(session.as_ref())).unwrap();
        }
        for (number, (name, session, kind, at)) in self.interactions.iter().enumerate() {
            write!(lists[2], ",('i{number}', '{name}', {}, '{kind}', '{at}')", text(session.as_ref())).unwrap();
        }
        for ((alias, since), (customer, confidence, until)) in &self.identities {
            let confidence = confidence.map_or("NULL".to_owned(), |sure| sure.to_string());
            write!(lists[3], ",('{alias}', '{customer}', {confidence}, '{since}', {})", text(*until)).unwrap();
        }
        let columns = [
            ("customers", "customer_ref, known, first_seen_at, email"),
            ("orders", "order_id, customer_ref, session_id, ordered_at"),
            ("interactions", "interaction_id, customer_ref, session_id, kind, occurred_at"),
            ("identities", "alias, customer_id, confidence, since, until"),
        ];
        let mut tables = HandTables::default();
        for ((table, columns), list) in columns.into_iter().zip(&lists) {
            if !list.is_empty() {
                tables = tables.with(table, columns, &list[1..]).await;
            }
        }
        tables
    }
}

#[derive(Debug, Clone)]
struct Link {
    alias: String,
    customer: String,
    confidence: f64,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    stated: bool,
    reason: &'static str,
}

impl Link {
    fn holds(&self, now: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= now) && self.until.is_none_or(|until| until > now)
    }
}

struct Naive<'a> {
    company: &'a Company,
    now: Timestamp,
    stated: Vec<Link>,
}

impl<'a> Naive<'a> {
    fn of(company: &'a Company, now: Timestamp) -> Naive<'a> {
        let mut stated = Vec::new();
        for ((alias, since), (customer, confidence, until)) in &company.identities {
            if until.is_some_and(|until| until <= *since) {
                continue;
            }
            let undone = company.identities.iter().filter(|((other, at), (whom, _, end))| {
                other == alias && whom == customer && end.is_some_and(|end| end <= *at) && at >= since
            });
            let undone = undone.map(|((_, at), _)| *at).min();
            stated.push(Link {
                alias: alias.clone(),
                customer: customer.clone(),
                confidence: confidence.unwrap_or(1.0),
                since: Some(*since),
                until: [*until, undone].into_iter().flatten().min(),
                stated: true,
                reason: "",
            });
        }
        Naive { company, now, stated }
    }

    fn person(&self, name: &str) -> Option<String> {
        let held =
            self.stated.iter().filter(|link| link.alias == name && link.holds(self.now) && link.confidence >= 0.9);
        if let Some(link) = held.max_by(|a, b| a.since.cmp(&b.since).then(b.customer.cmp(&a.customer))) {
            return Some(link.customer.clone());
        }
        let bought = self.company.orders.iter().any(|order| order.0 == name);
        let logged_in = self.company.interactions.iter().any(|i| i.0 == name && i.1.is_some() && i.2 == "login");
        let known = match self.company.customers.get(name) {
            Some((known, ..)) => *known != Some(false) || bought,
            None => bought || logged_in,
        };
        known.then(|| name.to_owned())
    }

    fn found_in_sessions(&self) -> Vec<Link> {
        let mut proofs: BTreeMap<String, Vec<(Timestamp, u8, String)>> = BTreeMap::new();
        let sessions: BTreeSet<&String> = self.company.interactions.iter().filter_map(|i| i.1.as_ref()).collect();
        for session in sessions {
            let mut marks: Vec<(Timestamp, u8, &str)> = Vec::new();
            let mut names: BTreeSet<&str> = BTreeSet::new();
            for (name, _, at) in self.company.orders.iter().filter(|order| order.1.as_ref() == Some(session)) {
                marks.push((*at, 0, name));
                names.insert(name);
            }
            for (name, _, kind, at) in self.company.interactions.iter().filter(|i| i.1.as_ref() == Some(session)) {
                if *kind == "login" {
                    marks.push((*at, 1, name));
                }
                names.insert(name);
            }
            let persons: BTreeSet<String> = names.iter().filter_map(|name| self.person(name)).collect();
            let proof = marks.iter().filter(|mark| self.person(mark.2).is_some()).min();
            let (Some((at, reason, _)), 1) = (proof, persons.len()) else { continue };
            let person = persons.first().unwrap();
            for name in names.iter().filter(|name| self.person(name).is_none() && **name != person) {
                proofs.entry((*name).to_owned()).or_default().push((*at, *reason, person.clone()));
            }
        }
        let mut links: Vec<Link> = Vec::new();
        for (alias, mut proofs) in proofs {
            proofs.sort();
            proofs.dedup_by(|later, before| later.2 == before.2);
            for (place, (at, reason, customer)) in proofs.iter().enumerate() {
                links.push(Link {
                    alias: alias.clone(),
                    customer: customer.clone(),
                    confidence: if *reason == 0 { 1.0 } else { 0.9 },
                    since: Some(*at),
                    until: proofs.get(place + 1).map(|next| next.0),
                    stated: false,
                    reason: if *reason == 0 { "purchase" } else { "login" },
                });
            }
        }
        links
    }

    fn found_by_email(&self) -> Vec<Link> {
        let mut shared: BTreeMap<String, Vec<Sharer<'_>>> = BTreeMap::new();
        for (name, (known, seen, email)) in &self.company.customers {
            let Some(email) = email.as_ref().filter(|email| email.contains('@')) else { continue };
            let row = (*known == Some(false), seen.is_none(), *seen, name);
            shared.entry(email.trim().to_lowercase()).or_default().push(row);
        }
        let mut links = Vec::new();
        for mut rows in shared.into_values() {
            rows.sort();
            let head = rows[0];
            for row in &rows[1..] {
                if self.stated.iter().any(|link| &link.alias == head.3 && &link.customer == row.3) {
                    continue;
                }
                links.push(Link {
                    alias: row.3.clone(),
                    customer: head.3.clone(),
                    confidence: 0.8,
                    since: head.2.max(row.2),
                    until: None,
                    stated: false,
                    reason: "email",
                });
            }
        }
        links
    }

    /// Alias → customer, and how many circles were opened.
    fn aliases(&self, linking: Linking) -> (BTreeMap<String, String>, usize) {
        let mut links = self.found_in_sessions();
        links.extend(self.found_by_email());
        for link in &mut links {
            let ended = self
                .company
                .identities
                .iter()
                .filter(|((alias, _), row)| *alias == link.alias && row.0 == link.customer);
            let ended = ended.filter_map(|(_, row)| row.2).max();
            let ended = ended.filter(|ended| link.since.is_none_or(|since| *ended >= since));
            link.until = [link.until, ended].into_iter().flatten().min();
        }
        links.extend(self.stated.iter().cloned());
        let mut counting: BTreeMap<String, Link> = BTreeMap::new();
        for link in
            links.into_iter().filter(|link| link.holds(self.now) && link.confidence >= linking.least_confidence())
        {
            let better = |old: &Link| {
                (link.stated, link.since)
                    .cmp(&(old.stated, old.since))
                    .then_with(|| (&old.customer, old.reason).cmp(&(&link.customer, link.reason)))
                    .is_gt()
            };
            if counting.get(&link.alias).is_none_or(better) {
                counting.insert(link.alias.clone(), link);
            }
        }
        let mut opened = 0;
        while let Some(circle) = circle(&counting) {
            let weakest = circle.into_iter().min_by(|a, b| {
                let (a, b) = (&counting[a], &counting[b]);
                a.confidence.total_cmp(&b.confidence).then(a.since.cmp(&b.since)).then(a.alias.cmp(&b.alias))
            });
            counting.remove(&weakest.unwrap());
            opened += 1;
        }
        let end = |link: &Link| {
            let mut at = link.customer.clone();
            while let Some(next) = counting.get(&at).filter(|next| next.customer != at) {
                at = next.customer.clone();
            }
            (link.alias.clone(), at)
        };
        (counting.values().map(end).collect(), opened)
    }
}

fn circle(links: &BTreeMap<String, Link>) -> Option<Vec<String>> {
    links.keys().find_map(|start| {
        let mut path = vec![start.clone()];
        while let Some(next) = links.get(path.last()?) {
            if &next.customer == start && path.len() > 1 {
                return Some(path);
            }
            if path.contains(&next.customer) {
                return None;
            }
            path.push(next.customer.clone());
        }
        None
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_the_naive_program_says() {
    let definitions = definitions("UTC", &[]);
    let strangers = catalog::file("views/session_strangers.sql").unwrap();
    let strangers = format!("SELECT session_id, customer_ref FROM ({strangers}) AS m ORDER BY 1, 2");
    let mut seen = BTreeMap::from([("purchase", 0), ("login", 0), ("email", 0), ("circles", 0), ("conflicts", 0)]);
    for seed in 1..=COMPANIES {
        let company = Company::made(&mut Dice(seed));
        let tables = Arc::new(company.tables().await);
        let now = day(3 * (seed as i64 % 6));
        for linking in [Linking::Strict, Linking::Loose] {
            let options = SessionOptions { linking, ..options(&now.to_string()) };
            let session = Session::open(tables.clone(), &definitions, options).unwrap();
            let naive = Naive::of(&company, now);
            let (expected, opened) = naive.aliases(linking);
            let expected: Vec<String> = expected.iter().map(|(alias, id)| format!("{alias}|{id}")).collect();
            let found = rows(&session, "SELECT alias, customer_id FROM customer_aliases ORDER BY alias").await;
            assert_eq!(found, expected, "seed {seed}, {linking}: {company:#?}");
            let told = rows(&session, "SELECT kind FROM identity_conflicts").await;
            assert_eq!(told.iter().filter(|kind| *kind == "circle").count(), opened, "seed {seed}");
            *seen.get_mut("circles").unwrap() += opened;
            *seen.get_mut("conflicts").unwrap() += told.len() - opened;
            for link in naive.found_in_sessions().iter().chain(&naive.found_by_email()) {
                *seen.get_mut(link.reason).unwrap() += 1;
            }
            let fast = rows(&session, "SELECT session_id, customer_ref FROM session_strangers ORDER BY 1, 2").await;
            assert_eq!(fast, rows(&session, &strangers).await, "seed {seed}");
        }
    }
    assert!(seen.values().all(|times| *times > 3), "too little was tried: {seen:?}");
}
