//! Names of customers as numbers that mean nothing outside this conversation.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// Gives every name that is shown a number, in the order in which names are shown first. The same name has the same
/// number as long as the program runs, so that rows of two answers can be compared; nothing of the name is in it.
#[derive(Debug, Default)]
pub(super) struct Masks {
    numbers: Mutex<HashMap<String, usize>>,
}

impl Masks {
    /// What stands in place of a name.
    pub fn of(&self, name: &str) -> String {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = numbers.len() + 1;
        format!("masked-{}", numbers.entry(name.to_owned()).or_insert(next))
    }

    /// Masks every `customer_id` of an answer, also where it is part of its record's key.
    pub fn answer(&self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.answer(item)),
            Value::Object(fields) => {
                let name = fields.get("customer_id").and_then(Value::as_str).map(str::to_owned);
                if let Some(name) = name.filter(|name| !name.is_empty()) {
                    let mask = self.of(&name);
                    if let Some(Value::String(key)) = fields.get_mut("key") {
                        *key = key.replace(&name, &mask);
                    }
                    fields.insert("customer_id".to_owned(), Value::String(mask));
                }
                fields.iter_mut().for_each(|(_, item)| self.answer(item));
            }
            _ => {}
        }
    }

    /// Masks a cell of a personal column, whatever it holds.
    pub fn cell(&self, value: &mut Value) {
        match value {
            Value::Null => {}
            Value::String(text) => *text = self.of(text),
            other => *other = Value::String(self.of(&other.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_name_has_the_same_number() {
        let masks = Masks::default();
        let mut answer = json!({"rows": [
            {"customer_id": "C7", "key": "C7/o1", "value": 1}, {"customer_id": "C3", "key": "o2"},
            {"customer_id": "C7", "key": null}, {"customer_id": null, "key": "o3"},
        ]});
        masks.answer(&mut answer);
        let expected = json!({"rows": [
            {"customer_id": "masked-1", "key": "masked-1/o1", "value": 1}, {"customer_id": "masked-2", "key": "o2"},
            {"customer_id": "masked-1", "key": null}, {"customer_id": null, "key": "o3"},
        ]});
        assert_eq!(answer, expected);
        let mut cells = [json!("C3"), json!(null), json!(["C7", "C3"])];
        cells.iter_mut().for_each(|cell| masks.cell(cell));
        assert_eq!(cells, [json!("masked-2"), json!(null), json!("masked-3")]);
    }
}
