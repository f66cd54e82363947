//! From the bytes of a request to JSON.

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use serde_json::Value;

/// A body that holds no batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong, as a sentence.
    pub reason: String,
    /// What to do.
    pub fix: String,
}

impl Unreadable {
    /// A reason and what to do about it.
    pub(crate) fn new(reason: String, fix: String) -> Self {
        Unreadable { reason, fix }
    }
}

/// Base64 as it comes: with and without padding.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);

/// Parses a body. Halves of characters, which JavaScript writes where it cuts a text inside an emoji, are replaced:
/// one of them would make the whole batch unreadable.
///
/// # Errors
/// It is not JSON.
pub fn json(body: &[u8]) -> Result<Value, Unreadable> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let error = match serde_json::from_slice(body) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if let Some(mended) = whole_characters(body)
        && let Ok(value) = serde_json::from_slice(&mended)
    {
        return Ok(value);
    }
    Err(Unreadable::new(
        format!("The body is not JSON: {error}."),
        "Send UTF-8 JSON, plain or gzip (with Content-Encoding: gzip).".into(),
    ))
}

/// The JSON of a body sent as a form (`data=...`) or as base64, as browsers' scripts send it; else the body itself.
pub fn form_body(body: &[u8]) -> Vec<u8> {
    let text = body.trim_ascii();
    if matches!(text.first(), None | Some(b'{' | b'[')) {
        return text.to_vec();
    }
    let data = url::form_urlencoded::parse(text).find(|(name, _)| name == "data").map(|(_, data)| data.into_owned());
    let inner = data.as_deref().map_or(text, str::as_bytes).trim_ascii();
    if matches!(inner.first(), Some(b'{' | b'[')) {
        return inner.to_vec();
    }
    // A plus sign that was not escaped arrives as a blank.
    let packed: Vec<u8> = inner.iter().map(|byte| if *byte == b' ' { b'+' } else { *byte }).collect();
    let decoded = STANDARD.decode(&packed).or_else(|_| general_purpose::URL_SAFE.decode(&packed));
    decoded.unwrap_or_else(|_| inner.to_vec())
}

/// The user name of basic authentication, as Segment's libraries send the write key.
pub fn basic_user(authorization: &str) -> Option<String> {
    let (scheme, packed) = authorization.trim().split_once(' ')?;
    let decoded = STANDARD.decode(packed.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    let user = text.split_once(':').map_or(text.as_str(), |(user, _)| user);
    (!user.is_empty()).then(|| user.to_owned())
}

/// The text with every `\uD800` to `\uDFFF` that has no partner replaced by U+FFFD; None where there is none.
fn whole_characters(body: &[u8]) -> Option<Vec<u8>> {
    let mut mended = body.to_vec();
    let mut found = false;
    let mut at = 0;
    while let Some(rest) = body.get(at..) {
        let [first, second, ..] = rest else { break };
        if *first != b'\\' {
            at += 1;
        } else if *second != b'u' {
            at += 2;
        } else {
            let paired = is_half(rest, 0xd800) && rest.get(6..).is_some_and(|next| is_half(next, 0xdc00));
            if !paired && (is_half(rest, 0xd800) || is_half(rest, 0xdc00)) {
                if let Some(place) = mended.get_mut(at + 2..at + 6) {
                    place.copy_from_slice(b"fffd");
                }
                found = true;
            }
            at += if paired { 12 } else { 6 };
        }
    }
    found.then_some(mended)
}

/// Whether an escape stands here whose code is one of the 1024 from `first`.
fn is_half(text: &[u8], first: u32) -> bool {
    let digits = match text {
        [b'\\', b'u', digits @ ..] => digits.get(..4),
        _ => None,
    };
    let code = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    code.and_then(|code| u32::from_str_radix(code, 16).ok()).is_some_and(|code| (first..first + 0x400).contains(&code))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn halves_of_characters_do_not_cost_the_batch() {
        let body = br#"{"a":"x\ud83d","b":"\ude00y","c":"\ud83d\ude00","d":"\\ud83d","e":"\ud83d\ud83d\ude00"}"#;
        let expected = json!({"a": "x\u{fffd}", "b": "\u{fffd}y", "c": "😀", "d": "\\ud83d", "e": "\u{fffd}😀"});
        assert_eq!(json(body).unwrap(), expected);
        assert!(json(b"{\"a\":").unwrap_err().reason.contains("not JSON"));
        assert!(json(b"\xff\xfe").is_err());
        assert_eq!(json(b"\xef\xbb\xbf[]").unwrap(), json!([]));
        assert!(json("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn forms_and_base64_are_unpacked() {
        let plain = r#"{"event":"a+b ü"}"#;
        let packed = general_purpose::STANDARD.encode(plain);
        let escaped: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
        let escaped_packed: String = url::form_urlencoded::byte_serialize(packed.as_bytes()).collect();
        for body in [
            plain.to_owned(),
            format!("data={escaped}"),
            format!("ip=1&data={escaped_packed}"),
            format!("data={packed}"),
            packed.clone(),
            packed.trim_end_matches('=').to_owned(),
        ] {
            assert_eq!(form_body(body.as_bytes()), plain.as_bytes(), "{body}");
        }
        assert_eq!(form_body(b"nonsense!"), b"nonsense!");
    }

    #[test]
    fn the_write_key_is_the_user_name() {
        let basic = |text: &str| format!("Basic {}", general_purpose::STANDARD.encode(text));
        assert_eq!(basic_user(&basic("key:")).as_deref(), Some("key"));
        assert_eq!(basic_user(&basic("key")).as_deref(), Some("key"));
        for odd in ["Bearer a2V5Og==", "Basic", "Basic ???", &basic(":password")] {
            assert_eq!(basic_user(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\\\ud8cf0-9\"{}=%&+]{0,60}") {
            let _ = json(&form_body(&body));
            let _ = json(&form_body(text.as_bytes()));
        }
    }
}
