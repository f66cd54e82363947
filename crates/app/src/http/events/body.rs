//! The body of a request, unpacked within bounds.

use std::io::Read;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, header};
use flate2::read::MultiGzDecoder;
use throughline_events::{Form, form_body};

use crate::http::problem::{Problem, Result};

/// Most bytes of a body as it is sent.
pub const SENT: usize = 5 << 20;
/// Most bytes of a body when it is unpacked.
pub const UNPACKED: usize = 20 << 20;

/// How much memory a request may need, in KiB, before it is read.
pub fn cost(headers: &HeaderMap) -> u32 {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let sent = length.unwrap_or(SENT).min(SENT);
    let unpacked = if is_packed(headers) { (sent * 8).min(UNPACKED) } else { sent };
    u32::try_from(unpacked / 1024 + 1).unwrap_or(u32::MAX)
}

/// Reads and unpacks a body.
///
/// # Errors
/// Too large, broken off, or packed in a way that is not known.
pub async fn read(form: Form, headers: &HeaderMap, body: Body) -> Result<Vec<u8>> {
    let too_large = || Problem::too_large(SENT as u64).hint("Send fewer events in one batch.");
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > SENT) {
        return Err(too_large());
    }
    let sent = to_bytes(body, SENT).await.map_err(|error| {
        let inner = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        if inner.contains("limit") { too_large() } else { Problem::input("The body broke off.").hint("Send it again.") }
    })?;
    // PostHog's script packs without saying so in a header; gzip says itself what it is.
    let gzip = is_packed(headers) || (form == Form::PostHog && sent.starts_with(&[0x1f, 0x8b]));
    let plain = if gzip { unpack(&sent)? } else { sent.to_vec() };
    Ok(if form == Form::PostHog { form_body(&plain) } else { plain })
}

fn is_packed(headers: &HeaderMap) -> bool {
    let encoding = headers.get(header::CONTENT_ENCODING).and_then(|encoding| encoding.to_str().ok());
    encoding.is_some_and(|encoding| encoding.to_ascii_lowercase().contains("gzip"))
}

fn unpack(sent: &[u8]) -> Result<Vec<u8>> {
    let mut plain = Vec::with_capacity((sent.len() * 4).min(UNPACKED));
    let read = MultiGzDecoder::new(sent).take(UNPACKED as u64 + 1).read_to_end(&mut plain);
    if plain.len() > UNPACKED {
        return Err(Problem::too_large(UNPACKED as u64).hint("Send fewer events in one batch."));
    }
    match read {
        Ok(_) => Ok(plain),
        Err(_) => Err(Problem::input("The body is not gzip, or was cut off.").hint("Send it again, or send it plain.")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use axum::http::HeaderValue;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    async fn read_body(form: Form, headers: &HeaderMap, body: Vec<u8>) -> std::result::Result<Vec<u8>, u16> {
        read(form, headers, Body::from(body)).await.map_err(|problem| problem.status)
    }

    #[tokio::test]
    async fn bodies_are_unpacked_within_bounds() {
        let plain = HeaderMap::new();
        let gzip = HeaderMap::from_iter([(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
        assert_eq!(read_body(Form::Ours, &plain, b"{}".to_vec()).await, Ok(b"{}".to_vec()));
        assert_eq!(read_body(Form::Ours, &gzip, packed(b"{}")).await, Ok(b"{}".to_vec()));
        assert_eq!(read_body(Form::PostHog, &plain, packed(b"{}")).await, Ok(b"{}".to_vec()));
        assert_eq!(read_body(Form::Ours, &gzip, b"{}".to_vec()).await, Err(400));
        assert_eq!(read_body(Form::Ours, &gzip, packed(b"{}")[..8].to_vec()).await, Err(400));
        assert_eq!(read_body(Form::Ours, &gzip, packed(&vec![b' '; UNPACKED + 1])).await, Err(413), "a bomb");
        assert_eq!(read_body(Form::Ours, &plain, vec![b' '; SENT + 1]).await, Err(413));
        assert_eq!((cost(&plain), cost(&gzip)), (5 * 1024 + 1, 20 * 1024 + 1));
    }
}
