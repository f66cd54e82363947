//! JSON that proves itself: an object whose field `checksum` is a hash of all its other fields.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::Result;

const FIELD: &str = "checksum";

/// Why a text is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// A newer program wrote it, in a format that this one does not know.
    Newer(u64),
    /// It is damaged; a clause that says how.
    Broken(String),
}

/// The object with its checksum, on one line.
pub(crate) fn line(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(&sealed(value)?)?)
}

/// The object with its checksum, for people to read.
pub(crate) fn page(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(&sealed(value)?)? + "\n")
}

fn sealed(value: &impl Serialize) -> Result<Value> {
    let mut value = serde_json::to_value(value)?;
    let sum = sum(&value);
    if let Value::Object(fields) = &mut value {
        fields.insert(FIELD.to_owned(), sum.into());
    }
    Ok(value)
}

fn sum(value: &Value) -> String {
    format!("{:016x}", xxh3_64(value.to_string().as_bytes()))
}

/// What a text says, and whether it named its checksum: those that earlier programs wrote do not.
pub(crate) fn read<T: DeserializeOwned>(text: &str, known: u32) -> std::result::Result<(T, bool), Doubt> {
    let broken = |error: serde_json::Error| Doubt::Broken(error.to_string());
    let mut value: Value = serde_json::from_str(text).map_err(broken)?;
    let format = value.get("format").and_then(Value::as_u64).unwrap_or_default();
    if format > u64::from(known) {
        return Err(Doubt::Newer(format));
    }
    let named = value.as_object_mut().and_then(|fields| fields.shift_remove(FIELD));
    if let Some(named) = &named
        && named.as_str() != Some(&sum(&value))
    {
        return Err(Doubt::Broken("its content is not what its checksum says".to_owned()));
    }
    Ok((serde_json::from_value(value).map_err(broken)?, named.is_some()))
}

/// What a text says that must name its checksum: whatever can be made again is not worth a doubt.
pub(crate) fn read_whole<T: DeserializeOwned>(text: &str) -> Option<T> {
    read(text, u32::MAX).ok().filter(|(_, sealed)| *sealed).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Thing {
        format: u32,
        name: String,
        cursor: Option<u64>,
    }

    #[test]
    fn no_byte_can_change_what_is_read() {
        let thing = Thing { format: 1, name: "orders".into(), cursor: Some(u64::MAX) };
        for text in [line(&thing).unwrap(), page(&thing).unwrap()] {
            assert_eq!(read::<Thing>(&text, 1), Ok((Thing { format: 1, name: "orders".into(), ..thing }, true)));
            for at in 0..text.len() {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1;
                let Ok(other) = String::from_utf8(bytes) else { continue };
                // A checksum whose name is damaged is none; what is read is still what was written.
                assert!(
                    read::<Thing>(&other, 1).is_ok_and(|(read, sealed)| read == thing && !sealed)
                        || read::<Thing>(&other, 1).is_err()
                        || read_whole(&other).is_some_and(|read: Thing| read == thing)
                );
            }
        }
    }

    #[test]
    fn earlier_texts_are_believed_and_later_ones_are_not() {
        let earlier = r#"{"format":1,"name":"a","cursor":null}"#;
        assert!(read::<Thing>(earlier, 1).is_ok_and(|(_, sealed)| !sealed));
        assert_eq!(read_whole::<Thing>(earlier), None);
        assert_eq!(read::<Thing>(&earlier.replace(":1", ":99"), 1), Err(Doubt::Newer(99)));
    }
}
