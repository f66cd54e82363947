//! What the process used, as Linux tells it; elsewhere nothing is known.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How often memory is looked at.
const EVERY: Duration = Duration::from_millis(5);
/// Clock ticks of Linux per second, as programs see them.
const TICKS: f64 = 100.0;

/// Watches how much memory is anonymous; Linux keeps a high-water mark only of all resident memory.
pub struct Memory {
    most: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
    watcher: Option<JoinHandle<()>>,
}

impl Memory {
    /// Begins to watch.
    pub fn watch() -> Memory {
        let (most, done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (seen, stop) = (most.clone(), done.clone());
        let watcher = thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                seen.fetch_max(status("RssAnon").unwrap_or(0), Ordering::Relaxed);
                thread::sleep(EVERY);
            }
        });
        Memory { most, done, watcher: Some(watcher) }
    }

    /// Most resident and most anonymous memory so far, in MiB.
    pub fn peaks(mut self) -> (Option<f64>, Option<f64>) {
        self.done.store(true, Ordering::Relaxed);
        // The watcher cannot fail; were it to, its last look counts.
        let _ = self.watcher.take().map(JoinHandle::join);
        let last = status("RssAnon");
        let anonymous = last.map(|now| now.max(self.most.load(Ordering::Relaxed)));
        (status("VmHWM").map(mib), anonymous.map(mib))
    }
}

/// User and system time of all threads, also of those that ended.
pub fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything; after it, fields 14 and 15 are the 12th and 13th.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    Some((times.next()?.ok()? + times.next()?.ok()?) / TICKS)
}

/// An entry of the process's status in KiB.
fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

fn mib(kib: u64) -> f64 {
    (kib as f64 / 102.4).round() / 10.0
}
