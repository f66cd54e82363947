//! The public data sets, each imported by one command into a fresh workspace, against published facts.

use std::path::PathBuf;

use super::import::Bench;

/// A data set's folder or file; says so and returns nothing where it is absent.
pub fn set(path: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        |folder| {
            let folder = PathBuf::from(folder);
            // Relative to the repository, as a person at its root would write it.
            if folder.is_absolute() {
                folder
            } else {
                PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder)
            }
        },
    );
    let path = shared.join("data").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not there; name the folder of the data sets in THROUGHLINE_SHARED", path.display());
        return None;
    }
    Some(path)
}

async fn facts(path: &str, zone: &str, currency: &str, expected: &[(&str, &[&str])]) {
    let Some(path) = set(path) else { return };
    let mut bench = Bench::new(zone, currency);
    let report = bench.import(&path).await.unwrap();
    assert_eq!(report.rejected, 0, "{:?}", report.examples);
    for (query, rows) in expected {
        assert_eq!(&bench.rows(None, query).await, rows, "{query}");
    }
    let again = bench.import(&path).await.unwrap();
    let changed =
        again.tables.iter().filter_map(|table| table.counts).any(|counts| counts.added + counts.corrected > 0);
    assert!(!changed, "the same files again add nothing: {:?}", again.tables);
}

#[tokio::test(flavor = "multi_thread")]
async fn olist() {
    let expected: [(&str, &[&str]); 9] = [
        ("SELECT count(*), sum(CASE WHEN orders > 0 THEN 1 ELSE 0 END) > 0 FROM customer_facts", &["96096|true"]),
        (
            "SELECT count(*) FROM (SELECT coalesce(i.customer_id, o.customer_ref) AS c FROM orders o \
             LEFT JOIN identities i ON i.alias = o.customer_ref GROUP BY 1 HAVING count(*) > 1)",
            &["2997"],
        ),
        (
            "SELECT status, count(*) FROM orders GROUP BY 1 ORDER BY 2 DESC LIMIT 5",
            &["delivered|96478", "shipped|1107", "cancelled|625", "processing|615", "unavailable|609"],
        ),
        ("SELECT sum(unit_price), sum(shipping) FROM order_lines", &["13591643.7|2251909.54"]),
        ("SELECT sum(amount), count(*) FROM payments", &["16008872.12|103886"]),
        ("SELECT count(*), round(avg(score), 6) FROM feedback", &["99224|4.086421"]),
        (
            "SELECT count(kept_promise), round(100.0 * sum(CASE WHEN kept_promise THEN 0 ELSE 1 END) / count(*), 4) \
             FROM order_facts WHERE status = 'delivered' AND kept_promise IS NOT NULL",
            &["96470|6.7731"],
        ),
        ("SELECT count(*) FROM products WHERE category IS NULL", &["610"]),
        ("SELECT count(*) FROM touchpoints WHERE stage = 'advocacy' AND customer_id IS NULL", &["0"]),
    ];
    facts("olist", "America/Sao_Paulo", "BRL", &expected).await;
}

/// Deliveries of the journeys against the facts computed from the files: late by day, 6.7731 % of 96 470.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn olist_deliveries() {
    let Some(folder) = set("olist") else { return };
    let mut bench = Bench::new("America/Sao_Paulo", "BRL");
    for name in ["customers", "orders"] {
        bench.import(&folder.join(format!("olist_{name}_dataset.csv.gz"))).await.unwrap();
    }
    let request = throughline_engine::DeliveryRequest::default();
    let found =
        bench.reader(None).session().journey_delivery(&Default::default(), &request, &mut |_| {}).await.unwrap();
    let found = &found.groups[0].answer;
    assert_eq!((found.orders, found.without_promise, found.kept.n), (98_207, 0, 96_470));
    let late = (found.kept.n - found.kept.count) as f64 / found.kept.n as f64;
    assert_eq!(format!("{:.4}", 100.0 * late), "6.7731");
}

/// First, last, linear, removal effect, Markov: the reference table of the channel paths.
#[test]
fn channel_paths() {
    let Some(path) = set("channel_paths/PathData.csv.gz") else { return };
    let found = throughline_engine::attribution_of_paths(&path).unwrap();
    let all = &found.attribution;
    assert_eq!((found.rows, all.conversions, all.ended), (10_000, 19_785, 68_602));
    assert!((all.value as f64 / found.unit - 74_802.971587).abs() < 1e-6);
    assert!((all.conversion_probability.unwrap() - 0.223845).abs() < 5e-7);
    let row = |name: &str| {
        let one = all.channels.iter().find(|one| one.channel == name).unwrap();
        let (first, last, linear) = (one.first.conversions, one.last.conversions, one.linear.conversions);
        let (removal, markov) = (one.removal_effect.unwrap(), one.markov.unwrap().conversions);
        format!("{first:.0}|{last:.0}|{linear:.4}|{removal:.6}|{markov:.3}")
    };
    assert_eq!(row("alpha"), "6308|8447|7574.7186|0.558399|5344.948");
    assert_eq!(row("iota"), "4606|3355|3857.0962|0.405835|3884.615");
    assert_eq!(row("zeta"), "27|107|136.5515|0.039811|381.063");
    assert_eq!(all.channels.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn cdnow() {
    let expected: [(&str, &[&str]); 2] = [
        ("SELECT count(*), count(DISTINCT customer_ref), sum(goods) FROM orders", &["69659|23570|2500315.63"]),
        (
            "SELECT min(local_day(ordered_at)), max(local_day(ordered_at)), sum(quantity) FROM orders JOIN order_lines USING (order_id)",
            &["1997-01-01|1998-06-30|167881.0"],
        ),
    ];
    facts("cdnow/CDNOW_master.txt.gz", "America/New_York", "USD", &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn italian_help_desk() {
    let expected: [(&str, &[&str]); 3] = [
        ("SELECT count(*), count(DISTINCT ticket_id) FROM ticket_events", &["21348|4580"]),
        (
            "SELECT kind, count(*) FROM ticket_events WHERE kind <> 'other' GROUP BY 1 ORDER BY 2 DESC",
            &["assigned|5060", "solved|4985", "closed|4574", "pending|1463"],
        ),
        (
            "SELECT round(median(first_resolution_seconds) / 86400, 2), round(median(full_resolution_seconds) / 86400, 2) FROM ticket_facts",
            &["5.98|6.66"],
        ),
    ];
    facts("helpdesk_italian", "Europe/Rome", "EUR", &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uci_incidents() {
    let expected: [(&str, &[&str]); 1] = [(
        "SELECT count(*), sum(CASE WHEN breached THEN 1 ELSE 0 END), sum(CASE WHEN source_reopens > 0 THEN 1 ELSE 0 END), \
         sum(CASE WHEN source_handoffs > 0 THEN 1 ELSE 0 END) FROM tickets",
        &["24918|9115|275|11369"],
    )];
    facts("uci_incident", "UTC", "EUR", &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rees46() {
    let expected: [(&str, &[&str]); 2] = [
        ("SELECT kind, count(*) FROM interactions GROUP BY 1 ORDER BY 2 DESC", &["product_view|987", "add_to_cart|3"]),
        ("SELECT count(*) FROM order_lines", &["10"]),
    ];
    facts("rees46_sample", "UTC", "USD", &expected).await;
}
