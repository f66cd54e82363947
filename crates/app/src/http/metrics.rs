//! What the server counts of itself.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

type Labels = Vec<(&'static str, String)>;

/// The counters.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
    /// Jobs that wait or run.
    pub jobs: Gauge,
    /// Imports that were made here.
    pub imports: Counter,
    /// Events that were kept.
    pub events_accepted: Counter,
    /// Events that were not.
    pub events_rejected: Counter,
    /// Batches that were sent away because too much waited.
    pub batches_refused: Counter,
    /// Bytes of events in memory, and in journals that wait for an import.
    pub events_waiting: [Gauge; 2],
    data_version: Gauge<f64, AtomicU64>,
}

/// From a millisecond to half a minute.
fn buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.5, 12))
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::with_prefix("throughline");
        let metrics = Metrics {
            requests: Family::default(),
            seconds: Family::new_with_constructor(buckets),
            jobs: Gauge::default(),
            imports: Counter::default(),
            events_accepted: Counter::default(),
            events_rejected: Counter::default(),
            batches_refused: Counter::default(),
            events_waiting: Default::default(),
            data_version: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        registry.register("http_request_seconds", "Time until the head of the answer", metrics.seconds.clone());
        registry.register("jobs_running", "Jobs that wait or run", metrics.jobs.clone());
        registry.register("imports", "Imports made by this server", metrics.imports.clone());
        registry.register("events_accepted", "Events kept", metrics.events_accepted.clone());
        registry.register("events_rejected", "Events not kept", metrics.events_rejected.clone());
        registry.register(
            "event_batches_refused",
            "Batches sent away, too much waited",
            metrics.batches_refused.clone(),
        );
        let [waiting, stored] = &metrics.events_waiting;
        registry.register("events_waiting_bytes", "Bytes of events not yet on disk", waiting.clone());
        registry.register("events_stored_bytes", "Bytes of events not yet imported", stored.clone());
        registry.register("data_version", "Number of the newest import", metrics.data_version.clone());
        Metrics { registry, ..metrics }
    }
}

impl Metrics {
    /// A request was answered. `route` is the pattern, never the path: paths name customers.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let route = ("route", route.to_owned());
        self.seconds.get_or_create(&vec![route.clone()]).observe(took.as_secs_f64());
        let labels = vec![("method", method.to_owned()), route, ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
    }

    /// All counters in the text form of OpenMetrics.
    pub fn text(&self, data_version: u64) -> String {
        self.data_version.set(data_version as f64);
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
