//! How many requests somebody may send: so many a second, and some at once, since a page asks for much when it opens.
//! Whoever is logged in counts as themselves wherever they are; everybody else counts by the address they come from.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::{Problem, Result};
use super::state::Shared;

/// Seconds whose requests may come at once.
const BURST_SECONDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(3);
/// Peers that are remembered; above this those are forgotten who have been quiet, and strangers share one place.
const MOST_PEERS: usize = 10_000;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Peer {
    Person(String),
    Address(IpAddr),
    Strangers,
}

/// Counts requests.
pub struct Rates {
    limiter: Option<DefaultKeyedRateLimiter<Peer>>,
    begun: Instant,
    /// When peers were forgotten last, in seconds.
    swept: AtomicU64,
    most: usize,
}

impl Rates {
    /// So many requests a second for each peer; none is refused where there is no number.
    pub fn new(per_second: Option<NonZeroU32>) -> Rates {
        let quota = |number: NonZeroU32| Quota::per_second(number).allow_burst(number.saturating_mul(BURST_SECONDS));
        Rates {
            limiter: per_second.map(|number| RateLimiter::keyed(quota(number))),
            begun: Instant::now(),
            swept: AtomicU64::new(0),
            most: MOST_PEERS,
        }
    }

    /// Counts a request; how long to wait where there were too many.
    fn count(&self, peer: Peer) -> std::result::Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let peer = if limiter.len() < self.most || self.sweep(limiter) { peer } else { peer.in_a_crowd() };
        limiter.check_key(&peer).map_err(|until| until.wait_time_from(limiter.clock().now()))
    }

    /// Forgets those who have been quiet, at most once a second; says whether there is room.
    fn sweep(&self, limiter: &DefaultKeyedRateLimiter<Peer>) -> bool {
        let now = self.begun.elapsed().as_secs() + 1;
        if self.swept.swap(now, Ordering::Relaxed) != now {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        limiter.len() < self.most
    }
}

impl Peer {
    /// One network of IPv6 belongs to one household: its addresses are one peer.
    fn address(address: IpAddr) -> Peer {
        Peer::Address(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
            address @ IpAddr::V4(_) => address,
        })
    }

    /// Who is known keeps a place of their own, however many strangers there are.
    fn in_a_crowd(self) -> Peer {
        match self {
            Peer::Person(_) => self,
            _ => Peer::Strangers,
        }
    }
}

/// Refuses requests of peers that send too many. Where nobody needs a login all are at this machine, and none is
/// refused.
pub async fn limit(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match counted(&shared, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn counted(shared: &Shared, request: &Request) -> Result<()> {
    if shared.rates.limiter.is_none() || !shared.people.login_required()? {
        return Ok(());
    }
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = match shared.people.authenticate(request.headers())? {
        Some(person) => Peer::Person(person.name),
        None => match address {
            // A proxy on this machine: all who come through it would share one address, and keep each other out.
            Some(ConnectInfo(address)) if address.ip().is_loopback() => return Ok(()),
            Some(ConnectInfo(address)) => Peer::address(address.ip()),
            None => Peer::Strangers,
        },
    };
    shared.rates.count(peer).map_err(|wait| {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Problem::too_many("That is more requests than one may send.")
            .hint(format!("Wait {} s, then send fewer at a time.", seconds.max(1)))
            .after(seconds.max(1))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rates(per_second: u32, most: usize) -> Rates {
        Rates { most, ..Rates::new(NonZeroU32::new(per_second)) }
    }

    fn address(text: &str) -> Peer {
        Peer::address(text.parse().unwrap())
    }

    #[test]
    fn each_peer_has_a_burst_of_its_own() {
        let rates = rates(1, 10);
        for _ in 0..BURST_SECONDS.get() {
            assert_eq!(rates.count(Peer::Person("anna".to_owned())), Ok(()));
        }
        let wait = rates.count(Peer::Person("anna".to_owned())).unwrap_err();
        assert!(wait <= Duration::from_secs(1) && wait > Duration::ZERO);
        assert_eq!(rates.count(Peer::Person("ben".to_owned())), Ok(()));
        assert_eq!(rates.count(address("10.0.0.1")), Ok(()));
        assert!((0..1000).all(|_| Rates::new(None).count(Peer::Strangers).is_ok()));
    }

    #[test]
    fn a_network_is_one_peer() {
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:2"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:10.0.0.1"), address("10.0.0.1"));
        assert_ne!(address("10.0.0.1"), address("10.0.0.2"));
    }

    #[test]
    fn memory_is_bounded() {
        let rates = rates(1, 8);
        let refused = (0..100u8).filter(|last| rates.count(address(&format!("10.0.0.{last}"))).is_err()).count();
        // Eight have places of their own, the others share one with four requests.
        assert!((80..=92).contains(&refused), "{refused}");
        assert!(rates.limiter.as_ref().unwrap().len() <= 9);
        assert_eq!(rates.count(Peer::Person("anna".to_owned())), Ok(()));
    }
}
