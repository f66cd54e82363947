//! Requests that come from elsewhere: names that were bent to point here, and pages of other sites that write.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::state::Shared;

/// The header that browsers let only our own page send without asking first.
pub const HEADER: &str = "x-throughline";

/// Which names the server answers to.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    /// Names that were given.
    pub named: Vec<String>,
    /// Whether it listens on the loopback interface only.
    pub loopback: bool,
}

impl Hosts {
    /// Whether a `Host` header names this server. Away from loopback any name will do unless some were given: there,
    /// one must log in.
    fn allow(&self, host: &str) -> bool {
        let name = without_port(host);
        if self.named.iter().any(|named| named.eq_ignore_ascii_case(name)) {
            return true;
        }
        let is_local = name.eq_ignore_ascii_case("localhost") || is_loopback(name);
        if self.loopback { is_local } else { self.named.is_empty() || is_local }
    }
}

fn is_loopback(name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn without_port(host: &str) -> &str {
    if host.starts_with('[') {
        return host.split_once(']').and_then(|(name, _)| host.get(..=name.len())).unwrap_or(host);
    }
    host.split_once(':').map_or(host, |(name, _)| name)
}

/// Turns away requests to names that are not ours, so that no foreign page can reach the server under its own name.
pub async fn check_host(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    match host {
        Some(host) if shared.config.hosts.allow(host) => next.run(request).await,
        _ => Problem::forbidden("The server does not answer to this name.")
            .hint("Start it with --host NAME to allow the name.")
            .with_status(StatusCode::MISDIRECTED_REQUEST)
            .into_response(),
    }
}

/// Turns away writes that another site's page sent. A token in `Authorization` is sent by nobody unawares.
pub async fn check_origin(request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads || request.headers().contains_key(header::AUTHORIZATION) {
        return next.run(request).await;
    }
    match is_ours(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn is_ours(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let foreign = || Problem::forbidden("The request comes from a page of another site.");
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(foreign());
    }
    if let Some(origin) = text("origin") {
        let own = text("host").unwrap_or_default();
        let from = origin.split_once("://").map_or("", |(_, host)| host);
        if from.is_empty() || !from.eq_ignore_ascii_case(own) {
            return Err(foreign());
        }
    }
    match text(HEADER) {
        Some(_) => Ok(()),
        None => Err(Problem::forbidden("A request that writes needs the header X-Throughline.")
            .hint("Send `X-Throughline: 1`; it shows that no foreign page sent it.")),
    }
}

/// Whether a request comes from no page of another machine: from a program, or from a page on a loopback address.
pub fn is_near(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match text("origin") {
        Some(origin) => origin.split_once("://").is_some_and(|(_, host)| {
            let name = without_port(host);
            name.eq_ignore_ascii_case("localhost") || is_loopback(name)
        }),
        None => text("sec-fetch-site").is_none_or(|site| site != "cross-site"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_and_named_ones() {
        let local = Hosts { named: vec!["box.lan".into()], loopback: true };
        for host in ["localhost", "LOCALHOST:7700", "127.0.0.1:80", "[::1]", "[::1]:7700", "box.lan:7700"] {
            assert!(local.allow(host), "{host}");
        }
        for host in ["evil.example", "evil.example:7700", "127.0.0.1.evil.example", "", "[2001:db8::1]:7700", "0.0.0.0"]
        {
            assert!(!local.allow(host), "{host}");
        }
        assert!(Hosts::default().allow("score.example"));
        let named = Hosts { named: vec!["score.example".into()], loopback: false };
        assert!(named.allow("score.example:443") && !named.allow("evil.example"));
    }
}
